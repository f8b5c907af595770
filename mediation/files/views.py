"""Serving files: pictures as the clean copy made of them, PDFs only as a download, nothing ever as a page."""

from flask import Blueprint, make_response
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from mediation.access.permissions import Permission
from mediation.files import policy, service
from mediation.web import problems
from mediation.web.actor import current_actor
from mediation.web.db import clock, write
from mediation.web.downloads import named
from mediation.web.security import needs, needs_link

bp = Blueprint("files", __name__)

_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
"""Should a browser render it after all: no script, no origin, no request."""


@bp.get("/files/<public_id>")
@needs(Permission.VIEW_CASE)
def show(public_id: str) -> ResponseReturnValue:
    """For staff; which files, the case decides."""
    return _served(public_id)


@bp.get("/p/<token>/files/<public_id>")
@needs_link
def show_to_party(token: str, public_id: str) -> ResponseReturnValue:  # noqa: ARG001 - read by the guard
    """For a party, under the personal link."""
    return _served(public_id)


def _served(public_id: str) -> ResponseReturnValue:
    actor = current_actor()
    with write() as session:
        file = policy.file_for(session, actor, public_id)
        content, media_type = service.shown_of(session, actor, file, clock=clock())
        name = file.name
    response = named(make_response(content), name, inline=media_type.startswith("image/"))
    response.mimetype = media_type
    response.headers["Content-Security-Policy"] = _SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


_kinds = _l("Send photos (JPEG, PNG, WebP, GIF) or PDF files.")

problems.sentences(
    {
        "file_unknown": (_l("This file is not here."), _l("Reload the page of the case.")),
        "file_gone": (_l("This file cannot be read."), _l("It has been noted. Please call us.")),
        "file_empty": (_l("One of the files is empty."), _l("Choose it again.")),
        "file_too_big": (
            _l("One of the files is larger than %(megabytes)s MB."),
            _l("Take a smaller photo, or send it in parts."),
        ),
        "file_kind": (_l("One of the files is neither a photo nor a PDF, whatever its name says."), _kinds),
        "file_polyglot": (
            _l("One of the files contains something besides the photo or PDF."),
            _l("Take a screenshot or a new photo of it and send that."),
        ),
        "file_damaged": (
            _l("One of the photos is damaged or incomplete."),
            _l("Open it on your phone, save it again, and send that."),
        ),
        "file_too_many_pixels": (
            _l("One of the photos has more than %(megapixels)s million pixels."),
            _l("Send a smaller version of it."),
        ),
        "too_many_files": (
            _l("These are too many files."),
            _l("Send at most %(most)s; put several pages into one PDF."),
        ),
    }
)
