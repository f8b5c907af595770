"""How long a booking is, how soon and how far ahead it may be. Pure.

House rules of the reference district (no statute fixes them): one place to change them.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Final

from mediation.disputes.rules.codes import CaseKind, CaseState
from mediation.kernel.errors import Invalid, Refused
from mediation.scheduling.rules.bits import on_quantum

GRID_MIN: Final = 30
"""Times are offered on the half hour."""
NOTICE: Final = timedelta(hours=2)
"""A resident books no nearer than this: the mediator must hear of it, and Grandma must reach the station."""
STAFF_NOTICE: Final = timedelta(0)
"""The desk may book for a person who stands before it."""
HORIZON: Final = timedelta(days=30)
"""As far ahead as times are offered: a mediation shall end within 30 days of acceptance (SF/T 0083-2020)."""
FURTHEST_HOURS: Final = timedelta(days=366)
"""Own hours of a day are kept no further ahead than a year."""
HOLD: Final = timedelta(minutes=10)
"""How long a chosen time is kept while its form is filled in."""
OFFER: Final = timedelta(hours=2)
"""How long an earlier time is kept for the one to whom it is offered."""
OFFER_FROM: Final = time(8)
OFFER_TO: Final = time(20)
"""Earlier times are offered between these hours: nobody loses one in their sleep."""
ARRIVE_FROM: Final = timedelta(hours=2)
"""People are checked in no earlier than this before it begins; who did not come is known from then on."""
MOST_SESSIONS: Final = 4
"""Of a mediation in several sessions, booked at once: weekly ones fill the 30 days of a mediation."""
MOVE_BEFORE: Final = timedelta(hours=2)
"""A party moves a booking by link until then; later the desk helps by phone. Cancelling is free until it begins:
taking part is voluntary (People's Mediation Law art. 23)."""
EVENING_FROM_MIN: Final = 17 * 60 + 30
"""Minute of the day from which a time is "after work"; weekends count too."""


@dataclass(frozen=True, slots=True)
class Length:
    """Minutes of a booking, and of rest that it needs after it."""

    minutes: int
    buffer_min: int


LENGTH: Final = MappingProxyType({CaseKind.MEDIATION: Length(60, 15), CaseKind.VIDEO_VISIT: Length(30, 0)})
LONGEST_MIN: Final = 8 * 60
BOOKABLE: Final = frozenset({CaseState.RECEIVED, CaseState.ACCEPTED, CaseState.IN_MEDIATION})
"""States of a case in which a time can be booked: before triage too, because residents choose a time as they apply."""


def check_time(starts_at: datetime, minutes: int, *, now: datetime, notice: timedelta) -> None:
    """A time that can be booked at all, whoever is free.

    Raises: Invalid `time_off_grid`, `length_impossible`; Refused `time_past`, `time_too_soon`, `time_too_far`.
    """
    if not on_quantum(starts_at):
        raise Invalid("time_off_grid", field="starts_at")
    if not 0 < minutes <= LONGEST_MIN or minutes % 5:
        raise Invalid("length_impossible", field="minutes")
    if starts_at < now:
        raise Refused("time_past", field="starts_at")
    if starts_at < now + notice:
        raise Refused("time_too_soon", field="starts_at")
    if starts_at > now + HORIZON:
        raise Refused("time_too_far", field="starts_at")
