"""Who has a time that somebody asks for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from mediation.disputes import policy as cases
from mediation.disputes.models import Case
from mediation.kernel.actor import Actor
from mediation.scheduling.models import Booking, Claim, Resource
from mediation.scheduling.rules.bits import quantum_after, quantum_of
from mediation.scheduling.rules.codes import ResourceKind


@dataclass(frozen=True, slots=True)
class Owner:
    """Another session of the mediator or in the room at that time."""

    kind: ResourceKind
    starts_at: datetime
    ends_at: datetime
    is_held: bool
    """Kept for somebody who fills in the form."""
    case_public_id: str = ""
    """Empty: a case that the reader may not see."""
    case_number: str = ""


def owners(
    session: Session,
    actor: Actor,
    *,
    subjects: tuple[Collection[int], Collection[int]],
    begin: datetime,
    end: datetime,
    now: datetime,
) -> list[Owner]:
    """In order of time. `subjects`: mediators and rooms; `end`: of the rest after the session."""
    mediators, rooms = subjects
    wanted = or_(
        (Resource.kind == ResourceKind.MEDIATOR) & Resource.subject_id.in_(mediators),
        (Resource.kind == ResourceKind.ROOM) & Resource.subject_id.in_(rooms),
    )
    query = (
        select(Resource.kind, Booking, Case, cases.visible_cases(actor))
        .join(Claim, Claim.booking_id == Booking.id)
        .join(Resource, Resource.id == Claim.resource_id)
        .join(Case, Case.id == Booking.case_id, isouter=True)
        .where(
            wanted,
            Claim.quantum >= quantum_of(begin),
            Claim.quantum < quantum_after(end),
            or_(Claim.expires_at.is_(None), Claim.expires_at >= now),
        )
        .distinct()
        .order_by(Booking.starts_at, Booking.id, Resource.kind)
    )
    return [
        Owner(
            kind=kind,
            starts_at=booking.starts_at,
            ends_at=booking.ends_at + timedelta(minutes=booking.buffer_min),
            is_held=booking.hold_expires_at is not None,
            case_public_id=case.public_id if case is not None and visible else "",
            case_number=case.number if case is not None and visible else "",
        )
        for kind, booking, case, visible in session.execute(query)
    ]
