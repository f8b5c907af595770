"""One Janus: its session, its handles, and whether it takes hearings now."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog

from mediation.live.engines.janus.wire import Event, JanusError, Wire

log = structlog.get_logger()

LOOK_EVERY_S: Final = 1.0
"""Whether somebody drains it. Every second is also more than the session needs to stay (60 s)."""
AGAIN_AFTER_S: Final = 1.0
ADMIN: Final = "janus-admin-protocol"
PLUGIN: Final = "janus.plugin.videoroom"


@dataclass(frozen=True, slots=True)
class JanusSettings:
    url: str
    admin_url: str
    secret: str = ""
    admin_secret: str = ""
    max_kbps: int = 800
    """Told to each browser as its bit rate (REMB)."""


class Instance:
    """Reached again by itself when it was gone; only the event loop's thread touches it."""

    def __init__(self, settings: JanusSettings, changed: Callable[[], None], gone: Callable[[], None]) -> None:
        self.settings = settings
        self._changed, self._gone = changed, gone
        self._handles: dict[int, Callable[[Event], None]] = {}
        self._session = 0
        self._reached = self._accepting = False
        self._tried = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None
        self._wire = self._admin = Wire("", "", {})

    @property
    def available(self) -> bool:
        return self._reached and self._accepting

    async def start(self) -> None:
        """Returns when it is reached, or could not be; then it is tried on."""
        self._keeping = asyncio.get_running_loop().create_task(self._keep())
        await self._tried.wait()

    async def stop(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping

    async def _keep(self) -> None:
        while True:
            try:
                await self._stand()
            except JanusError as error:
                if self._reached or not self._tried.is_set():
                    log.warning("janus.not_reached", url=self.settings.url, why=str(error))
            finally:
                was, self._reached = self._reached, False
                self._tried.set()
                self._handles.clear()
                if was:
                    self._gone()
                    self._changed()
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _stand(self) -> None:
        """As long as both sockets stand. Raises: JanusError."""
        self._wire = Wire(self.settings.url, "janus-protocol", {"apisecret": self.settings.secret})
        self._admin = Wire(self.settings.admin_url, ADMIN, {"admin_secret": self.settings.admin_secret})
        loop = asyncio.get_running_loop()
        tasks: list[asyncio.Task[None]] = []
        try:
            for wire, hear in ((self._wire, self._hear), (self._admin, _nothing)):
                await wire.open()
                tasks.append(loop.create_task(wire.run(hear)))
            self._session = int((await self._wire.ask("create"))["data"]["id"])
            await self._look()
            self._reached = True
            self._tried.set()
            self._changed()
            tasks.append(loop.create_task(self._watch()))
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for wire in (self._wire, self._admin):
                await wire.close()

    async def _watch(self) -> None:
        """Raises: JanusError."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self._wire.tell("keepalive", session_id=self._session)
            await self._look()

    async def _look(self) -> None:
        """Janus' own switch for draining is `accept_new_sessions` of its admin API."""
        accepting = bool((await self._admin.ask("info")).get("accepting-new-sessions", True))
        if accepting is not self._accepting:
            self._accepting = accepting
            if self._reached:
                self._changed()

    def _hear(self, event: Event) -> None:
        hear = self._handles.get(int(event.get("sender", 0)))
        if hear is not None:
            hear(event)

    # ---- handles; each raises JanusError

    async def attach(self, hear: Callable[[Event], None]) -> int:
        handle = int((await self._wire.ask("attach", session_id=self._session, plugin=PLUGIN))["data"]["id"])
        self._handles[handle] = hear
        return handle

    async def detach(self, handle: int) -> None:
        """Its connection is closed with it."""
        if self._handles.pop(handle, None) is not None:
            await self._wire.ask("detach", session_id=self._session, handle_id=handle)

    async def say(self, handle: int, body: Mapping[str, Any], jsep: Mapping[str, str] | None = None) -> Event:
        more: dict[str, Any] = {"session_id": self._session, "handle_id": handle, "body": dict(body)}
        if jsep is not None:
            more["jsep"] = dict(jsep)
        return await self._wire.ask("message", **more)

    async def no_more_candidates(self, handle: int) -> None:
        await self._wire.tell("trickle", session_id=self._session, handle_id=handle, candidate={"completed": True})

    async def look(self, handle: int) -> Mapping[str, Any]:
        """What Janus counts of one connection: by medium's index."""
        answer = await self._admin.ask("handle_info", session_id=self._session, handle_id=handle)
        media: Mapping[str, Any] = answer.get("info", {}).get("webrtc", {}).get("media", {})
        return media


async def let_in(admin_url: str, admin_secret: str, *, accept: bool) -> None:
    """Let a Janus take hearings, or drain it: then every `live` that uses it moves what it has there.

    Raises: JanusError.
    """
    admin = Wire(admin_url, ADMIN, {"admin_secret": admin_secret})
    await admin.open()
    hearing = asyncio.get_running_loop().create_task(admin.run(_nothing))
    try:
        await admin.ask("accept_new_sessions", accept=accept)
    finally:
        await admin.close()
        await hearing


def _nothing(_event: Event) -> None:
    return
