"""`python -m mediation.live [place]`: holds hearings until SIGTERM or Ctrl-C, then lets everybody reconnect.

`place`, from 0 on, is which of LIVE_PROCESSES this one is; its ports follow from it.
"""

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
        place = _place(sys.argv[1:], settings)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    logging.configure(json=not settings.development, level=settings.log_level)
    wiring.configure(settings)
    try:
        uvloop.run(_serve(settings, place))
    except OSError as error:
        sys.stderr.write(f"LIVE_PORT, MEDIA_PORT or LIVE_WAKE_PORT cannot be used: {error.strerror}\n")
        return 2
    return 0


def _place(arguments: list[str], settings: Settings) -> int:
    """Raises: SettingsError."""
    given = arguments[0] if arguments else "0"
    if len(arguments) > 1 or not given.isdecimal() or int(given) >= settings.live_processes:
        raise SettingsError(
            f"python -m mediation.live takes one number below LIVE_PROCESSES={settings.live_processes},"
            f" from 0 on, and was given: {' '.join(arguments)}"
        )
    return int(given)


async def _serve(settings: Settings, place: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    live = Live(settings, place=place)
    await live.start()
    await stop.wait()
    await live.stop()


if __name__ == "__main__":
    sys.exit(main())
