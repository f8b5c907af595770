"""Addresses of the built front end, from ``static/dist/manifest.json``.

``npm run build`` writes the manifest: ``resident.css`` -> ``resident-1a2B3c4D.css``. Flask serves that folder alone
(``static_folder=DIST``), never ``static/src``. A name carries its content's hash, so it may be kept for a year.
"""

import json
from pathlib import Path

import structlog
from flask import Flask, Response, request, url_for

DIST = Path(__file__).resolve().parents[2] / "static" / "dist"
_log = structlog.get_logger(__name__)
_KEPT_S = 365 * 24 * 3600


class Manifest:
    """The manifest in memory; read again when the file changes, so that ``npm run watch`` needs no restart."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "manifest.json"
        self._names: dict[str, str] = {}
        self._read_at_ns = -1

    def built(self, name: str) -> str:
        """The built file's name; ``name`` itself where the front end was not built.

        Pages work without script and style, so a missing build is said once in the log and is no fault of a page.

        Raises: KeyError for a name that the build does not know.
        """
        self._refresh()
        return self._names[name] if self._names else name

    def _refresh(self) -> None:
        try:
            changed_at_ns = self._file.stat().st_mtime_ns
        except FileNotFoundError:
            if self._read_at_ns:
                _log.warning("assets.not_built", manifest=self._file.name)
            self._names, self._read_at_ns = {}, 0
            return
        if changed_at_ns != self._read_at_ns:
            self._names = json.loads(self._file.read_text(encoding="utf-8"))
            self._read_at_ns = changed_at_ns


def init_app(app: Flask) -> None:
    """Gives templates ``asset(name)`` and lets browsers keep the hashed files."""
    manifest = Manifest(Path(app.static_folder) if app.static_folder else DIST)

    def asset(name: str) -> str:
        return url_for("static", filename=manifest.built(name))

    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code == 200 and "-" in request.path:  # noqa: PLR2004
            response.cache_control.public = True
            response.cache_control.max_age = _KEPT_S
            response.cache_control.immutable = True
        return response

    app.jinja_env.globals["asset"] = asset
    app.after_request(keep)
