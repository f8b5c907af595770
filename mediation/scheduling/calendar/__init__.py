"""Calendars for phones: one booking as a file or a mail, diaries and hours at private addresses (RFC 5545, 5546)."""

from mediation.scheduling.calendar.feeds import Fresh, availability, diary, free_busy, today_from
from mediation.scheduling.calendar.ics import Attendee, feed, fragment, invitation, published, release

__all__ = [
    "Attendee",
    "Fresh",
    "availability",
    "diary",
    "feed",
    "fragment",
    "free_busy",
    "invitation",
    "published",
    "release",
    "today_from",
]
