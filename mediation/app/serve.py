"""`python -m mediation.app.serve`: the web process, on a production WSGI server."""

import logging
import signal
import sys
from typing import Any, Final

import waitress
from flask import Flask

from mediation.app import create_app
from mediation.settings import Settings, SettingsError

THREADS: Final = 8


def listen(app: Flask, *, host: str, port: int) -> Any:
    """The server, bound; `run()` serves until SIGTERM or SIGINT. Raises: OSError when the port cannot be used."""
    # A request that waits for a thread for a millisecond is no warning.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    return waitress.create_server(app, host=host, port=port, threads=THREADS, ident="tiaohe")


def main() -> int:
    """0 after an orderly stop; 2 and one line when it cannot start."""
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        server = listen(create_app(settings), host=settings.host, port=settings.web_port)
    except OSError as error:
        sys.stderr.write(f"WEB_PORT: port {settings.web_port} cannot be used: {error.strerror}\n")
        return 2
    # waitress takes SystemExit for "finish what is being answered, then end"; Python's default drops it.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    server.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
