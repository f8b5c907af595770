"""Janus' own protocol over one WebSocket: a question has a transaction, its answer has the same.

When the socket ends, Janus ends its sessions and every connection in them: nothing flows that nobody directs.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, Final

import aiohttp
import structlog

log = structlog.get_logger()

ANSWER_WITHIN_S: Final = 5.0
LARGEST: Final = 1 << 20
Event = Mapping[str, Any]


class JanusError(Exception):
    """Janus refused, did not answer in time, or is gone."""


class Wire:
    """Only the event loop's thread touches it."""

    def __init__(self, url: str, protocol: str, secret: Mapping[str, str]) -> None:
        self._url, self._protocol, self._secret = url, protocol, dict(secret)
        self._numbers = count(1)
        self._waiting: dict[str, asyncio.Future[Event]] = {}
        self._client: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def open(self) -> None:
        """Raises: JanusError."""
        self._client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN_S))
        try:
            self._socket = await self._client.ws_connect(
                self._url, protocols=(self._protocol,), max_msg_size=LARGEST, compress=0
            )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            await self._client.close()
            raise JanusError(f"{self._url} is not reached: {type(error).__name__}") from error

    async def run(self, hear: Callable[[Event], None]) -> None:
        """Hand over what comes, until the other side is gone; answers go to who asked."""
        if self._socket is None:
            return
        try:
            async for frame in self._socket:
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    break
                self._sort(json.loads(frame.data), hear)
        finally:
            await self.close()

    def _sort(self, event: Event, hear: Callable[[Event], None]) -> None:
        transaction = str(event.get("transaction", ""))
        future = self._waiting.get(transaction)
        is_answer = event.get("janus") != "ack" and said(event).get("videoroom") != "updated"
        if future is not None and is_answer:
            if not future.done():
                future.set_result(event)
        elif event.get("janus") != "ack":
            hear(event)

    async def close(self) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(JanusError("gone"))
        with contextlib.suppress(aiohttp.ClientError, RuntimeError):
            if self._socket is not None:
                await self._socket.close()
            if self._client is not None:
                await self._client.close()

    async def tell(self, what: str, **more: Any) -> None:
        """Nobody waits for the answer, which is only that it came. Raises: JanusError."""
        await self._send(what, str(next(self._numbers)), more)

    async def ask(self, what: str, **more: Any) -> Event:
        """The answer, after the acknowledgement. Raises: JanusError."""
        transaction = str(next(self._numbers))
        future = self._waiting[transaction] = asyncio.get_running_loop().create_future()
        try:
            await self._send(what, transaction, more)
            async with asyncio.timeout(ANSWER_WITHIN_S):
                answer: Event = await future
        except TimeoutError as error:
            raise JanusError(f"no answer to {what}") from error
        finally:
            del self._waiting[transaction]
        refusal = answer.get("error") or said(answer).get("error")
        if refusal:
            raise JanusError(str(refusal))
        return answer

    async def _send(self, what: str, transaction: str, more: Mapping[str, Any]) -> None:
        if self._socket is None or self._socket.closed:
            raise JanusError("gone")
        try:
            await self._socket.send_str(json.dumps({"janus": what, "transaction": transaction, **self._secret, **more}))
        except (ConnectionError, RuntimeError, aiohttp.ClientError) as error:
            raise JanusError("gone") from error


def said(event: Event) -> Mapping[str, Any]:
    """What the plugin says in an event; empty when the core speaks."""
    data: Mapping[str, Any] = event.get("plugindata", {}).get("data", {})
    return data
