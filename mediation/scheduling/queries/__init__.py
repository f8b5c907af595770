"""Reads of time: who works when, what is taken, calendars, the bookings of a case."""

from mediation.scheduling.queries.arrivals import Expected, arrivals
from mediation.scheduling.queries.bookings import (
    LIVING,
    BookingRow,
    CasePanel,
    PersonalPanel,
    booking_row,
    case_panel,
    left_out,
    living,
    next_living,
    personal_panel,
    wait_of,
)
from mediation.scheduling.queries.breaks import (
    Closable,
    closable,
    closures,
    coming_weeks,
    leaves,
    open_orphans,
    orphans,
)
from mediation.scheduling.queries.caps import caps_of_mediator, full_time
from mediation.scheduling.queries.diary import (
    CalendarRow,
    OwnDay,
    calendar,
    hours_of,
    own_days,
    weekly_of,
)
from mediation.scheduling.queries.feeds import FeedEvent, booking_rows, busy_of, feed_events, feed_name, feeds_of
from mediation.scheduling.queries.intake import DraftRow, draft_row
from mediation.scheduling.queries.open_many import WorkingTime, working_times
from mediation.scheduling.queries.open_time import closed_time, hours, hours_row, open_time
from mediation.scheduling.queries.outside import outside_calendars
from mediation.scheduling.queries.owners import Owner, owners
from mediation.scheduling.queries.receptions import (
    ReceptionDay,
    ReceptionRow,
    booked_for,
    called_off,
    reception_changes,
    reception_days,
    receptions_of,
    series_of,
)
from mediation.scheduling.queries.replies import Answered, answers, attendees
from mediation.scheduling.queries.time import Holds, Occupied, by_key, holds, loads, occupied, taken, units_of

__all__ = [
    "LIVING",
    "Answered",
    "BookingRow",
    "CalendarRow",
    "CasePanel",
    "Closable",
    "DraftRow",
    "Expected",
    "FeedEvent",
    "Holds",
    "Occupied",
    "OwnDay",
    "Owner",
    "PersonalPanel",
    "ReceptionDay",
    "ReceptionRow",
    "WorkingTime",
    "answers",
    "arrivals",
    "attendees",
    "booked_for",
    "booking_row",
    "booking_rows",
    "busy_of",
    "by_key",
    "calendar",
    "called_off",
    "caps_of_mediator",
    "case_panel",
    "closable",
    "closed_time",
    "closures",
    "coming_weeks",
    "draft_row",
    "feed_events",
    "feed_name",
    "feeds_of",
    "full_time",
    "holds",
    "hours",
    "hours_of",
    "hours_row",
    "leaves",
    "left_out",
    "living",
    "loads",
    "next_living",
    "occupied",
    "open_orphans",
    "open_time",
    "orphans",
    "outside_calendars",
    "own_days",
    "owners",
    "personal_panel",
    "reception_changes",
    "reception_days",
    "receptions_of",
    "series_of",
    "taken",
    "units_of",
    "wait_of",
    "weekly_of",
    "working_times",
]
