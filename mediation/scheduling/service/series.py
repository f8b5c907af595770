"""A mediation in several sessions: all of them are booked, or none; each is moved or cancelled by itself afterwards."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.disputes import policy as cases
from mediation.kernel.actor import Actor
from mediation.kernel.clock import CHINA, Clock
from mediation.kernel.errors import Invalid, Taken
from mediation.scheduling import claims, queries, search
from mediation.scheduling.models import Booking
from mediation.scheduling.rules.terms import MOST_SESSIONS
from mediation.scheduling.service.book import BookTime, book, times_for_case


@dataclass(frozen=True, slots=True)
class BookSeries:
    """The same hour, `sessions` times, `weeks` weeks apart."""

    first: BookTime
    sessions: int
    weeks: int = 1


def book_series(session: Session, actor: Actor, command: BookSeries, *, clock: Clock) -> list[Booking]:
    """Sent again with the same key, the same bookings.

    Emits: BookingMade for each. Raises: Invalid `series_impossible`; Taken `series_taken` with `when`, the first day
    that is not free; and as `book`; then nothing is booked.
    """
    if not 1 <= command.sessions <= MOST_SESSIONS or command.weeks not in {1, 2}:
        raise Invalid("series_impossible", field="slot")
    steps = [
        replace(
            command.first,
            starts_at=command.first.starts_at + timedelta(weeks=i * command.weeks),
            idempotency_key=f"{command.first.idempotency_key}:{i}" if i else command.first.idempotency_key,
        )
        for i in range(command.sessions)
    ]
    now = clock()
    if len(steps) > 1:
        cases.case_by_id(session, actor, command.first.case_id, Permission.BOOK_HEARING, lock=True)
        claims.alone(session)
    if queries.by_key(session, command.first.idempotency_key) is None and len(steps) > 1:
        find = times_for_case(session, actor, command.first, now=now)
        for step in steps[1:]:
            if search.free_at(session, find, step.starts_at, now=now) is None:
                raise Taken("series_taken", field="slot", when=f"{step.starts_at.astimezone(CHINA):%Y-%m-%d}")
    return [book(session, actor, step, clock=clock) for step in steps]
