"""The asyncio process: one WebSocket per seat, the rooms, the media engine. No Flask."""
