"""The aiohttp application of `live`: one WebSocket address, one health page; chooses the engine."""

import asyncio
import contextlib
from datetime import timedelta

from aiohttp import web

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
from mediation.live.leases import Hands, Leases
from mediation.live.line import BEAT_EVERY_S
from mediation.live.messages import MediaSettings
from mediation.live.rooms import Rooms
from mediation.live.turn import Turn
from mediation.settings import Settings, live_path

SLOTS = 5
"""Six people at most see each other (shared/HEARINGS.md section 3)."""


def choose_engine(settings: Settings, media_port: int) -> MediaEngine:
    if settings.media_engine == "janus":
        secret, admin_secret = settings.janus_secret.get_secret_value(), settings.janus_admin_secret.get_secret_value()
        urls = zip(settings.janus_urls, settings.janus_admin_urls, strict=True)
        return SpreadEngine([JanusEngine(JanusSettings(*pair, secret, admin_secret)) for pair in urls])
    return EmbeddedEngine(
        EngineSettings(
            host=settings.media_host,
            port=media_port,
            addresses=settings.media_addresses,
            loopback=settings.development,
        )
    )


class Live:
    """The process's parts, started in order and stopped in the other one."""

    def __init__(self, settings: Settings, *, place: int = 0, clock: Clock = system_clock) -> None:
        """`place`: which of LIVE_PROCESSES this one is."""
        self._settings, self._place, self._ports = settings, place, settings.live_ports[place]
        self._turn = Turn(settings.turn_urls, settings.turn_secret.get_secret_value())
        self._database = make_engine(settings.database)
        self._engine = choose_engine(settings, self._ports.media)
        self._bridge = Bridge(make_sessions(self._database), clock, Nudger((settings.worker_port,)))
        self._rooms = Rooms(self._bridge, self._engine)
        self.leases = Leases(
            self._bridge,
            place,
            settings.live_max_load,
            Hands(in_use=lambda: self._rooms.in_use, let_go=self._rooms.let_go),
        )
        self._gateway = Gateway(
            self._bridge,
            self._rooms,
            self._media,
            commands(
                answer_within=timedelta(seconds=settings.caucus_answer_s),
                countdown=timedelta(seconds=settings.start_countdown_s),
            ),
            self.leases.claim,
            trusted_proxies=settings.trusted_proxies,
        )
        self._runner: web.AppRunner | None = None
        self._beating: asyncio.Task[None] | None = None
        self._wake: asyncio.DatagramTransport | None = None

    async def start(self) -> None:
        """Raises: OSError when a port cannot be had."""
        await self._engine.start()
        await self.leases.start()
        self._wake = await wake.listen(self._ports.wake, lambda _topic: self._rooms.look_at_all())
        self._beating = asyncio.get_running_loop().create_task(self._rooms.beat(BEAT_EVERY_S))
        app = web.Application(client_max_size=64 * 1024)
        paths = ("/ws", f"{live_path(self._place)}/ws")
        app.add_routes([web.get(path, self._gateway.handle) for path in dict.fromkeys(paths)])
        app.add_routes([web.get("/health", self._health)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=3)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._settings.host, self._ports.live).start()

    async def stop(self) -> None:
        """Hand the hearings over: they are free before anybody is told to come back, so that nobody is sent here."""
        await self.leases.hold_off()
        await self._rooms.drain()
        await self.leases.end()
        await self._rooms.part_all()
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
        """200 while the loop turns and the database answers, and how much this process carries."""
        await self._bridge.read(lambda session: session.connection().exec_driver_sql("SELECT 1"))
        seats = self._engine.statistics()
        return web.json_response(
            {
                "ok": True,
                "place": self._place,
                "hearings": len(self._rooms.in_use),
                "lines": self._rooms.n_lines,
                "media": len(seats),
                "load": round(self.leases.load, 3),
                "full": self.leases.takes_nothing_new,
            }
        )
