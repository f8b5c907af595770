"""Whose seat it is, and who runs the hearing."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.disputes import policy as disputes
from mediation.hearings.models import Hearing, Recording, Seat
from mediation.hearings.rules.codes import SeatRole
from mediation.kernel.actor import Actor
from mediation.kernel.errors import Denied, Missing


def hearing_for(session: Session, actor: Actor, public_id: str, permission: Permission) -> Hearing:
    """The hearing, if the actor may do this on its case.

    Raises: Missing `hearing_unknown`; Denied.
    """
    hearing = session.scalars(select(Hearing).where(Hearing.public_id == public_id)).one_or_none()
    if hearing is None:
        raise Missing("hearing_unknown")
    try:
        disputes.case_by_id(session, actor, hearing.case_id, permission)
    except Missing as missing:
        raise Missing("hearing_unknown") from missing
    return hearing


def own_seat(session: Session, actor: Actor, public_id: str) -> Seat:
    """The actor's seat in this hearing.

    Raises: Missing `hearing_unknown`, also for those who have none.
    """
    query = select(Seat).join(Hearing).where(Hearing.public_id == public_id)
    if actor.party_id is not None:
        query = query.where(Seat.party_id == actor.party_id)
    elif actor.account_id is not None:
        query = query.where(Seat.account_id == actor.account_id)
    else:
        raise Missing("hearing_unknown")
    seat = session.scalars(query).one_or_none()
    if seat is None:
        raise Missing("hearing_unknown")
    return seat


def check_neutral(seat: Seat) -> None:
    """Only the neutral lets in, mutes, pauses and ends. Raises: Denied `not_yours`."""
    if seat.role is not SeatRole.NEUTRAL:
        raise Denied("not_yours")


def recording_for(
    session: Session, actor: Actor, public_id: str, permission: Permission, *, lock: bool = False
) -> Recording:
    """The recording, if staff may do this with it; `lock` holds the row until the transaction ends.

    Raises: Missing `recording_unknown`, also for one that is not the actor's.
    """
    query = select(Recording).where(Recording.public_id == public_id)
    recording = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if recording is None or actor.party_id is not None:
        raise Missing("recording_unknown")
    try:
        disputes.case_by_id(session, actor, recording.hearing.case_id, permission)
    except Missing as missing:
        raise Missing("recording_unknown") from missing
    return recording
