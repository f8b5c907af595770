"""Papers in the hearing: the list of what can be laid on the table, and the pages as pictures and as words.

Each page is asked for by each viewer and answered by the rules of that moment: nothing of a paper has an address that
works for somebody else, in another room, or afterwards.
"""

from typing import Final

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from mediation.access.permissions import Permission
from mediation.files import service as files
from mediation.hearings import policy, queries, service
from mediation.hearings.forms import PaperForm
from mediation.hearings.models import Seat
from mediation.hearings.rules import papers as rules
from mediation.hearings.views.blueprint import bp
from mediation.hearings.views.pages import own_party_seat
from mediation.hearings.views.passes import lent_seat
from mediation.kernel.errors import Missing, Refused
from mediation.web import problems
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.security import needs, needs_link, open_to_all

SMALL: Final = "small"


@bp.route("/hearings/<public_id>/papers", methods=["GET", "POST"])
@needs(Permission.JOIN_HEARING)
def papers(public_id: str) -> ResponseReturnValue:
    """What staff in the room may show."""
    return list_for(policy.own_seat(reading(), current_actor(), public_id))


@bp.route("/p/<token>/hearing/papers", methods=["GET", "POST"])
@needs_link
def party_papers(token: str) -> ResponseReturnValue:  # noqa: ARG001 - read by the guard
    """A party's own, by the mediator's leave."""
    return list_for(_party_seat())


@bp.route("/seat/papers", methods=["GET", "POST"])
@open_to_all
def lent_papers() -> ResponseReturnValue:
    """Of the seat that was opened on this device."""
    return list_for(lent_seat())


@bp.get("/hearings/<public_id>/papers/<paper>/<int:page>/<size>")
@needs(Permission.JOIN_HEARING)
def paper_page(public_id: str, paper: str, page: int, size: str) -> ResponseReturnValue:
    return page_for(policy.own_seat(reading(), current_actor(), public_id), paper, page, size)


@bp.get("/p/<token>/hearing/papers/<paper>/<int:page>/<size>")
@needs_link
def party_paper_page(token: str, paper: str, page: int, size: str) -> ResponseReturnValue:  # noqa: ARG001
    return page_for(_party_seat(), paper, page, size)


@bp.get("/seat/papers/<paper>/<int:page>/<size>")
@open_to_all
def lent_paper_page(paper: str, page: int, size: str) -> ResponseReturnValue:
    return page_for(lent_seat(), paper, page, size)


def _party_seat() -> Seat:
    return policy.own_seat(reading(), current_actor(), own_party_seat())


def list_for(seat: Seat) -> ResponseReturnValue:
    """Choosing one shows it; its first page is drawn before anything is written."""
    form, shown = PaperForm(), False
    if form.validate_on_submit():
        with form.shows(Refused, Missing):
            command = form.command(seat.id)
            offer = service.check_showing(reading(), command)
            n_pages = files.page_of(queries.file_of(reading(), offer), 1, SMALL).n_pages
            with write() as session:
                service.show_paper(session, command, n_pages, clock=clock())
            shown = True
    snapshot = queries.snapshot(reading(), seat.hearing_id)
    row = snapshot.seat_by_id(seat.id)
    page = render_template(
        "hearings/papers.html",
        form=form,
        shown=shown,
        may_show=rules.refuse_show(queries.table_facts(snapshot, row)) is None,
        rows=[(one, queries.blind_to(reading(), snapshot, row, one)) for one in queries.offers(reading(), seat)],
        action=request.path,
    )
    return page, 422 if form.problems else 200


def page_for(seat: Seat, paper: str, page: int, size: str) -> Response:
    """A page as a picture (`small`, `large`), or the words on it (`text`)."""
    look = service.LookAt(seat.id, paper, page)
    found, is_first = service.check_look(reading(), look)
    if size not in {*files.WIDTHS, "text"}:
        raise Missing("paper_unknown")
    sheet = files.page_of(found.file, page, SMALL if size == "text" else size)
    if is_first:
        with write() as session:
            service.note_look(session, look, clock=clock())
    response = make_response(sheet.text if size == "text" else sheet.picture)
    response.mimetype = "text/plain" if size == "text" else "image/webp"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return response


problems.sentences(
    {
        "paper_unknown": (_l("This paper is not on the table."), _l("Look again what is shown.")),
        "paper_no_leave": (
            _l("The mediator has not asked you to show a paper."),
            _l("Raise your hand, or write to the mediator."),
        ),
        "paper_unreadable": (
            _l("This paper cannot be shown: it is damaged, or its pages cannot be drawn."),
            _l("Take photos of it, or show your screen."),
        ),
        "paper_locked": (
            _l("This paper is locked with a password."),
            _l("File it again without one, or show your screen."),
        ),
        "paper_too_long": (_l("This paper has more than 300 pages."), _l("File the pages that matter by themselves.")),
        "paper_no_page": (_l("The paper has no such page."), _l("Look again how many it has.")),
        "paper_no_mark": (_l("This is no place on the page."), _l("Point at the page itself.")),
    }
)
