"""The quiet signal: a person in danger calls the staff without a word, and nobody beside them sees it."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.hearings import policy, queries
from mediation.hearings.events import SafetySeen, SafetySignalled
from mediation.hearings.models import Hearing, SafetySignal, Seat
from mediation.hearings.rules.controls import OwnControl
from mediation.hearings.service.enter import check_own, seat_now
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Missing

AGAIN_AFTER: Final = timedelta(seconds=30)
"""Pressed again sooner it is the same call: the sender hears no refusal that somebody could see."""


def signal_danger(session: Session, seat_id: int, *, clock: Clock) -> SafetySignal:
    """Call the staff and the neutral, quietly. Emits: SafetySignalled. Raises: Refused `not_now`, `not_yours`."""
    seat = seat_now(session, seat_id)
    check_own(session, seat, OwnControl.SIGNAL)
    recent = session.scalars(
        select(SafetySignal).where(
            SafetySignal.seat_id == seat.id,
            SafetySignal.seen_at.is_(None),
            SafetySignal.signalled_at > clock() - AGAIN_AFTER,
        )
    ).first()
    if recent is not None:
        return recent
    signal = SafetySignal(hearing_id=seat.hearing_id, seat_id=seat.id, room=seat.room, signalled_at=clock())
    session.add(signal)
    session.flush()
    signalled = SafetySignalled(case_id=seat.hearing.case_id, hearing_id=seat.hearing_id, signal_id=signal.id)
    log.append(session, signalled, actor=queries.seat_actor(session, seat.id), at=clock())
    return signal


def see_signal(session: Session, actor: Actor, signal: str, *, clock: Clock) -> Hearing:
    """A member of staff looks after a signal; with it, after all open ones of the same person. Emits: SafetySeen.

    Raises: Missing `signal_unknown`; Denied.
    """
    row = session.scalars(select(SafetySignal).where(SafetySignal.public_id == signal)).one_or_none()
    if row is None:
        raise Missing("signal_unknown")
    try:
        policy.hearing_for(session, actor, row.seat.hearing.public_id, Permission.ANSWER_SIGNAL)
    except Missing as missing:
        raise Missing("signal_unknown") from missing
    see_all(session, actor, row.seat, clock=clock)
    return row.seat.hearing


def see_all(session: Session, actor: Actor, seat: Seat, *, clock: Clock) -> None:
    """All open signals of one seat are seen by `actor`. Emits: SafetySeen for each."""
    query = select(SafetySignal).where(SafetySignal.seat_id == seat.id, SafetySignal.seen_at.is_(None))
    for signal in session.scalars(query.with_for_update()).all():
        signal.seen_at, signal.seen_by_id = clock(), actor.account_id
        session.flush()
        seen = SafetySeen(case_id=seat.hearing.case_id, hearing_id=seat.hearing_id, signal_id=signal.id)
        log.append(session, seen, actor=actor, at=clock())
