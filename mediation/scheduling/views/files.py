"""Calendar files as answers."""

import hashlib

from flask import Response, request


def ics(body: bytes, name: str) -> Response:
    """A file that phones offer to add to their calendar."""
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def feed(body: bytes) -> Response:
    """An answer to a phone that asks again and again: 304 when nothing changed."""
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response
