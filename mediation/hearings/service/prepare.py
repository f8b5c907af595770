"""A booking becomes a hearing with a seat for each person; it follows what happens to the booking."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes import queries as disputes
from mediation.disputes.rules.codes import PartyRole
from mediation.hearings import queries
from mediation.hearings.events import ChairHandedOver, HearingMoved, HearingPrepared
from mediation.hearings.models import Hearing, Seat
from mediation.hearings.rules.codes import HearingState, SeatRole, SeatState
from mediation.hearings.rules.life import HEARING_LIFE, OVER, HearingStep
from mediation.hearings.service.chair import swap
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Refused
from mediation.people import queries as people
from mediation.scheduling import queries as scheduling
from mediation.scheduling.events import BookingMade

ROLE_OF_PARTY = {PartyRole.AGENT: SeatRole.AGENT}


def prepare(session: Session, actor: Actor, event: BookingMade, *, clock: Clock) -> Hearing:
    """Make the hearing of a booking; made already, it is that one. Emits: HearingPrepared."""
    known = session.scalars(select(Hearing).where(Hearing.booking_id == event.booking_id)).one_or_none()
    if known is not None or event.case_id is None:
        if known is None:
            raise Refused("not_now")
        return known
    hearing = Hearing(case_id=event.case_id, booking_id=event.booking_id, state=HearingState.SCHEDULED)
    session.add(hearing)
    session.flush()
    _seat_the_neutral(session, actor, hearing, event.mediator_id, clock=clock)
    seats = [seat.id for seat in _seat_the_parties(session, hearing)]
    prepared = HearingPrepared(
        case_id=event.case_id,
        hearing_id=hearing.id,
        booking_id=event.booking_id,
        starts_at=event.starts_at,
        seat_ids=tuple(seats),
    )
    log.append(session, prepared, actor=actor, at=clock())
    return hearing


def _seat_the_neutral(session: Session, actor: Actor, hearing: Hearing, mediator_id: int, *, clock: Clock) -> None:
    """The mediator's account sits in the chair; another mediator takes the same chair. Emits: ChairHandedOver."""
    account_id = people.mediator(session, mediator_id).account_id
    chair = session.scalars(
        select(Seat).where(Seat.hearing_id == hearing.id, Seat.role == SeatRole.NEUTRAL)
    ).one_or_none()
    if chair is None:
        session.add(Seat(hearing_id=hearing.id, account_id=account_id, role=SeatRole.NEUTRAL, state=SeatState.EXPECTED))
    elif chair.account_id != account_id and (known := _seat_of_account(session, hearing, account_id)) is not None:
        swap(session, chair, known)
    elif chair.account_id != account_id:
        handed = ChairHandedOver(
            case_id=hearing.case_id,
            hearing_id=hearing.id,
            seat_id=chair.id,
            from_account_id=chair.account_id,
            account_id=account_id,
            was=chair.state,
        )
        chair.account_id, chair.state, chair.room = account_id, SeatState.EXPECTED, "waiting"
        chair.device = {}
        session.flush()
        log.append(session, handed, actor=actor, at=clock())
    session.flush()


def _seat_of_account(session: Session, hearing: Hearing, account_id: int | None) -> Seat | None:
    """Somebody who sits there as co-mediator."""
    return session.scalars(
        select(Seat).where(Seat.hearing_id == hearing.id, Seat.account_id == account_id)
    ).one_or_none()


def _seat_the_parties(session: Session, hearing: Hearing) -> list[Seat]:
    taken = set(session.scalars(select(Seat.party_id).where(Seat.hearing_id == hearing.id)))
    left_out = scheduling.left_out(session, hearing.booking_id)
    new = [
        Seat(
            hearing_id=hearing.id,
            party_id=party.id,
            role=ROLE_OF_PARTY.get(party.role, SeatRole.PARTY),
            state=SeatState.EXPECTED,
        )
        for party in disputes.parties(session, hearing.case_id)
        if party.id not in taken and party.id not in left_out
    ]
    session.add_all(new)
    session.flush()
    session.expire(hearing, ["seats"])
    return new


def follow_parties(session: Session, case_id: int) -> None:
    """Whoever joined the case has a seat in the hearings that are still to come."""
    for hearing in session.scalars(select(Hearing).where(Hearing.case_id == case_id, Hearing.state.not_in(OVER))):
        _seat_the_parties(session, hearing)


def rebook(session: Session, actor: Actor, booking_id: int, mediator_id: int, *, clock: Clock) -> None:
    """The booking has another time or mediator. A session that runs goes on. Emits: HearingMoved."""
    hearing = _of_booking(session, booking_id)
    if hearing is not None:
        _seat_the_neutral(session, actor, hearing, mediator_id, clock=clock)
        _step(session, actor, hearing, HearingStep.MOVE, clock)


def cancel(session: Session, actor: Actor, booking_id: int, *, clock: Clock) -> None:
    """The booking was cancelled; a session that runs goes on. Emits: HearingMoved."""
    hearing = _of_booking(session, booking_id)
    if hearing is not None:
        _step(session, actor, hearing, HearingStep.CANCEL, clock)


def _of_booking(session: Session, booking_id: int) -> Hearing | None:
    return session.scalars(select(Hearing).where(Hearing.booking_id == booking_id)).one_or_none()


def _step(session: Session, actor: Actor, hearing: Hearing, step: HearingStep, clock: Clock) -> None:
    facts = queries.snapshot(session, hearing.id).facts(clock())
    if step not in HEARING_LIFE.offered(facts):
        return
    source, hearing.state = hearing.state, HEARING_LIFE.decide(step, facts).target
    hearing.begins_at = None
    session.flush()
    moved = HearingMoved(
        case_id=hearing.case_id, hearing_id=hearing.id, step=step.value, source=source, target=hearing.state
    )
    log.append(session, moved, actor=actor, at=clock())
