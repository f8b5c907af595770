"""A booking moves: dragged in the calendar, or typed. The same rules, and a question before anybody is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mediation.access.permissions import Permission
from mediation.disputes import policy as cases
from mediation.disputes import queries as disputes
from mediation.kernel.clock import CHINA, local_date
from mediation.kernel.errors import Denied, Invalid, Missing, Problem, Refused, Stale, Taken
from mediation.orgs import queries as orgs
from mediation.people import queries as people
from mediation.scheduling import policy, queries, search, service
from mediation.scheduling.forms import HOME, ChangeForm, slot_of
from mediation.scheduling.models import Booking
from mediation.scheduling.queries import BookingRow
from mediation.scheduling.rules.codes import ResourceKind
from mediation.scheduling.search import FindTimes
from mediation.scheduling.service import Move, MoveBooking
from mediation.scheduling.views.blueprint import bp
from mediation.scheduling.views.showing import why_closed
from mediation.scheduling.views.slots import TimeButton, buttons
from mediation.scheduling.views.why import names_of, reasons
from mediation.scheduling.why import OWNED, Obstacle, why_not_at
from mediation.web import problems
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.filters import clock_time, instant
from mediation.web.i18n import locale
from mediation.web.security import needs

_NOT_MOVED: Final = (Taken, Refused, Invalid, Stale, Denied, Missing)
_SUBJECTS: Final = frozenset({ResourceKind.MEDIATOR, ResourceKind.ROOM})
_FIELDS: Final = {"starts_at": "time", "station": "at"}
"""Field of a refusal -> where it is typed."""


@dataclass(frozen=True, slots=True)
class NotMoved:
    """A move that the rules refuse: the sentence, whose time stands in the way, and the nearest times that are free."""

    problem: Problem
    reasons: tuple[str, ...] = ()
    nearest: tuple[TimeButton, ...] = ()

    @property
    def text(self) -> str:
        """All of it for one line of speech."""
        sentence = problems.sentence(self.problem)
        return " ".join([sentence.wrong, *self.reasons] if self.reasons else [str(sentence)])


@bp.get("/bookings/<public_id>/change")
@needs(Permission.BOOK_HEARING)
def change(public_id: str) -> ResponseReturnValue:
    """Day, time, length, place and mediator by hand: what the calendar does by drag."""
    booking = policy.booking_for(reading(), current_actor(), public_id)
    return _page(booking, _form(booking, fresh=True))


def _form(booking: Booking, *, fresh: bool = False) -> ChangeForm:
    session = reading()
    row = queries.booking_row(session, booking.id)
    present = people.mediator(session, booking.mediator_id)
    starts_at = row.starts_at.astimezone(CHINA)
    form = ChangeForm(
        None if fresh else request.form,
        day=starts_at.date(),
        time=clock_time(starts_at),
        minutes=row.minutes,
        at=booking.room.public_id if booking.room is not None else HOME,
        mediator=present.public_id,
        sequence=str(row.sequence),
    )
    assert booking.case_id is not None
    case = cases.case_by_id(session, current_actor(), booking.case_id, Permission.BOOK_HEARING)
    may_ask = cases.may(session, current_actor(), case, Permission.ASSIGN_MEDIATOR)
    form.at.validate_choice = form.mediator.validate_choice = False  # the service says it in a sentence
    form.offer(
        disputes.mediators_to_choose(session, case) if may_ask else (),
        orgs.stations(session, near=case.place_path),
        present,
    )
    return form


@bp.post("/bookings/<public_id>/change")
@needs(Permission.BOOK_HEARING)
def change_sent(public_id: str) -> ResponseReturnValue:
    """First it is asked whether the move is meant, then with `sure` it is done. A page for people, JSON for a drag."""
    booking = policy.booking_for(reading(), current_actor(), public_id)
    form = _form(booking)
    command = None
    try:
        _take_slot(form)
        if not form.validate():
            return _refused(booking, form, None, 422)
        command = _command(booking, form)
        if not request.form.get("sure"):
            return _asked(booking, form, service.plan_move(reading(), current_actor(), command, now=clock()()))
        with write() as session:
            service.reschedule(session, current_actor(), command, clock=clock())
    except _NOT_MOVED as problem:
        reading().rollback()
        return _refused(booking, form, _why(booking, command, problem), problem.status)
    row = queries.booking_row(reading(), booking.id)
    done = _("The new time is %(time)s. Everybody is told.", time=instant(row.starts_at))
    flash(done, "success")
    if problems.wants_json():
        return jsonify(done=done)
    return redirect(url_for("scheduling.calendar", on=local_date(row.starts_at)), 303)


def _take_slot(form: ChangeForm) -> None:
    """A button of the nearest times stands for day and time. Raises: Invalid `slot_unreadable`."""
    if request.form.get("slot"):
        at = slot_of(request.form["slot"]).astimezone(CHINA)
        form.day.data, form.time.data = at.date(), clock_time(at)


def _command(booking: Booking, form: ChangeForm) -> MoveBooking:
    mediator = form.mediator.data or ""
    mediator_id = people.mediator_by_public_id(reading(), mediator).id if mediator else None
    return form.command(booking.public_id, service.rooms_of(reading(), form.at.data or HOME), mediator_id)


def _why(booking: Booking, command: MoveBooking | None, problem: Problem) -> NotMoved:
    """Who or what stands in the way, and what is free instead; only where it is a matter of time."""
    if command is None or problem.field not in {"slot", "starts_at"} or isinstance(problem, Invalid):
        return NotMoved(problem)
    session, actor, now = reading(), current_actor(), clock()()
    find = service.find_move(session, actor, booking, command, now=now)
    assert booking.case_id is not None
    case = cases.case_by_id(session, actor, booking.case_id, Permission.BOOK_HEARING)
    names = names_of(session, case.id, disputes.mediators_to_choose(session, case), orgs.stations(session))
    present = people.mediator(session, booking.mediator_id)
    names[ResourceKind.MEDIATOR, present.id] = present.name
    obstacles = why_not_at(session, find, command.starts_at, now=now) if isinstance(problem, Taken) else ()
    closed = _closed(find, obstacles, local_date(command.starts_at))
    lines = tuple(
        _("%(reason)s: %(who)s", reason=closed.get(reason, reason), who=who) if who else reason
        for reason, who in reasons(obstacles, names, on=local_date(command.starts_at), timed=OWNED)
    )
    if lines and problem.code == "time_taken":
        problem = Taken("time_not_free", field="slot")
    nearest = search.nearest(session, find, command.starts_at, now=now)
    return NotMoved(problem, lines, tuple(buttons(session, nearest, with_day=True)))


def _closed(find: FindTimes, obstacles: Iterable[Obstacle], on: date) -> dict[str, str]:
    """What is closed -> the same with whatever was said about it: which holiday, why the house or the room."""
    if not any(one.kind in _SUBJECTS for one in obstacles):
        return {}
    session = reading()
    mediators = queries.plans(session, ResourceKind.MEDIATOR, find.mediator_ids, on, on)
    rooms = queries.plans(session, ResourceKind.ROOM, find.room_ids or (), on, on)
    plans = [plan[on] for plan in (*mediators.values(), *rooms.values())]
    return {plan.closed.label(locale()): why_closed(plan) for plan in plans if plan.closed is not None}


def _refused(booking: Booking, form: ChangeForm, lost: NotMoved | None, status: int) -> ResponseReturnValue:
    if problems.wants_json():
        text = lost.text if lost is not None else " ".join(text for _field, text in form.faults)
        code = lost.problem.code if lost is not None else "bad_request"
        return jsonify(problem={"code": code, "message": text}), status
    field = _FIELDS.get(lost.problem.field or "", lost.problem.field) if lost is not None else None
    if lost is not None and not lost.nearest and field in form:
        lost.problem.field = field
        form.show(lost.problem)
        lost = None
    return _page(booking, form, lost=lost), status


def _asked(booking: Booking, form: ChangeForm, move: Move) -> ResponseReturnValue:
    row = queries.booking_row(reading(), booking.id)
    asked = _question(row, form, move)
    if problems.wants_json():
        return jsonify(question=[*asked.changes, asked.told] if move.free is not None else [])
    return _page(booking, form, asked=asked if move.free is not None else None, unchanged=move.free is None)


def _place(form: ChangeForm) -> str:
    at = form.at.data or HOME
    return next((str(choice[1]) for choice in form.at.choices or () if choice[0] == at), "")


@dataclass(frozen=True, slots=True)
class Question:
    """What would change, and who would hear of it."""

    changes: tuple[str, ...]
    told: str


def _question(row: BookingRow, form: ChangeForm, move: Move) -> Question:
    session, zh = reading(), locale().startswith("zh")
    changes, free = [], move.free
    begin: datetime = free.starts_at if free is not None else row.starts_at
    end: datetime = free.ends_at if free is not None else row.ends_at
    changes.append(
        _(
            "From %(before)s–%(before_end)s to %(after)s–%(after_end)s",
            before=instant(row.starts_at),
            before_end=clock_time(row.ends_at),
            after=instant(begin),
            after_end=clock_time(end),
        )
    )
    mediators = [row.mediator]
    if free is not None and free.mediator_ids[0] != row.mediator_id:
        mediators.append(people.mediator(session, free.mediator_ids[0]).name)
        changes.append(_("%(name)s is asked to take the case, with all that is booked for it", name=mediators[1]))
    changes.append(_("Where: %(place)s", place=_place(form)))
    out = queries.left_out(session, row.id)
    parties = [party.name for party in disputes.parties(session, row.case_id) if party.id not in out]
    people_told = ("、" if zh else ", ").join([*parties, *mediators])
    return Question(tuple(changes), _("%(names)s will be told.", names=people_told))


def _page(booking: Booking, form: ChangeForm, *, lost: NotMoved | None = None, **more: object) -> str:
    row = queries.booking_row(reading(), booking.id)
    panel = disputes.case_panel(reading(), row.case_id, current_actor())
    return render_template(
        "scheduling/change.html",
        case=panel,
        booking=row,
        form=form,
        lost=lost,
        sentence=problems.sentence(lost.problem) if lost is not None else None,
        back=url_for("scheduling.calendar", on=local_date(row.starts_at)),
        **more,
    )
