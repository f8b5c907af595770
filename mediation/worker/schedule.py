"""What falls due again and again. Each turn is an outbox row: done once, whoever asks, however many workers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session, sessionmaker

from mediation.disputes.service import drafts
from mediation.hearings import service as hearings
from mediation.kernel import outbox
from mediation.kernel.clock import Clock
from mediation.kernel.db import transaction
from mediation.notices import service as notices
from mediation.scheduling import service as scheduling
from mediation.stations import service as stations

KEEP_DONE: Final = timedelta(days=30)
"""How long a finished row of work can still be looked at."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Run once in each `every`; `run` does it all again harmlessly."""

    name: str
    every: timedelta
    run: Callable[[Session, datetime], object]


def _forget_done_work(session: Session, now: datetime) -> None:
    outbox.forget(session, now - KEEP_DONE)


CHORES: Final = (
    Chore("outbox.forget", timedelta(days=1), _forget_done_work),
    Chore("scheduling.ask_for_replies", timedelta(minutes=1), scheduling.ask_for_replies),
    Chore("scheduling.read_calendars", timedelta(hours=1), scheduling.read_calendars),
    Chore("scheduling.forget_holds", timedelta(hours=1), scheduling.forget_holds),
    Chore("scheduling.offer_due", timedelta(minutes=5), scheduling.offer_due),
    Chore("disputes.forget_drafts", timedelta(hours=1), drafts.forget_old),
    Chore("hearings.forget_samples", timedelta(minutes=15), hearings.forget_samples),
    Chore("hearings.tend_alerts", timedelta(minutes=1), hearings.tend_alerts),
    Chore("hearings.tend_recordings", timedelta(hours=1), hearings.tend_recordings),
    Chore("stations.end_over", timedelta(minutes=1), stations.end_over),
    Chore("notices.forget_codes", timedelta(minutes=15), notices.forget_codes),
)


def subscribe() -> None:
    """Say who does the chores; the worker calls it beside `wiring.subscribe()`."""
    for chore in CHORES:
        outbox.receive(_kind(chore), _receiver(chore))


def ask_for_turns(sessions: sessionmaker[Session], clock: Clock) -> None:
    """Put this turn of each chore, unless it is there already."""
    with transaction(sessions) as session:
        now = clock()
        for chore in CHORES:
            turn = int(now.timestamp() // chore.every.total_seconds())
            outbox.put(session, _kind(chore), {}, key=f"{_kind(chore)}:{turn}", due_at=now)


def _kind(chore: Chore) -> str:
    return f"chore.{chore.name}"


def _receiver(chore: Chore) -> outbox.Receiver:
    def receive(session: Session, _payload: dict[str, Any], now: datetime) -> None:
        chore.run(session, now)

    return receive
