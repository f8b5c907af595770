"""`python -m mediation.app.start`: migrate, load the small district, run web, live and worker until Ctrl-C.

One of them that dies is started again; the others do not notice.
"""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from types import FrameType
from typing import Final

from flask_migrate import upgrade
from sqlalchemy.exc import OperationalError

from mediation.app import create_app
from mediation.cli import demo, demo_cases
from mediation.cli.demo import DemoDistrict
from mediation.cli.demo_cases import OpenHearing
from mediation.kernel.clock import CHINA
from mediation.settings import Settings, SettingsError
from mediation.web.db import clock, write

CANNOT_START: Final = 2
RESTART_AFTER_S: Final = 1.0
STOP_WITHIN_S: Final = 10.0


def main() -> int:
    """0 after Ctrl-C; 2 and one clear line when it cannot start."""
    try:
        settings = Settings.from_env()
        _check_ports(settings)
        loaded = prepare(settings)
    except SettingsError as error:
        sys.stderr.write(f"Cannot start. {error}\n")
        return CANNOT_START
    except OperationalError as error:
        sys.stderr.write(f"Cannot start. DATABASE_URL: {error.orig}\n")
        return CANNOT_START
    except KeyboardInterrupt:  # nothing runs yet, and each step so far is a transaction
        return 0
    return Family(lambda: _greet(settings, loaded), settings).run()


def _check_ports(settings: Settings) -> None:
    """Raises: SettingsError that names the setting of the first port in use."""
    wanted = (
        ("WEB_PORT", settings.web_port, socket.SOCK_STREAM, settings.host),
        ("WORKER_PORT", settings.worker_port, socket.SOCK_DGRAM, "127.0.0.1"),
        *(("LIVE_PORT", one.live, socket.SOCK_STREAM, settings.host) for one in settings.live_ports),
        *(("MEDIA_PORT", one.media, socket.SOCK_DGRAM, settings.media_host) for one in settings.live_ports),
        *(("LIVE_WAKE_PORT", one.wake, socket.SOCK_DGRAM, "127.0.0.1") for one in settings.live_ports),
    )
    for name, port, kind, host in wanted:
        with closing(socket.socket(socket.AF_INET, kind)) as probe:
            if kind is socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise SettingsError(f"{name}: port {port} is in use or not allowed; set {name} to another") from error


@dataclass(frozen=True, slots=True)
class Demo:
    """What the greeting tells of."""

    district: DemoDistrict
    hearing: OpenHearing | None
    """Only where the cases were loaded now: by the next start its hour may be over."""


def prepare(settings: Settings) -> Demo | None:
    """Migrate to the newest tables and load the small district with its cases, unless one is there.

    Production gets neither: its district begins with `flask district begin`.
    """
    app = create_app(settings)
    with app.app_context():
        upgrade()
        if not settings.development:
            return None
        with write() as session:
            district = demo.load(session, clock=clock())
            return Demo(district, demo_cases.load(session, clock=clock()) if district.fresh else None)


def _greet(settings: Settings, loaded: Demo | None) -> None:
    if loaded is None:
        sys.stdout.write(f"{settings.site}/\n")
        sys.stdout.flush()
        return
    district = loaded.district
    rows = [f"  {c.username:<10} {c.password:<12} {c.name}  {c.role.value}  {c.place}" for c in district.credentials]
    lines = [
        "",
        f"调和 Tiaohe · {settings.district_name}",
        f"  Residents  {settings.site}/",
        f"  Staff      {settings.site}/sign-in",
        f"  Messages   {settings.site}/dev/messages",
        "",
        "Demo sign-ins (name, password):",
        *rows,
        "",
        *_how_to_try(settings.site, loaded.hearing),
        "Ctrl-C stops everything." if district.fresh else "Kept the data of last time. Ctrl-C stops everything.",
        "",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _how_to_try(site: str, hearing: OpenHearing | None) -> tuple[str, ...]:
    if hearing is None:
        return ()
    begins = hearing.starts_at.astimezone(CHINA).strftime("%H:%M")
    room = f"{site}/sign-in?as={hearing.mediator}&next=/cases/{hearing.case}"
    return (
        f"Try a hearing now ({' and '.join(hearing.parties)}, {begins}, two hours; no camera needed):",
        f"  Mediator   {room}, then its hearing",
        f"  Parties    their links on {site}/dev/messages, each in a private window",
        "",
    )


def commands(settings: Settings) -> tuple[tuple[str, ...], ...]:
    """A module and its arguments for each process."""
    lives = [("mediation.live", str(place)) for place in range(settings.live_processes)]
    return (("mediation.app.serve",), *lives, ("mediation.worker",))


class Family:
    """The processes, started, watched and stopped together; `greet` is called once `web` answers."""

    def __init__(self, greet: Callable[[], None], settings: Settings) -> None:
        self._greet, self._commands = greet, commands(settings)
        self._web = ("127.0.0.1" if settings.host == "0.0.0.0" else settings.host, settings.web_port)  # noqa: S104
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self._children: dict[tuple[str, ...], subprocess.Popen[bytes]] = {}
        self._cannot_start = False

    def run(self) -> int:
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # a closed terminal is a stop too; Windows has no SIGHUP
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._stop)
        watchers = [threading.Thread(target=self._keep, args=(command,)) for command in self._commands]
        for watcher in watchers:
            watcher.start()
        greeted = False
        while not self._stopping.wait(0.2):
            if not greeted and self._answers():
                self._greet()
                greeted = True
        self._end()
        for watcher in watchers:
            watcher.join()
        return CANNOT_START if self._cannot_start else 0

    def _answers(self) -> bool:
        try:
            socket.create_connection(self._web, timeout=0.2).close()
        except OSError:
            return False
        return True

    def _keep(self, command: tuple[str, ...]) -> None:
        while True:
            with self._starting:  # so that _end() sees every child there will ever be
                if self._stopping.is_set():
                    return
                child = subprocess.Popen([sys.executable, "-m", *command], start_new_session=True)  # noqa: S603 - our own
                self._children[command] = child
            code = child.wait()
            if code == CANNOT_START:
                self._cannot_start = True
                self._stopping.set()
            elif not self._stopping.is_set():
                sys.stderr.write(f"{' '.join(command)} ended with {code}; starting it again\n")
                self._stopping.wait(RESTART_AFTER_S)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()

    def _end(self) -> None:
        """SIGTERM to each; who has not ended after STOP_WITHIN_S is killed."""
        with self._starting:
            children = list(self._children.values())
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                child.kill()


if __name__ == "__main__":
    sys.exit(main())
