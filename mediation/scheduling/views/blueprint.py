"""The blueprint and the sentences of this capability's refusals."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from mediation.web import problems

bp = Blueprint("scheduling", __name__)

_another = _l("Please choose another time.")
_reload = _l("Reload the page to see what is new.")
_example = _l("Write it like 9:00-12:00, 14:00-17:30.")

problems.sentences(
    {
        "time_taken": (_l("Somebody else has just taken this time."), _l("Please choose another; these are near.")),
        "time_not_free": (_l("This time is not free."), _another),
        "party_busy": (
            _l("Somebody who takes part already has another session at this time."),
            _l("Please choose another; these suit everybody."),
        ),
        "time_closed": (_l("The mediator or the room has just become unavailable at this time."), _another),
        "day_full": (
            _l("The mediator has as many sessions on this day as they take."),
            _l("Please choose another day; these are near."),
        ),
        "week_full": (
            _l("The mediator has as many sessions in this week as they take."),
            _l("Please choose another week; these are near."),
        ),
        "cap_impossible": (_l("This number is not possible."), _l("Write a number from 1 to %(most)s, or nothing.")),
        "cap_week_below_day": (
            _l("This is less than the limit of a day."),
            _l("Write at least as many for the week, or nothing."),
        ),
        "units_impossible": (_l("This number is not possible."), _l("Write a number from 1 to %(most)s.")),
        "units_in_use": (
            _l("More sessions than that are booked side by side on %(when)s."),
            _l("Move one of them first."),
        ),
        "nobody_comes": (
            _l("Nobody of this case would come."),
            _l("Tick at least one person, or nobody for everybody."),
        ),
        "hold_gone": (_l("This time is not kept for you any more."), _another),
        "time_past": (_l("This time is over."), _another),
        "time_too_soon": (
            _l("This time is too near: the mediator must hear of it."),
            _l("Please choose a time at least two hours from now, or call us."),
        ),
        "time_too_far": (_l("Times can be booked up to 30 days ahead."), _another),
        "time_off_grid": (_l("A booking begins at a whole five minutes."), _another),
        "length_impossible": (_l("A booking of this length is not possible."), _another),
        "slot_unreadable": (_l("The page could not read the time that was chosen."), _another),
        "booking_changed": (_l("Somebody changed this booking meanwhile."), _l("Look at it as it is now.")),
        "other_times_taken": (
            _l("This mediator is not free at another time that is booked for the case."),
            _l("Move that one first, or choose another mediator."),
        ),
        "mediator_not_yours": (
            _l("Only the desk gives a case to another mediator."),
            _l("Leave it with the same mediator, or ask the desk."),
        ),
        "clock_unreadable": (_l("This time cannot be read."), _l("Write it like 9:30.")),
        "already_booked": (_l("A time is booked already."), _reload),
        "station_unknown": (_l("This station is not in the list."), _l("Choose one from the list.")),
        "booking_unknown": (
            _l("This booking is not here."),
            _l("It may have been cancelled, or lie in another place's hands."),
        ),
        "booking_begun": (_l("The hearing has begun already."), _l("Tell the mediator in the hearing, or call us.")),
        "too_late_to_move": (
            _l("It begins in less than two hours."),
            _l("Please call us: perhaps we find a way. You can still cancel here."),
        ),
        "case_not_bookable": (
            _l("No time can be booked for this case now."),
            _l("It is closed, or lies with another body."),
        ),
        "only_mediators": (_l("This page is for mediators."), _l("You are not registered as one.")),
        "not_your_hours": (_l("These are somebody else's hours."), _l("Everybody keeps their own.")),
        "hours_unreadable": (_l("These hours cannot be read."), _example),
        "hours_outside_day": (_l("A day goes from 0:00 to 24:00."), _example),
        "hours_off_grid": (_l("Hours begin and end at a whole five minutes."), _example),
        "hours_backwards": (_l("The end must lie after the beginning."), _example),
        "hours_overlap": (_l("Two spans of one day overlap."), _example),
        "day_over": (_l("This day is over."), _l("Choose today or a later day.")),
        "day_too_far": (_l("This day is more than a year ahead."), _l("Choose a nearer day.")),
        "days_backwards": (_l("The last day lies before the first."), _l("Choose a later last day.")),
        "leave_overlaps": (
            _l("There is a leave already from %(begins)s to %(ends)s."),
            _l("Take that one out first, or choose other days."),
        ),
        "weeks_overlap": (
            _l("Another week is planned from %(begins)s on."),
            _l("Let this one end before it, or take that one out first."),
        ),
        "notice_empty": (_l("There is no text."), _l("Paste the notice, or choose its text file.")),
        "notice_year": (_l("The notice is of another year."), _l("Only this year's and next year's can be applied.")),
        "arrival_too_early": (_l("It is too early to check people in."), _l("Come back two hours before the time.")),
        "not_begun_yet": (_l("The time has not begun yet."), _l("They may still come.")),
        "series_impossible": (_l("So many sessions cannot be booked at once."), _another),
        "series_taken": (_l("One of the sessions is not free: %(when)s."), _another),
        "offer_gone": (
            _l("This earlier time is not kept for you any more."),
            _l("Your booked time stands. Go back to your page to see it."),
        ),
        "wait_too_late": (
            _l("Your time is so near that no earlier one can be offered."),
            _l("Call us if something has changed."),
        ),
        "reception_gone": (
            _l("This reception time is not offered any more."),
            _l("Choose another time from the list."),
        ),
        "reception_unknown": (_l("This reception is not there any more."), _reload),
        "reception_day_unknown": (_l("There is no reception on this day."), _reload),
        "reception_day_over": (_l("This reception day has begun already."), _l("Change a day that is still to come.")),
        "reception_never": (_l("No such day lies between the first and the last one."), _l("Choose other days.")),
        "reception_off_hours": (
            _l("The mediator is not at work then."),
            _l("Add these hours to the mediator's hours first, or choose others."),
        ),
        "reception_hours": (_l("A reception has one stretch of hours."), _l("Write it like 14:00-16:30.")),
        "reception_too_short": (
            _l("Not one talk of %(minutes)s minutes fits into these hours."),
            _l("Write longer hours, or choose shorter talks."),
        ),
        "receptions_overlap": (
            _l("The mediator receives people at this time already."),
            _l("Choose other hours, or end the other reception first."),
        ),
        "weekday_unknown": (_l("There is no such weekday."), _l("Choose one from the list.")),
        "slot_length": (_l("A talk cannot be that long."), _l("Choose a length from the list.")),
        "moved_too_far": (
            _l("A reception day is moved by at most %(days)s days."),
            _l("Choose a nearer day, or call this one off."),
        ),
        "new_day_missing": (_l("The new day is missing."), _l("Write the day on which it is held.")),
        "closure_unknown": (_l("This closure is not here."), _reload),
        "not_kept_by_you": (_l("This place is kept by somebody else."), _l("Choose one of your own.")),
        "orphan_unknown": (_l("There is nothing to decide about this booking."), _reload),
        "orphan_decided": (_l("This was decided meanwhile."), _reload),
        "why_missing": (_l("A reason is needed."), _l("Say it in a few words.")),
        "address_bad": (_l("This address cannot be read."), _l("Copy it from your calendar; it begins with https://.")),
        "address_inside": (
            _l("This address lies inside our own network."),
            _l("Give one that can be reached from outside."),
        ),
        "address_silent": (_l("Nobody answers at this address."), _l("It is tried again every hour.")),
        "address_refused": (
            _l("There is no calendar at this address, or it is not open to us."),
            _l("Copy the private address once more."),
        ),
        "address_too_large": (_l("This calendar is too large."), _l("Give one with fewer entries.")),
        "address_too_slow": (_l("This address answers too slowly."), _l("It is tried again every hour.")),
        "calendar_too_large": (_l("This calendar is too large."), _l("Give one with fewer entries.")),
        "calendar_too_slow": (_l("This calendar takes too long to read."), _l("Give one with fewer entries.")),
        "calendar_unreadable": (
            _l("This is not a whole calendar file."),
            _l("Save it from your calendar once more, as an .ics file."),
        ),
        "calendar_unknown": (_l("This calendar is not here."), _reload),
        "calendars_enough": (_l("There are %(most)s other calendars already."), _l("Take one out first.")),
        "feed_unknown": (
            _l("There is no calendar at this address."),
            _l("Copy the address again from your hours page."),
        ),
        "feed_revoked": (
            _l("This calendar address was ended by its owner."),
            _l("Take it out of your phone and subscribe to the new one."),
        ),
    }
)
