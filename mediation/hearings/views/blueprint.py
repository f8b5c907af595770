"""The blueprint and the sentences of this capability's refusals."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from mediation.web import problems

bp = Blueprint("hearings", __name__)

_page = _l("Your page says how it stands.")

problems.sentences(
    {
        "hearing_unknown": (_l("This hearing is not here."), _page),
        "hearing_closed": (_l("The hearing is over."), _page),
        "hearing_cancelled": (_l("The hearing was cancelled."), _page),
        "hearing_not_open": (_l("The waiting room is not open yet."), _l("The mediator opens it; please wait.")),
        "chair_taken": (_l("The mediator is on the line."), _l("Ask the mediator, or wait until the line is lost.")),
        "screen_taken": (_l("Somebody else shows the screen."), _l("One at a time: ask them to stop first.")),
        "line_private": (
            _l("What was written to one person alone, or apart, is not put on the record."),
            _l("Ask the writer to say it to everybody."),
        ),
        "line_unknown": (_l("This line is gone."), _l("Look again at what was typed.")),
        "pass_unknown": (
            _l("This code or address opens nothing any more."),
            _l("Ask for a new one in the hearing, under “Help”, or ask whoever sent it."),
        ),
        "guest_name": (_l("Please write a name of at most %(limit)s characters."), _l("A name is enough.")),
        "guest_role": (_l("This is neither a witness nor an interpreter."), _l("Choose one of the two.")),
        "guest_in_room": (
            _l("This person is in the room."),
            _l("The mediator asks them back to the waiting room first."),
        ),
        "alert_unknown": (_l("This alert is not here."), _l("Reload the desk.")),
        "alert_taken": (_l("%(name)s looks after it already."), _l("Ask them, or look at the next one.")),
        "alert_over": (_l("This alert is settled already."), _l("Reload the desk.")),
        "signal_unknown": (_l("This signal is not here."), _l("Reload the desk.")),
        "seat_unknown": (_l("This person has no seat in the hearing."), _l("Reload the page.")),
        "not_yours": (_l("Only the mediator can do this."), _l("Raise your hand, or write a message.")),
        "too_early": (
            _l("It is too early for that."),
            _l("The waiting room can be opened half an hour before the time."),
        ),
        "too_late_to_reopen": (_l("It was closed more than 10 minutes ago."), _l("Book another session.")),
        "neutral_absent": (_l("The mediator is not in the room."), _l("Take your seat first.")),
        "nobody_in_room": (_l("Nobody is in the room yet."), _l("Let the waiting people in first.")),
        "nobody_to_hear": (_l("Nobody is there to read it yet."), _l("Wait until somebody is in the room.")),
        "not_in_room": (_l("That person is not in the room any more."), _l("Look again who is there.")),
        "muted_by_neutral": (_l("The mediator has muted you."), _l("Raise your hand to speak.")),
        "protected_pair": (
            _l("These two must not meet."),
            _l("Let them in one after the other: they are protected from each other."),
        ),
        "chat_empty": (_l("There is nothing to send yet."), _l("Write something first.")),
        "chat_too_long": (_l("This is too long: at most %(limit)s characters."), _l("Send it in two parts.")),
        "desk_in_room": (
            _l("%(name)s is in the room now and does not see messages of the desk."),
            _l("Sit in, or write when they wait again. Your words are still here."),
        ),
        "desk_left": (_l("%(name)s has hung up."), _l("Telephone them. Your words are still here.")),
        "desk_silent": (_l("The staff on duty have not written to you."), _l("Write to the mediator.")),
        "caucus_unknown": (_l("This talk apart is over."), _l("Look again who is where.")),
        "caucus_locked": (_l("The room apart is locked."), _l("Unlock it first.")),
        "invitation_expired": (_l("The time to answer is over."), _l("The mediator can ask again.")),
        "already_asked": (
            _l("This person has been asked already."),
            _l("Wait for the answer, or take it back."),
        ),
        "nobody_asked": (_l("Nobody was chosen."), _l("Choose with whom you want to talk apart.")),
        "not_in_session": (_l("That is possible only while the hearing is under way."), _l("Begin, or go on.")),
        "note_empty": (_l("There is nothing to write down yet."), _l("Write something first.")),
        "note_too_long": (_l("This is too long: at most %(limit)s characters."), _l("Write it in two parts.")),
        "minutes_apart": (
            _l("The minutes belong to the common room."),
            _l("Write a private note, or go back to the common room first."),
        ),
        "words_kept": (
            _l("This repeats words that were said in confidence."),
            _l("Say it without them, or ask whoever said them and write the note anew."),
        ),
        "remark_missing": (_l("Please write what is not right."), _l("A few words are enough.")),
        "recording_not_agreed": (
            _l("Not everybody in the room has agreed to be recorded."),
            _l("Ask them. Who says no is not recorded, and then nobody is."),
        ),
        "nobody_to_ask": (_l("Everybody in the room has been asked."), _l("Each can still change their answer.")),
        "recording_already": (_l("It is being recorded already."), _l("Stop it first.")),
        "recording_unknown": (_l("This recording is not here."), _l("Reload the page of the case.")),
        "viewing_over": (_l("This viewing is over."), _l("Open the recording's page again.")),
        "recording_not_ready": (
            _l("This recording cannot be played."),
            _l("It is still being put together, or it has been deleted."),
        ),
        "hearing_elsewhere": (_l("The hearing goes on at another place of ours."), _l("Reload the page.")),
        "live_full": (
            _l("All our lines are in use just now."),
            _l("Your place is kept. The page tries again by itself; please stay."),
        ),
        "no_hearing": (_l("No hearing is booked."), _l("Choose a time on your page.")),
    }
)
