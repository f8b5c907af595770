"""Step 4: the summary, the one-time code, and what happens next."""

from flask import redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from mediation.access import links
from mediation.access.permissions import Permission
from mediation.access.service import codes, verified
from mediation.disputes import policy as cases
from mediation.disputes import queries as cases_page
from mediation.disputes import service as disputes
from mediation.disputes.rules.codes import DisputeType
from mediation.disputes.service import drafts
from mediation.kernel.actor import SYSTEM, VISITOR, Actor, ActorKind
from mediation.kernel.errors import Limited, Problem, Refused, Taken
from mediation.kernel.text import masked_phone
from mediation.orgs import queries as orgs
from mediation.people import queries as people
from mediation.scheduling import calendar, queries, service
from mediation.scheduling.forms import HOME, ConfirmForm
from mediation.scheduling.models import Booking
from mediation.scheduling.queries import BookingRow, DraftRow
from mediation.scheduling.service import BookHeld
from mediation.scheduling.views import keep
from mediation.scheduling.views.blueprint import bp
from mediation.scheduling.views.choose import elsewhere, held, open_draft, time_page
from mediation.scheduling.views.files import ics
from mediation.scheduling.views.picking import Lost
from mediation.web import own
from mediation.web.db import clock, reading, write
from mediation.web.forms import Form
from mediation.web.i18n import locale
from mediation.web.security import open_to_all

PURPOSE = "book"
_SENT = "code_sent_for"


@bp.get("/book/d/<draft>/confirm")
@open_to_all
def confirm(draft: str) -> ResponseReturnValue:
    found = open_draft(reading(), draft)
    away = elsewhere(found)
    if away is not None:
        return away
    booking = held(found)
    if booking is None:
        return redirect(url_for("scheduling.choose_time", draft=draft), 303)
    return _page(found, booking, ConfirmForm(formdata=None))


def _page(draft: DraftRow, booking: Booking, form: Form) -> str:
    return render_template(
        "scheduling/confirm.html",
        draft=draft,
        mediator=people.mediator(reading(), booking.mediator_id),
        station=booking.room.station if booking.room else None,
        **keep.values(draft, booking),
        dispute_type=DisputeType.of(draft.dispute_type),
        community=orgs.community(reading(), draft.community),
        phone=masked_phone(draft.phone),
        form=form,
        proved=_proved(draft.phone),
        sent=cookie.get(_SENT) == draft.public_id,
    )


def _proved(phone: str) -> bool:
    """The phone was proved from this browser of late."""
    return verified.is_verified(cookie, phone, clock()())


@bp.post("/book/d/<draft>/code")
@open_to_all
def send_code(draft: str) -> ResponseReturnValue:
    """Send the code to the phone that the draft names."""
    form = ConfirmForm(formdata=None)
    with form.shows(Limited):
        _send(draft)
    found = open_draft(reading(), draft)
    away, booking = elsewhere(found), held(found)
    if away is not None or booking is None:
        return away or redirect(url_for("scheduling.choose_time", draft=draft), 303)
    if form.problems:
        return _page(found, booking, form), Limited.status
    return redirect(url_for("scheduling.confirm", draft=draft) + "#code-form", 303)


def _send(draft: str) -> None:
    """Raises: Limited `code_too_often`."""
    with write() as session:
        found = open_draft(session, draft)
        if elsewhere(found) is None:
            codes.send_code(
                session,
                phone=found.phone,
                purpose=PURPOSE,
                address=request.remote_addr or "",
                locale=locale(),
                clock=clock(),
            )
            cookie[_SENT] = draft


@bp.post("/book/d/<draft>/confirm")
@open_to_all
def confirm_sent(draft: str) -> ResponseReturnValue:
    """Prove the phone, receive the case and book its time: one transaction, once, however often it is sent."""
    form = ConfirmForm()
    try:
        with form.shows(Refused):
            if _book(draft, form):
                return redirect(url_for("scheduling.done", draft=draft), 303)
    except _TimeLost as lost:
        found = open_draft(reading(), draft)
        booking = held(found)
        at = keep.where(booking) if booking is not None else HOME
        around = booking.starts_at if booking is not None else clock()()
        return time_page(found, at, Lost(lost.problem, around)), lost.problem.status
    found = open_draft(reading(), draft)
    booking = held(found)
    if booking is None or found.case_id is not None:
        return redirect(url_for("scheduling.choose_time", draft=draft), 303)
    return _page(found, booking, form), 422


class _TimeLost(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def _book(draft: str, form: ConfirmForm) -> bool:
    """True: it is booked, now or before. False: the code is missing or not well formed.

    Raises: Refused as `check_code`; _TimeLost.
    """
    own.check(draft)
    with write() as session:
        # The draft's row is the lock: a second press waits here, and then finds the case that the first one made.
        raw = drafts.load(session, draft, clock=clock(), lock=True)
        found = queries.draft_row(raw)
        if elsewhere(found) is not None:
            return True
        if not _proved(found.phone):
            if not form.validate_on_submit():
                return False
            codes.check_code(session, phone=found.phone, purpose=PURPOSE, code=form.code.data or "", clock=clock())
            verified.remember(cookie, found.phone, clock()())
        case = disputes.receive_draft(session, VISITOR, raw, clock=clock())
        party = disputes.applicant_of(case)
        actor = Actor(kind=ActorKind.PARTY, name=found.name, party_id=party.id, case_id=case.id)
        _book_time(session, actor, BookHeld(case.id, found.key))
        cookie.pop(_SENT, None)
    return True


def _book_time(session: Session, actor: Actor, command: BookHeld) -> None:
    try:
        service.book_held(session, actor, command, clock=clock())
    except (Taken, Refused) as problem:
        raise _TimeLost(problem) from problem


@bp.get("/book/d/<draft>/done")
@open_to_all
def done(draft: str) -> ResponseReturnValue:
    """The number, the link, the calendar file, and what comes next; the same page however often it is opened."""
    found = open_draft(reading(), draft)
    if found.case_id is None:
        return redirect(url_for("scheduling.choose_time", draft=draft), 303)
    panel = cases_page.case_panel(reading(), found.case_id, SYSTEM)
    return render_template(
        "scheduling/done.html",
        draft=found,
        case=panel,
        booking=_booked(found),
        link=_personal_link(found.case_id),
        phone=masked_phone(panel.parties[0].phone),
    )


def _personal_link(case_id: int) -> str:
    """The applicant's whole address; the same each time."""
    with write() as session:
        party = disputes.applicant_of(cases.case_by_id(session, SYSTEM, case_id, Permission.VIEW_CASE))
        token = links.issue(session, party_id=party.id, case_id=case_id, clock=clock())
    return request.url_root.rstrip("/") + links.url_path(token)


def _booked(draft: DraftRow) -> BookingRow | None:
    booking = queries.by_key(reading(), draft.key)
    return queries.booking_row(reading(), booking.id) if booking is not None else None


@bp.get("/book/d/<draft>/hearing.ics")
@open_to_all
def done_calendar(draft: str) -> ResponseReturnValue:
    """The booking as a file for the phone's calendar, with the personal link in it."""
    found = open_draft(reading(), draft)
    row = _booked(found)
    if found.case_id is None or row is None:
        return redirect(url_for("scheduling.choose_time", draft=draft), 303)
    return ics(calendar.published(row, locale=locale(), link=_personal_link(found.case_id)), "hearing.ics")
