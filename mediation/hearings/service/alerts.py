"""The desk's alerts: opened and closed by what is true, taken and finished by staff; and calls to people."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.disputes import policy as disputes
from mediation.hearings import policy, queries
from mediation.hearings.events import AlertDone, AlertEvent, AlertOpened, AlertResolved, AlertTaken, PersonCalled
from mediation.hearings.models import Hearing, HearingAlert, Seat, SeatCall
from mediation.hearings.rules import alerts
from mediation.hearings.rules.alerts import AlertFacts, Due, SeatSigns
from mediation.hearings.rules.codes import AlertOutcome, CallResult
from mediation.kernel import log
from mediation.kernel.actor import SYSTEM, Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Denied, Missing, Refused
from mediation.people import service as people

WHY_SHOWN = "call_from_hearings_desk"
"""Stands in the case's trail beside the number that was shown."""


def see_alerts(session: Session, hearing_id: int, *, clock: Clock) -> None:
    """Open what is due and is not open, close what is open and not due; again harmlessly.

    Emits: AlertOpened, AlertResolved.
    """
    hearing = session.get_one(Hearing, hearing_id)
    due = alerts.due(_facts(session, hearing, clock()))
    query = select(HearingAlert).where(HearingAlert.hearing_id == hearing_id, HearingAlert.resolved_at.is_(None))
    known = {Due(row.kind, row.seat_id): row for row in session.scalars(query)}
    for one in sorted(due - known.keys(), key=lambda one: (one.kind.value, one.seat_id or 0)):
        _open(session, hearing, one, clock=clock)
    for one, row in known.items():
        if one not in due:
            row.resolved_at = clock()
            session.flush()
            log.append(session, _event(AlertResolved, hearing, row), actor=SYSTEM, at=clock())


def tend_alerts(session: Session, now: datetime) -> None:
    """What time alone brings about."""
    for hearing_id in queries.to_tend(session, now):
        see_alerts(session, hearing_id, clock=lambda: now)


def _facts(session: Session, hearing: Hearing, now: datetime) -> AlertFacts:
    rows = session.scalars(select(Seat).where(Seat.hearing_id == hearing.id).order_by(Seat.id))
    return AlertFacts(
        now=now,
        state=hearing.state,
        starts_at=hearing.booking.starts_at,
        ends_at=hearing.booking.ends_at,
        seats=tuple(SeatSigns(row.id, row.role, row.state, row.device, row.last_seen_at) for row in rows),
    )


