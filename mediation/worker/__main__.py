"""`python -m mediation.worker`: does due work until SIGTERM or Ctrl-C, then finishes what it has in hand."""

import asyncio
import signal
import sys

from mediation import wiring
from mediation.kernel import logging
from mediation.kernel.clock import system_clock
from mediation.kernel.db import make_engine, make_sessions
from mediation.settings import Settings, SettingsError
from mediation.worker import schedule
from mediation.worker.loop import Loop


def main() -> int:
    """0 after an orderly stop; 2 and one line when it cannot start."""
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    logging.configure(json=not settings.development, level=settings.log_level)
    wiring.configure(settings)
    schedule.subscribe()
    engine = make_engine(settings.database)
    try:
        asyncio.run(_work(Loop(make_sessions(engine), system_clock, port=settings.worker_port)))
    except OSError as error:
        sys.stderr.write(f"WORKER_PORT: UDP port {settings.worker_port} cannot be used: {error.strerror}\n")
        return 2
    finally:
        engine.dispose()
    return 0


async def _work(loop: Loop) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, loop.stop)
    await loop.run()


if __name__ == "__main__":
    sys.exit(main())
