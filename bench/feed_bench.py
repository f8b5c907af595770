"""A feed of 5,000 events from the texts that are kept, beside the same feed rendered through the library.

Both go through the same query on the same SQLite file. Prints one line:

    <name> | <figure> | control: <figure>
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from icalendar import Calendar
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mediation import wiring
from mediation.cli import demo
from mediation.disputes import service as disputes
from mediation.kernel import crypto
from mediation.kernel.actor import VISITOR
from mediation.kernel.db import Base, make_engine, make_sessions
from mediation.people.models import Mediator
from mediation.scheduling import calendar, service
from mediation.scheduling.models import Booking, CalendarFeed, EventText
from mediation.scheduling.rules.codes import Attendance, BookingState, ChoiceReason
from tests.factories.disputes import application

N = 5000
ROUNDS = 5
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
SITE = "https://tiaohe.example"


def fill(session: Session) -> CalendarFeed:
    """One mediator with 5,000 bookings: raw rows, as no service makes as many in a year."""
    demo.load(session, clock=lambda: NOW)
    case = disputes.receive(session, VISITOR, application(session), clock=lambda: NOW)
    mediator = session.scalars(select(Mediator)).first()
    assert mediator is not None
    for i in range(N):
        starts_at = NOW + timedelta(hours=2 * i)
        session.add(
            Booking(
                case_id=case.id,
                mediator_id=mediator.id,
                attendance=Attendance.HOME,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=1),
                state=BookingState.CONFIRMED,
                idempotency_key=f"bench:{i}",
                choice_reason=ChoiceReason.ASSIGNED,
                created_at=NOW,
                changed_at=NOW,
            )
        )
    feed = CalendarFeed(mediator_id=mediator.id, created_at=NOW)
    session.add(feed)
    session.commit()
    return feed


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def main() -> None:
    crypto.install(crypto.Keyring(["bench-secret-bench-secret-bench-secret"]))
    wiring.subscribe()
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
        Base.metadata.create_all(engine)
        with make_sessions(engine)() as session:
            feed = fill(session)
            rendered, kept = [], []
            for _ in range(ROUNDS):
                session.execute(delete(EventText))
                session.commit()
                rendered.append(timed(lambda: calendar.diary(session, feed, site=SITE, now=NOW)))
                body, fresh = calendar.diary(session, feed, site=SITE, now=NOW)
                service.keep_texts(session, fresh)
                session.commit()
                kept.append(timed(lambda: calendar.diary(session, feed, site=SITE, now=NOW)))
                again, none = calendar.diary(session, feed, site=SITE, now=NOW)
                assert (again, none) == (body, [])
            assert len(Calendar.from_ical(body).walk("VEVENT")) == feed_size(session, feed)
        engine.dispose()
    print(
        f"feed of {N} events | {statistics.median(kept):.0f} ms from kept texts | "
        f"control: {statistics.median(rendered):.0f} ms through the library"
    )


def feed_size(session: Session, feed: CalendarFeed) -> int:
    return session.query(Booking).where(Booking.mediator_id == feed.mediator_id, Booking.case_id.is_not(None)).count()


main()
