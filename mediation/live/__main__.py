"""`python -m mediation.live`: holds the hearings until SIGTERM or Ctrl-C, then lets everybody reconnect."""

import asyncio
import signal
import sys

import uvloop

from mediation import wiring
from mediation.kernel import logging
from mediation.live.app import Live
from mediation.settings import Settings, SettingsError


def main() -> int:
    """0 after an orderly stop; 2 and one line when it cannot start."""
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    logging.configure(json=not settings.development, level=settings.log_level)
    wiring.configure(settings)
    try:
        uvloop.run(_serve(settings))
    except OSError as error:
        sys.stderr.write(f"LIVE_PORT, MEDIA_PORT or LIVE_WAKE_PORT cannot be used: {error.strerror}\n")
        return 2
    return 0


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    live = Live(settings)
    await live.start()
    await stop.wait()
    await live.stop()


if __name__ == "__main__":
    sys.exit(main())
