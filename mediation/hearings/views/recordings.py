"""Being recorded, on pages: a party's own consent, the list, watching, deleting."""

from typing import IO, cast

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wsgi import FileWrapper

from mediation.access.permissions import Permission
from mediation.hearings import policy, queries, service
from mediation.hearings.forms import ConsentForm
from mediation.hearings.storage import recordings
from mediation.hearings.views.blueprint import bp
from mediation.kernel.errors import Refused
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.security import needs, needs_link

_BLOCK = 64 * 1024


@bp.route("/p/<token>/recordings", methods=["GET", "POST"])
@needs_link
def own_recordings(token: str) -> ResponseReturnValue:
    """A party says whether they may be recorded, takes it back, and finds what was recorded of them."""
    form, actor = ConsentForm(), current_actor()
    if form.validate_on_submit():
        with form.shows(Refused), write() as session:
            service.answer_own_consent(session, actor, form.command(), clock=clock())
            flash(_("Noted. You can change it here at any time."), "success")
            return redirect(url_for("hearings.own_recordings", token=token), 303)
    page = render_template(
        "hearings/recordings.html",
        form=form,
        token=token,
        consents=queries.own_consents(reading(), actor),
        panel=queries.recordings(reading(), actor.case_id or 0, actor),
        keep_days=recordings().keep.days,
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/p/<token>/recordings/<public_id>")
@needs_link
def watch_own(token: str, public_id: str) -> ResponseReturnValue:
    viewing = _opened(public_id)
    film = url_for("hearings.own_film", token=token, public_id=public_id, ticket=viewing.ticket)
    back = url_for("hearings.own_recordings", token=token)
    return render_template("hearings/watch.html", row=viewing.row, film=film, back=back)


@bp.get("/p/<token>/recordings/<public_id>/film")
@needs_link
def own_film(token: str, public_id: str) -> ResponseReturnValue:  # noqa: ARG001 - read by the guard
    return _film(public_id)


@bp.get("/recordings/<public_id>")
@needs(Permission.PLAY_RECORDING)
def watch(public_id: str) -> ResponseReturnValue:
    viewing = _opened(public_id)
    film = url_for("hearings.film", public_id=public_id, ticket=viewing.ticket)
    back = url_for("supervision.case", public_id=viewing.row.case_public_id)
    return render_template("hearings/watch.html", row=viewing.row, film=film, back=back)


@bp.get("/recordings/<public_id>/film")
@needs(Permission.PLAY_RECORDING)
def film(public_id: str) -> ResponseReturnValue:
    return _film(public_id)


def _opened(public_id: str) -> service.Viewing:
    """The log has the viewing before the page has the film."""
    with write() as session:
        return service.open_viewing(session, current_actor(), public_id, clock=clock())


def _film(public_id: str) -> Response:
    """The film, or the part of it that the player asks for (RFC 9110 section 14), deciphered as it goes out."""
    ticket = request.args.get("ticket", "")
    plain = service.viewed_bytes(reading(), current_actor(), public_id, ticket, clock=clock())
    response = Response(FileWrapper(cast("IO[bytes]", plain), _BLOCK), mimetype="video/mp4", direct_passthrough=True)
    response.call_on_close(plain.close)
    response.content_length = plain.size
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Content-Disposition"] = "inline"
    response.make_conditional(request.environ, accept_ranges=True, complete_length=plain.size)
    return response


@bp.get("/recordings/<public_id>/delete")
@needs(Permission.RUN_HEARING)
def confirm_deletion(public_id: str) -> ResponseReturnValue:
    recording = policy.recording_for(reading(), current_actor(), public_id, Permission.RUN_HEARING)
    return render_template("hearings/delete_recording.html", row=queries.recording_row(reading(), recording))


@bp.post("/recordings/<public_id>/delete")
@needs(Permission.RUN_HEARING)
def delete(public_id: str) -> ResponseReturnValue:
    with write() as session:
        recording = service.delete_recording(session, current_actor(), public_id, clock=clock())
        case = recording.hearing.case.public_id
    flash(_("The recording is deleted."), "success")
    return redirect(url_for("supervision.case", public_id=case), 303)


@bp.post("/recordings/<public_id>/retry")
@needs(Permission.RUN_HEARING)
def retry(public_id: str) -> ResponseReturnValue:
    with write() as session:
        recording = service.retry_composing(session, current_actor(), public_id, clock=clock())
        case = recording.hearing.case.public_id
    flash(_("It is being put together again."), "success")
    return redirect(url_for("supervision.case", public_id=case), 303)
