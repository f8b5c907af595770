"""The staff desk of live hearings: today's hearings in reach with each person's state, and what calls for somebody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from mediation.access.permissions import Permission
from mediation.disputes import policy
from mediation.disputes.models import Case, Party
from mediation.disputes.rules.codes import PartyRole
from mediation.hearings.models import Hearing, HearingAlert, Seat, SeatCall, SeatSample
from mediation.hearings.queries.desk import DeskLineRow, desk_lines
from mediation.hearings.queries.panels import HearingRow, hearing_row
from mediation.hearings.rules import desk
from mediation.hearings.rules.codes import AlertKind, CallResult, HearingState, SeatRole, SeatState
from mediation.hearings.rules.life import GATHERING, OVER
from mediation.hearings.rules.lines import WINDOW, Bar, LineReading, LineSample, bars, reading
from mediation.hearings.rules.seats import CONNECTED
from mediation.kernel.actor import Actor
from mediation.kernel.clock import CHINA, local_date
from mediation.scheduling.models import Booking

GONE_SHOWN: Final = timedelta(minutes=10)
"""How long the desk still says that something settled itself."""
LOOK_BACK: Final = timedelta(days=1)
"""A hearing that was never opened is left alone so long after its time."""
_FINE: Final = frozenset({"ok", "unchecked", None})


@dataclass(frozen=True, slots=True)
class CallRow:
    result: CallResult
    note: str
    called_at: datetime


@dataclass(frozen=True, slots=True)
class LineNow:
    """Of somebody who is on the line, or was lately."""

    reading: LineReading
    bars: tuple[Bar, ...]
    """Of the last 15 minutes."""


@dataclass(frozen=True, slots=True)
class DutySeat:
    public_id: str
    name: str
    role: SeatRole
    part: PartyRole | None
    """Which side; None: not a party."""
    state: SeatState
    since: datetime | None
    """When it came to this state, as far as it is kept."""
    checked: bool
    faults: tuple[tuple[str, str], ...]
    """Device and what its check found, where that is not well."""
    may_be_called: bool
    may_be_written_to: bool
    call: CallRow | None
    """The last one."""
    words: DeskLineRow | None
    """What was written last between the desk and this person."""
    line: LineNow | None


@dataclass(frozen=True, slots=True)
class DutyHearing:
    row: HearingRow
    chair_is_empty: bool
    seats: tuple[DutySeat, ...]


@dataclass(frozen=True, slots=True)
class AlertRow:
    public_id: str
    kind: AlertKind
    name: str
    """Whom it is about; empty: the hearing."""
    hearing: str
    case_public_id: str
    number: str
    opened_at: datetime
    resolved_at: datetime | None
    taken_by: str
    mine: bool


@dataclass(frozen=True, slots=True)
class AnswerRow:
    id: int
    seat: str
    name: str
    hearing: str
    number: str
    text: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Duty:
    hearings: tuple[DutyHearing, ...]
    alerts: tuple[AlertRow, ...]
    """Open, the oldest first; then those that have just settled themselves."""
    answers: tuple[AnswerRow, ...]
    """What waiting people wrote to the desk and nobody has opened."""


def duty(session: Session, actor: Actor, *, now: datetime) -> Duty:
    """What the actor's desk shows now."""
    hearings = _hearings(session, actor, now)
    seats = [seat for hearing in hearings for seat in hearing.seats]
    seat_ids = [seat.id for seat in seats]
    known = _Known(_calls(session, seat_ids), desk_lines(session, seat_ids), _lines(session, seats, now))
    return Duty(
        hearings=tuple(_hearing(hearing, actor, known) for hearing in sorted(hearings, key=_order)),
        alerts=_alerts(session, actor, now),
        answers=tuple(answer for hearing in hearings for answer in _answers(hearing, known)),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """Of each person, by seat id."""

    calls: dict[int, CallRow]
    words: dict[int, tuple[DeskLineRow, ...]]
    lines: dict[int, LineNow]


def _answers(hearing: Hearing, known: _Known) -> Iterable[AnswerRow]:
    for seat in hearing.seats:
        for line in known.words.get(seat.id, ()):
            if line.unread:
                yield AnswerRow(
                    id=line.id,
                    seat=seat.public_id,
                    name=seat.name,
                    hearing=hearing.public_id,
                    number=hearing.case.number,
                    text=line.text,
                    said_at=line.said_at,
                )


def _hearings(session: Session, actor: Actor, now: datetime) -> Sequence[Hearing]:
    """Today's, and whatever still runs."""
    begins = datetime.combine(local_date(now), time(), CHINA)
    today = (Booking.starts_at >= begins) & (Booking.starts_at < begins + timedelta(days=1))
    return session.scalars(
        select(Hearing)
        .join(Booking, Booking.id == Hearing.booking_id)
        .join(Case, Case.id == Hearing.case_id)
        .where(
            or_(today, Hearing.state.in_(GATHERING)),
            Hearing.state != HearingState.CANCELLED,
            policy.visible_cases(actor, Permission.ANSWER_SIGNAL),
        )
        .options(
            selectinload(Hearing.case),
            selectinload(Hearing.booking),
            selectinload(Hearing.seats).selectinload(Seat.party).selectinload(Party.person),
            selectinload(Hearing.seats).selectinload(Seat.account),
        )
    ).all()


def _order(hearing: Hearing) -> tuple[int, datetime]:
    rank = 0 if hearing.state in GATHERING else 2 if hearing.state is HearingState.CLOSED else 1
    return rank, hearing.booking.starts_at


def _calls(session: Session, seat_ids: Iterable[int]) -> dict[int, CallRow]:
    """Seat id -> the last call."""
    rows = session.scalars(select(SeatCall).where(SeatCall.seat_id.in_(list(seat_ids))).order_by(SeatCall.id))
    return {row.seat_id: CallRow(row.result, row.note, row.called_at) for row in rows}


def _lines(session: Session, seats: Iterable[Seat], now: datetime) -> dict[int, LineNow]:
    """Seat id -> the line of each who is here, or was until lately; who left has none."""
    shown = {seat.id: seat.state in CONNECTED for seat in seats if seat.state in CONNECTED | {SeatState.DISCONNECTED}}
    rows = session.execute(
        select(SeatSample.seat_id, SeatSample.at, SeatSample.loss_to, SeatSample.loss_from, SeatSample.rtt_ms)
        .where(SeatSample.seat_id.in_(shown), SeatSample.at > now - WINDOW)
        .order_by(SeatSample.at)
    )
    samples: dict[int, list[LineSample]] = {seat_id: [] for seat_id in shown}
    for seat_id, at, loss_to, loss_from, rtt_ms in rows:
        samples[seat_id].append(LineSample(at, loss_to, loss_from, rtt_ms))
    found = {seat_id: reading(samples[seat_id], now, connected=connected) for seat_id, connected in shown.items()}
    return {seat_id: LineNow(word, bars(samples[seat_id], now)) for seat_id, word in found.items() if word is not None}


def _hearing(hearing: Hearing, actor: Actor, known: _Known) -> DutyHearing:
    chair = next((seat for seat in hearing.seats if seat.role is SeatRole.NEUTRAL), None)
    return DutyHearing(
        row=hearing_row(hearing, actor),
        chair_is_empty=chair is None or chair.state not in CONNECTED,
        seats=tuple(_seat(hearing, seat, known) for seat in hearing.seats),
    )


def _seat(hearing: Hearing, seat: Seat, known: _Known) -> DutySeat:
    there = seat.state in CONNECTED
    devices = ("camera", "microphone", "loudspeaker", "media_route") if there else ()
    since = {
        SeatState.CHECKING: seat.arrived_at,
        SeatState.WAITING: seat.arrived_at,
        SeatState.IN_ROOM: seat.admitted_at,
        SeatState.DISCONNECTED: seat.last_seen_at,
        SeatState.LEFT: seat.left_at,
    }
    return DutySeat(
        public_id=seat.public_id,
        name=seat.name,
        role=seat.role,
        part=seat.party.role if seat.party is not None else None,
        state=seat.state,
        since=since.get(seat.state),
        checked=there and "camera" in seat.device,
        faults=tuple((device, seat.device[device]) for device in devices if seat.device.get(device) not in _FINE),
        may_be_called=seat.party is not None and bool(seat.party.person.phone),
        may_be_written_to=desk.refuse_writing(hearing.state, seat.state) is None,
        call=known.calls.get(seat.id),
        words=next(reversed(known.words.get(seat.id, ())), None),
        line=known.lines.get(seat.id),
    )


def _alerts(session: Session, actor: Actor, now: datetime) -> tuple[AlertRow, ...]:
    rows = session.scalars(
        select(HearingAlert)
        .join(Hearing, Hearing.id == HearingAlert.hearing_id)
        .join(Case, Case.id == Hearing.case_id)
        .where(
            HearingAlert.done_at.is_(None),
            or_(HearingAlert.resolved_at.is_(None), HearingAlert.resolved_at > now - GONE_SHOWN),
            policy.visible_cases(actor, Permission.ANSWER_SIGNAL),
        )
        .options(
            selectinload(HearingAlert.hearing).selectinload(Hearing.case),
            selectinload(HearingAlert.seat).selectinload(Seat.party).selectinload(Party.person),
            selectinload(HearingAlert.taken_by),
        )
        .order_by(HearingAlert.id)
    )
    found = [_alert(row, actor) for row in rows]
    return tuple(sorted(found, key=lambda row: row.resolved_at is not None))


def _alert(row: HearingAlert, actor: Actor) -> AlertRow:
    return AlertRow(
        public_id=row.public_id,
        kind=row.kind,
        name=row.seat.name if row.seat is not None else "",
        hearing=row.hearing.public_id,
        case_public_id=row.hearing.case.public_id,
        number=row.hearing.case.number,
        opened_at=row.opened_at,
        resolved_at=row.resolved_at,
        taken_by=row.taken_by.name if row.taken_by is not None else "",
        mine=row.taken_by_id is not None and row.taken_by_id == actor.account_id,
    )


def to_tend(session: Session, now: datetime) -> Sequence[int]:
    """The hearings in which time alone may bring about an alert or end one: ids, always in the same order."""
    still_open = select(HearingAlert.hearing_id).where(HearingAlert.resolved_at.is_(None))
    begun = select(Booking.id).where(Booking.starts_at <= now, Booking.starts_at > now - LOOK_BACK)
    waits = Hearing.state.not_in(OVER) & Hearing.booking_id.in_(begun)
    return session.scalars(
        select(Hearing.id)
        .where(or_(Hearing.id.in_(still_open), Hearing.state.in_(GATHERING), waits))
        .order_by(Hearing.id)
    ).all()
