"""The embedded engine: RTP packets forwarded as they come, on aiortc's parts, ICE-lite on one UDP port."""

from mediation.live.engines.embedded.engine import EmbeddedEngine, EngineSettings

__all__ = ["EmbeddedEngine", "EngineSettings"]
