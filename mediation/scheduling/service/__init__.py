"""What people do with time."""

from mediation.scheduling.service.answer import case_declined, case_taken, mediator_changed
from mediation.scheduling.service.arrive import MarkArrival, mark_arrival
from mediation.scheduling.service.availability import (
    SetCaps,
    SetDay,
    SetWeeklyHours,
    clear_day,
    drop_week,
    set_caps,
    set_day,
    set_weekly_hours,
)
from mediation.scheduling.service.book import BookHeld, BookTime, book, book_held, times_for_case
from mediation.scheduling.service.breaks import Close, TakeLeave, close, end_leave, reopen, take_leave
from mediation.scheduling.service.change import (
    CancelBooking,
    Move,
    MoveBooking,
    cancel,
    cancel_of_case,
    find_move,
    plan_move,
    reschedule,
    times_to_move,
)
from mediation.scheduling.service.feed import FeedAddress, issue_feed, keep_texts, revoke_feed
from mediation.scheduling.service.follow import finish, party_added
from mediation.scheduling.service.hold import HoldTime, Wish, forget_holds, hold, rooms_of, times_for
from mediation.scheduling.service.orphans import LOOK_AGAIN, KeepBooking, keep, look, look_again, would_orphan
from mediation.scheduling.service.outside import (
    add_calendar_address,
    add_calendar_file,
    fetch_calendar,
    keep_calendar,
    read_calendar_now,
    read_calendars,
    remove_calendar,
)
from mediation.scheduling.service.receptions import (
    ChangeReceptionDay,
    OfferedDay,
    PlanReception,
    change_reception_day,
    end_reception,
    offered_days,
    plan_reception,
    reception_for,
    reception_left,
    restore_reception_day,
)
from mediation.scheduling.service.replies import ask_for_replies, fetch_replies, read_replies_from, take_replies
from mediation.scheduling.service.series import BookSeries, book_series
from mediation.scheduling.service.units import SetRoomUnits, set_room_units
from mediation.scheduling.service.verify import Fault, rebuild, verify
from mediation.scheduling.service.wait import AnswerOffer, booking_changed, offer_due, offer_freed
from mediation.scheduling.service.wait import answer as answer_offer
from mediation.scheduling.service.wait import ask as ask_earlier
from mediation.scheduling.service.wait import stop as stop_waiting

__all__ = [
    "LOOK_AGAIN",
    "AnswerOffer",
    "BookHeld",
    "BookSeries",
    "BookTime",
    "CancelBooking",
    "ChangeReceptionDay",
    "Close",
    "Fault",
    "FeedAddress",
    "HoldTime",
    "KeepBooking",
    "MarkArrival",
    "Move",
    "MoveBooking",
    "OfferedDay",
    "PlanReception",
    "SetCaps",
    "SetDay",
    "SetRoomUnits",
    "SetWeeklyHours",
    "TakeLeave",
    "Wish",
    "add_calendar_address",
    "add_calendar_file",
    "answer_offer",
    "ask_earlier",
    "ask_for_replies",
    "book",
    "book_held",
    "book_series",
    "booking_changed",
    "cancel",
    "cancel_of_case",
    "case_declined",
    "case_taken",
    "change_reception_day",
    "clear_day",
    "close",
    "drop_week",
    "end_leave",
    "end_reception",
    "fetch_calendar",
    "fetch_replies",
    "find_move",
    "finish",
    "forget_holds",
    "hold",
    "issue_feed",
    "keep",
    "keep_calendar",
    "keep_texts",
    "look",
    "look_again",
    "mark_arrival",
    "mediator_changed",
    "offer_due",
    "offer_freed",
    "offered_days",
    "party_added",
    "plan_move",
    "plan_reception",
    "read_calendar_now",
    "read_calendars",
    "read_replies_from",
    "rebuild",
    "reception_for",
    "reception_left",
    "remove_calendar",
    "reopen",
    "reschedule",
    "restore_reception_day",
    "revoke_feed",
    "rooms_of",
    "set_caps",
    "set_day",
    "set_room_units",
    "set_weekly_hours",
    "stop_waiting",
    "take_leave",
    "take_replies",
    "times_for",
    "times_for_case",
    "times_to_move",
    "verify",
    "would_orphan",
]