def _open(session: Session, hearing: Hearing, due: Due, *, clock: Clock) -> None:
    row = HearingAlert(
        hearing_id=hearing.id, kind=due.kind, seat_id=due.seat_id, subject=due.seat_id or 0, opened_at=clock()
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # another process has just opened it
        return
    log.append(session, _event(AlertOpened, hearing, row), actor=SYSTEM, at=clock())


def _event(kind: type[AlertEvent], hearing: Hearing, row: HearingAlert) -> AlertEvent:
    return kind(
        case_id=hearing.case_id, hearing_id=hearing.id, alert_id=row.id, kind=row.kind, about_seat_id=row.seat_id
    )


def take_alert(session: Session, actor: Actor, hearing: str, alert: str, *, clock: Clock) -> HearingAlert:
    """The actor looks after it; pressed twice it is the same. Emits: AlertTaken.

    Raises: Missing `hearing_unknown`, `alert_unknown`; Denied; Refused `alert_taken` (params name), `alert_over`.
    """
    found, row = alert_now(session, actor, hearing, alert, lock=True)
    if row.done_at is not None or row.resolved_at is not None:
        raise Refused("alert_over")
    if row.taken_by_id == actor.account_id:
        return row
    if row.taken_by is not None:
        raise Refused("alert_taken", name=row.taken_by.name)
    row.taken_by_id, row.taken_at = actor.account_id, clock()
    session.flush()
    log.append(session, _event(AlertTaken, found, row), actor=actor, at=clock())
    return row


@dataclass(frozen=True, slots=True)
class FinishAlert:
    hearing: str
    alert: str
    outcome: AlertOutcome
    note: str = ""


def finish_alert(session: Session, actor: Actor, command: FinishAlert, *, clock: Clock) -> HearingAlert:
    """It is looked after, also when its cause has gone meanwhile. Emits: AlertDone.

    Raises: Missing `hearing_unknown`, `alert_unknown`; Denied; Refused `alert_over` when somebody finished it before.
    """
    found, row = alert_now(session, actor, command.hearing, command.alert, lock=True)
    if row.done_at is not None:
        raise Refused("alert_over")
    row.done_at, row.outcome, row.note = clock(), command.outcome, command.note
    if row.taken_by_id is None:
        row.taken_by_id, row.taken_at = actor.account_id, clock()
    session.flush()
    done = AlertDone(
        case_id=found.case_id,
        hearing_id=found.id,
        alert_id=row.id,
        kind=row.kind,
        about_seat_id=row.seat_id,
        outcome=command.outcome,
    )
    log.append(session, done, actor=actor, at=clock())
    return row


def alert_now(
    session: Session, actor: Actor, hearing: str, alert: str, *, lock: bool = False
) -> tuple[Hearing, HearingAlert]:
    """An alert in the actor's reach. Raises: Missing `hearing_unknown`, `alert_unknown`; Denied."""
    found = policy.hearing_for(session, actor, hearing, Permission.ANSWER_SIGNAL)
    query = select(HearingAlert).where(HearingAlert.hearing_id == found.id, HearingAlert.public_id == alert)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise Missing("alert_unknown")
    return found, row


@dataclass(frozen=True, slots=True)
class Callee:
    """Somebody to telephone."""

    name: str
    number: str
    """Of the case."""
    phone: str
    """Empty: none is known."""


def show_number(session: Session, actor: Actor, hearing: str, seat: str, *, clock: Clock) -> Callee:
    """A party's telephone number; that it was shown goes to the case's trail. Emits: PersonalShown.

    Raises: Missing `hearing_unknown`, `seat_unknown`; Denied.
    """
    found = policy.hearing_for(session, actor, hearing, Permission.ANSWER_SIGNAL)
    party = seat_to_call(session, found, seat).party
    if party is None:
        raise Missing("seat_unknown")
    reveal = people.Reveal(
        person_id=party.person_id,
        field="phone",
        purpose=WHY_SHOWN,
        case_id=found.case_id,
        scope=disputes.scope(session, found.case, Permission.REVEAL_PERSONAL),
        relation=disputes.relation(actor, found.case),
    )
    phone = people.reveal(session, actor, reveal, clock=clock)
    return Callee(party.person.name, found.case.number, phone)


@dataclass(frozen=True, slots=True)
class NoteCall:
    hearing: str
    seat: str
    result: CallResult
    note: str = ""


def note_call(session: Session, actor: Actor, command: NoteCall, *, clock: Clock) -> SeatCall:
    """Somebody was telephoned. Emits: PersonCalled. Raises: Missing `hearing_unknown`, `seat_unknown`; Denied."""
    found = policy.hearing_for(session, actor, command.hearing, Permission.ANSWER_SIGNAL)
    if actor.account_id is None:
        raise Denied("not_yours")
    seat = seat_to_call(session, found, command.seat)
    row = SeatCall(
        seat_id=seat.id, account_id=actor.account_id, result=command.result, note=command.note, called_at=clock()
    )
    session.add(row)
    session.flush()
    called = PersonCalled(
        case_id=found.case_id, hearing_id=found.id, seat_id=seat.id, call_id=row.id, result=command.result
    )
    log.append(session, called, actor=actor, at=clock())
    return row


def seat_to_call(session: Session, hearing: Hearing, seat: str) -> Seat:
    """A party's seat, whose contact is known. Raises: Missing `seat_unknown`."""
    query = select(Seat).where(Seat.hearing_id == hearing.id, Seat.public_id == seat, Seat.party_id.is_not(None))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise Missing("seat_unknown")
    return found
