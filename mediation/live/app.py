"""The aiohttp application of `live`: one WebSocket address, one health page; chooses the engine."""

import asyncio
import contextlib
from datetime import timedelta

from aiohttp import web

from mediation.hearings import service
from mediation.kernel import wake
from mediation.kernel.clock import Clock, system_clock
from mediation.kernel.db import make_engine, make_sessions
from mediation.kernel.wake import Nudger
from mediation.live.bridge import Bridge
from mediation.live.commands import commands
from mediation.live.engines.contract import MediaEngine
from mediation.live.engines.embedded import EmbeddedEngine, EngineSettings
from mediation.live.engines.janus import JanusEngine, JanusSettings
from mediation.live.engines.spread import SpreadEngine
from mediation.live.gateway import Gateway
from mediation.live.line import BEAT_EVERY_S
from mediation.live.messages import MediaSettings
from mediation.live.rooms import Rooms
from mediation.live.turn import Turn
from mediation.settings import Settings

SLOTS = 5
"""Six people at most see each other (shared/HEARINGS.md section 3)."""


def choose_engine(settings: Settings) -> MediaEngine:
    if settings.media_engine == "janus":
        secret, admin_secret = settings.janus_secret.get_secret_value(), settings.janus_admin_secret.get_secret_value()
        urls = zip(settings.janus_urls, settings.janus_admin_urls, strict=True)
        return SpreadEngine([JanusEngine(JanusSettings(*pair, secret, admin_secret)) for pair in urls])
    return EmbeddedEngine(
        EngineSettings(
            host=settings.media_host,
            port=settings.media_port,
            addresses=settings.media_addresses,
            loopback=settings.development,
        )
    )


class Live:
    """The process's parts, started in order and stopped in the other one."""

    def __init__(self, settings: Settings, *, clock: Clock = system_clock) -> None:
        self._settings = settings
        self._turn = Turn(settings.turn_urls, settings.turn_secret.get_secret_value())
        self._database = make_engine(settings.database)
        self._engine = choose_engine(settings)
        self._bridge = Bridge(make_sessions(self._database), clock, Nudger((settings.worker_port,)))
        self._rooms = Rooms(self._bridge, self._engine)
        self._gateway = Gateway(
            self._bridge,
            self._rooms,
            self._media,
            commands(
                answer_within=timedelta(seconds=settings.caucus_answer_s),
                countdown=timedelta(seconds=settings.start_countdown_s),
            ),
            trusted_proxies=settings.trusted_proxies,
        )
        self._runner: web.AppRunner | None = None
        self._beating: asyncio.Task[None] | None = None
        self._wake: asyncio.DatagramTransport | None = None

    async def start(self) -> None:
        """Raises: OSError when a port cannot be had."""
        await self._engine.start()
        await self._bridge.write(lambda session: service.lose_all_lines(session, clock=self._bridge.clock))
        self._wake = await wake.listen(self._settings.live_wake_port, lambda _topic: self._rooms.look_at_all())
        self._beating = asyncio.get_running_loop().create_task(self._rooms.beat(BEAT_EVERY_S))
        app = web.Application(client_max_size=64 * 1024)
        app.add_routes([web.get("/ws", self._gateway.handle), web.get("/health", self._health)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=3)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._settings.host, self._settings.live_port).start()

    async def stop(self) -> None:
        """Tell everybody to come back to the next process, then end."""
        await self._rooms.drain()
        if self._beating is not None:
            self._beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._beating
        if self._runner is not None:
            await self._runner.cleanup()
        if self._wake is not None:
            self._wake.close()
        await self._engine.stop()
        self._bridge.close()
        self._database.dispose()

    def _media(self, seat: str) -> MediaSettings:
        return MediaSettings(slots=SLOTS, ice_servers=self._turn.servers(seat, self._bridge.clock()))

    async def _health(self, _request: web.Request) -> web.Response:
        """200 while the loop turns and the database answers."""
        await self._bridge.read(lambda session: session.connection().exec_driver_sql("SELECT 1"))
        seats = self._engine.statistics()
        return web.json_response({"ok": True, "lines": self._rooms.n_lines, "media": len(seats)})
