"""Finding one's way back: whoever proves a phone gets the personal links of the cases it belongs to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mediation.access import links
from mediation.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case that somebody with this phone is a party to."""

    party_id: int
    case_id: int
    number: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class FoundLink:
    number: str
    received_at: datetime
    path: str


Find = Callable[[Session, str], list[FoundCase]]


class _Finder:
    by: Find | None = None


def found_by(find: Find) -> None:
    """Say who knows the cases of a phone; `disputes`, which stands higher, does so in `wiring.subscribe()`."""
    _Finder.by = find


def links_of(session: Session, phone: str, *, clock: Clock) -> list[FoundLink]:
    """The links of a phone that was proved by a code, latest case first."""
    if _Finder.by is None:
        return []
    found = sorted(_Finder.by(session, phone), key=lambda case: case.received_at, reverse=True)
    return [
        FoundLink(
            number=case.number,
            received_at=case.received_at,
            path=links.url_path(links.issue(session, party_id=case.party_id, case_id=case.case_id, clock=clock)),
        )
        for case in found
    ]
