"""A time is booked: out of a hold by a resident, or at once by staff."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.disputes import policy as cases
from mediation.disputes import queries as disputes
from mediation.disputes import service as dispute_service
from mediation.disputes.queries import MediatorChoice
from mediation.disputes.rules.codes import AssignmentReason, CaseKind, CaseState
from mediation.disputes.service import AssignMediator
from mediation.kernel import log
from mediation.kernel.actor import SYSTEM, Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Invalid, Refused, Taken
from mediation.scheduling import queries, search
from mediation.scheduling.events import BookingMade, TimeOverridden
from mediation.scheduling.models import Booking, LeftOut
from mediation.scheduling.queries import ReceptionDay
from mediation.scheduling.rules.codes import Attendance, BookingState, ChoiceReason
from mediation.scheduling.rules.life import BOOKING_LIFE, BookingStep
from mediation.scheduling.rules.terms import BOOKABLE, HORIZON, LENGTH, NOTICE, STAFF_NOTICE, check_time
from mediation.scheduling.search import FindTimes
from mediation.scheduling.service import receptions, taking


@dataclass(frozen=True, slots=True)
class BookTime:
    case_id: int
    starts_at: datetime
    idempotency_key: str
    """Of the form: sent twice, one booking."""
    mediator_id: int | None = None
    """None: the case's mediator, else the least loaded who is free."""
    room_ids: tuple[int, ...] | None = None
    """Any free one of these rooms; None: everybody joins from home."""
    minutes: int | None = None
    """None: the usual length for the kind of case."""
    left_out: tuple[int, ...] = ()
    """Ids of the parties who are not asked: a talk with one side. Empty: everybody takes part."""
    reception: str = ""
    """Public id of the reception days of which it takes a talk (decision 0061); empty: of none."""
    override: str | None = None
    """Why staff book it beside another session of the mediator or the room; None: only a free time is booked."""


@dataclass(frozen=True, slots=True)
class BookHeld:
    """The held time of a form becomes the booking of the case that came out of the form."""

    case_id: int
    key: str


def book(session: Session, actor: Actor, command: BookTime, *, clock: Clock) -> Booking:
    """Book a time for a case. Sent again with the same key it is the same booking.

    A mediator who does not have the case yet is asked to take it. With an override, mediator and room may have one
    session more than otherwise at that time; a party, a cap or a third session is never passed over.
    Emits: BookingMade, TimeOverridden, and MediatorAssigned by disputes.
    Raises: Missing, Denied; Invalid, Refused as `check_time`; Refused `case_not_bookable`, `mediator_unsuited`;
    `reception_gone`; Invalid `nobody_comes`, `why_missing`; Taken `time_taken`, `party_busy`, `day_full`, `week_full`.
    """
    case = cases.case_by_id(session, actor, command.case_id, Permission.BOOK_HEARING, lock=True)
    known = queries.by_key(session, command.idempotency_key)
    if known is not None:
        return known
    now = clock()
    _check_bookable(case.state)
    _check_somebody_comes(session, command)
    find = times_for_case(session, actor, command, now=now)
    day = _reception_day(session, CaseKind.of(case.kind), command, find)
    find = receptions.narrowed(find, day) if day is not None else find
    check_time(command.starts_at, find.minutes, now=now, notice=notice_for(actor))
    free = search.free_at(session, find, command.starts_at, now=now)
    beside = free is None and command.override is not None
    if beside:
        find = _override(session, actor, command, find)
        free = search.free_at(session, find, command.starts_at, now=now)
    if free is None:
        raise taking.refusal(session, find, command.starts_at, now=now)
    rows = disputes.mediators_to_choose(session, case)
    choice = search.choose(
        session,
        free,
        weights={row.mediator.id: row.mediator.weight for row in rows},
        nearness={row.mediator.id: row.nearness for row in rows},
        now=now,
    )
    computed = ChoiceReason.PARTIES if any(row.by_parties for row in rows) else choice.reason
    booking = Booking(
        idempotency_key=command.idempotency_key,
        case_id=None,
        mediator_id=choice.mediator_id,
        choice_reason=(
            ChoiceReason.RECEPTION if day is not None else _reason(case.mediator_id, command.mediator_id, computed)
        ),
        room_id=free.room_ids[0] if free.room_ids else None,
        attendance=Attendance.STATION if free.room_ids else Attendance.HOME,
        starts_at=free.starts_at,
        ends_at=free.ends_at,
        buffer_min=find.buffer_min,
        state=BookingState.HELD,
        override_why=command.override if beside else None,
        created_at=now,
        changed_at=now,
    )
    _settle(session, actor, booking, case.id, left_out=command.left_out, clock=clock)
    receptions.belongs(session, booking, day)
    return booking


def _reception_day(session: Session, kind: CaseKind, command: BookTime, find: FindTimes) -> ReceptionDay | None:
    """Raises: Refused `reception_gone`."""
    if not command.reception:
        return None
    receptions.check_kind(kind)
    return receptions.talk_of(session, find, command.reception, command.starts_at)


