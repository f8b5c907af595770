"""Queue numbers, and when a visit at a screen is over. Pure.

House rules of the reference district (no statute fixes them): one place to change them.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from mediation.kernel.clock import local_date
from mediation.kernel.codes import Code

SETUP_LIFETIME: Final = timedelta(minutes=10)
"""The code that makes a browser a station's screen."""
DEVICES_LIFETIME: Final = timedelta(minutes=10)
"""How long the page of a room's devices stays open to staff at the screen."""
CALL_LIFETIME: Final = timedelta(minutes=10)
"""How long a room shows a called number; then staff call again."""
GRACE: Final = timedelta(seconds=30)
"""The server waits so much longer than the page: a late touch is not lost on the way."""
OVERTIME: Final = timedelta(hours=2)
"""A visit ends so long after the booked end, whatever the screen says."""
PER_LETTER: Final = 999


class VisitState(Code):
    WAITING = "waiting", "等候中", "Waiting"
    CALLED = "called", "已叫号", "Called"
    UNDER_WAY = "under_way", "进行中", "Under way"
    ENDED = "ended", "已结束", "Ended"


class VisitEnd(Code):
    """Why a visit ended."""

    FINISHED = "finished", "来访人结束", "The visitor finished"
    LEFT = "left", "屏幕回到欢迎页", "The screen went back to its first page"
    QUIET = "quiet", "长时间无人操作", "Nobody touched the screen"
    STAFF = "staff", "工作人员结束", "Ended by staff"
    TIME = "time", "时间已到", "The time was over"
    DAY = "day", "当天结束", "The day was over"


def ticket(number: int) -> str:
    """How a number is shown: A001 to A999, then B001. `number` counts from 1."""
    letter, rest = divmod(number - 1, PER_LETTER)
    return f"{chr(ord('A') + letter)}{rest + 1:03d}"


def number_of(text: str) -> int | None:
    """The number that somebody typed as they read it: small letters, full width and lost zeros are fine; else None."""
    found = re.fullmatch(r"([A-Z])\s*0*([0-9]{1,3})", unicodedata.normalize("NFKC", text).strip().upper())
    if found is None or not 1 <= int(found[2]) <= PER_LETTER:
        return None
    return (ord(found[1]) - ord("A")) * PER_LETTER + int(found[2])


@dataclass(frozen=True, slots=True)
class Quiet:
    """How long nobody need touch the screen."""

    alone: timedelta
    """Then it asks whether somebody is there."""
    in_room: timedelta
    """In the hearing people listen: longer."""
    warning: timedelta
    """The countdown before the screen is wiped."""

    def limit(self, *, in_room: bool) -> timedelta:
        return self.in_room if in_room else self.alone


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What decides whether a visit that is under way goes on."""

    on: date
    ends_at: datetime
    touched_at: datetime
    in_room: bool
    """The visitor's seat is in the hearing's room."""
    screen_revoked: bool


def end_due(facts: VisitFacts, quiet: Quiet, now: datetime) -> VisitEnd | None:
    """Why the visit is over at this moment; None: it goes on."""
    if facts.screen_revoked:
        return VisitEnd.STAFF
    if local_date(now) != facts.on:
        return VisitEnd.DAY
    if now >= facts.ends_at:
        return VisitEnd.TIME
    if now >= facts.touched_at + quiet.limit(in_room=facts.in_room) + quiet.warning + GRACE:
        return VisitEnd.QUIET
    return None


def is_called(state: VisitState, called_at: datetime | None, now: datetime) -> bool:
    """Whether the room still shows the number and lets its holder begin."""
    return state is VisitState.CALLED and called_at is not None and now < called_at + CALL_LIFETIME