def _override(session: Session, actor: Actor, command: BookTime, find: FindTimes) -> FindTimes:
    """Raises: Denied `not_allowed`; Invalid `why_missing`."""
    cases.case_by_id(session, actor, command.case_id, Permission.OVERRIDE_TIME)
    if not command.override:
        raise Invalid("why_missing", field="why")
    return replace(find, override=True)


def _check_somebody_comes(session: Session, command: BookTime) -> None:
    parties = {party.id for party in disputes.parties(session, command.case_id)}
    if not set(command.left_out) < parties:
        raise Invalid("nobody_comes", field="who")


def _reason(of_case: int | None, wanted: int | None, computed: ChoiceReason) -> ChoiceReason:
    if wanted is not None and wanted != of_case and computed is not ChoiceReason.PARTIES:
        return ChoiceReason.BY_STAFF
    return ChoiceReason.ASSIGNED if of_case is not None else computed


def book_held(session: Session, actor: Actor, command: BookHeld, *, clock: Clock) -> Booking:
    """Make the held time the case's booking. Sent again, the same booking.

    A hold that ran out still counts as long as nobody else took the time.
    Emits: BookingMade, and MediatorAssigned by disputes.
    Raises: Refused `hold_gone`, `case_not_bookable`; Taken `time_taken`; Missing, Denied.
    """
    case = cases.case_by_id(session, actor, command.case_id, Permission.BOOK_HEARING, lock=True)
    booking = queries.by_key(session, command.key)
    if booking is None:
        raise Refused("hold_gone", field="slot")
    if booking.state is not BookingState.HELD:
        return booking
    _check_bookable(case.state)
    able = {row.mediator.id for row in disputes.mediators_to_choose(session, case)}
    if case.mediator_id is None and booking.mediator_id not in able:
        raise Taken("time_taken", field="slot")
    return _settle(session, actor, booking, case.id, clock=clock)


def _check_bookable(state: CaseState) -> None:
    if state not in BOOKABLE:
        raise Refused("case_not_bookable")


def _settle(
    session: Session, actor: Actor, booking: Booking, case_id: int, *, left_out: tuple[int, ...] = (), clock: Clock
) -> Booking:
    """The held booking becomes the case's; the order of the rows is the order of what happened."""
    now = clock()
    case = cases.case_by_id(session, SYSTEM, case_id, Permission.BOOK_HEARING)
    firm = case.mediator_id == booking.mediator_id and case.mediator_accepted_at is not None
    arrow = BOOKING_LIFE.decide(BookingStep.BOOK_FIRMLY if firm else BookingStep.BOOK, booking.facts(now))
    booking.case_id, booking.state = case.id, arrow.target
    booking.hold_expires_at, booking.changed_at = None, now
    session.add(booking)
    session.flush()
    session.add_all(LeftOut(booking_id=booking.id, party_id=party_id) for party_id in left_out)
    session.flush()
    taking.own(session, booking, now=now)
    taking.check_open(session, booking)
    taking.count(session, booking, now=now)
    made = BookingMade(
        case_id=case.id,
        booking_id=booking.id,
        mediator_id=booking.mediator_id,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        chosen_because=booking.choice_reason,
    )
    log.append(session, made, actor=actor, at=now)
    if booking.override_why is not None:
        overridden = TimeOverridden(
            case_id=case.id, booking_id=booking.id, mediator_id=booking.mediator_id, why=booking.override_why
        )
        log.append(session, overridden, actor=actor, at=now)
    if case.mediator_id != booking.mediator_id:
        by_party = actor.account_id is None
        asked = AssignMediator(case.id, booking.mediator_id, AssignmentReason.BOOKED)
        dispute_service.assign(session, SYSTEM if by_party else actor, asked, clock=clock)
        session.refresh(booking)
    return booking


def notice_for(actor: Actor) -> timedelta:
    """How long before it begins a time can still be booked: staff may book for somebody who stands before them."""
    return NOTICE if actor.account_id is None else STAFF_NOTICE


def times_for_case(
    session: Session,
    actor: Actor,
    command: BookTime,
    *,
    now: datetime,
    choices: Sequence[MediatorChoice] | None = None,
) -> FindTimes:
    """The search that a booking for a case means, over the whole horizon.

    `choices`: who may be asked, of whoever has looked at that already.
    Raises: Missing, Denied; Refused `mediator_unsuited`.
    """
    case = cases.case_by_id(session, actor, command.case_id, Permission.BOOK_HEARING)
    length = LENGTH[CaseKind.of(case.kind)]
    wanted = command.mediator_id if command.mediator_id is not None else case.mediator_id
    rows = disputes.mediators_to_choose(session, case) if choices is None else choices
    able = [row.mediator.id for row in rows]
    if wanted is not None and wanted != case.mediator_id and wanted not in able:
        raise Refused("mediator_unsuited", field="mediator")
    return FindTimes(
        mediator_ids=(wanted,) if wanted is not None else tuple(able),
        room_ids=command.room_ids,
        person_ids=tuple(taking.person_ids(session, case.id, command.left_out)),
        minutes=command.minutes if command.minutes is not None else length.minutes,
        buffer_min=length.buffer_min,
        from_at=now + notice_for(actor),
        to_at=now + HORIZON,
    )
