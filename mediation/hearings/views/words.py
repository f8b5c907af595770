"""The sentences of the hearing's page, which its script shows: one table, key -> sentence.

A key is what the script asks for; `%(name)s` is filled in the browser.
"""

import json
from typing import Final

from flask_babel import lazy_gettext as _l

from mediation.disputes.rules.codes import PartyRole
from mediation.hearings.rules.codes import HearingState, MinuteStage, NoteTag, SeatRole, SeatState
from mediation.web.i18n import label

_CHECK: Final = {
    "check.asking": _l("Please answer your browser's question with “Allow”."),
    "check.camera.unchecked": _l("Not checked yet"),
    "check.camera.ok": _l("Works: this is how the others will see you."),
    "check.camera.denied": _l("Not allowed. You can take part without a picture."),
    "check.camera.missing": _l("No camera found. You can take part without a picture."),
    "check.camera.busy": _l("Another program is using it. Close that program and check again."),
    "check.camera.failed": _l("Does not work here. You can take part without a picture."),
    "check.camera.off": _l("Switched off"),
    "check.microphone.unchecked": _l("Not checked yet"),
    "check.microphone.speak": _l("It is on. Please say a few words."),
    "check.microphone.heard": _l("Works: we hear you."),
    "check.microphone.ok": _l("Works: we hear you."),
    "check.microphone.denied": _l("Not allowed. You can listen and type."),
    "check.microphone.missing": _l("No microphone found. You can listen and type."),
    "check.microphone.busy": _l("Another program is using it. Close that program and check again."),
    "check.microphone.failed": _l("Does not work here. You can listen and type."),
    "check.loudspeaker.unchecked": _l("Press the button and listen."),
    "check.loudspeaker.ok": _l("Works: you heard it."),
    "check.loudspeaker.failed": _l("Turn the volume up, or use earphones, and try again."),
    "check.network.unchecked": _l("Being checked…"),
    "check.network.ok": _l("Works: sound and picture get through."),
    "check.network.failed": _l("Sound and picture do not get through here. Try mobile data or another Wi-Fi."),
}

_TRUTH: Final = {
    "truth.line_lost": _l("Line lost. Nobody hears or sees you now. Reconnecting by itself, you need not do anything."),
    "truth.waiting": _l("Nobody hears or sees you now."),
    "truth.nobody": _l("Nobody hears you now."),
    "truth.not_started": _l("It has not begun yet. Nobody hears you now."),
    "truth.paused": _l("Paused by the mediator. Nobody hears you now."),
    "truth.suspended": _l("The mediator has suspended the hearing. Nobody hears or sees you. Wait here, or hang up."),
    "truth.begins": _l("It begins at once. Nobody hears you yet."),
    "truth.media_lost": _l("Connecting sound and picture… You can type meanwhile."),
    "truth.muted": _l("The mediator has muted you. Please listen; raise your hand to speak."),
    "truth.muted_open": _l("The mediator has muted you. When it is your turn, press the microphone."),
    "truth.no_microphone": _l("Without a microphone the others cannot hear you. You can listen and type."),
    "truth.mic_off": _l("Your microphone is off. Nobody hears you now."),
    "truth.away": _l("The mediator is talking in another room and comes back. Nobody hears you now."),
    "truth.heard_apart": _l("Only these hear you: %(names)s"),
    "truth.heard": _l("You are heard by: %(names)s"),
}

_NEWS: Final = {
    "news.hearing.open": _l("The waiting room is open."),
    "news.hearing.in_session": _l("The hearing is under way."),
    "news.hearing.paused": _l("The mediator has paused. Nobody hears you now."),
    "news.hearing.suspended": _l("The hearing is suspended."),
    "news.hearing.closed": _l("The hearing is over."),
    "news.hearing.cancelled": _l("This hearing does not take place."),
    "news.admitted": _l("The mediator has let you in."),
    "news.sent_back": _l("You are in the waiting room again. Nobody hears you now."),
    "news.apart": _l("You are in a room apart now. The others do not hear you."),
    "news.together": _l("You are with everybody again."),
    "news.asked": _l("The mediator asks to talk with you apart. Please answer yes or no."),
    "news.muted": _l("The mediator has muted you."),
    "news.muted_open": _l("The mediator has muted you. You can switch on again when it is your turn."),
    "news.hand_lowered": _l("Your hand is down."),
    "news.hand_place": _l("Your hand is up. Place in the order: %(n)d"),
    "news.begins": _l("The hearing begins in %(n)d seconds."),
    "news.screen": _l("%(name)s shows the screen."),
    "news.screen_gone": _l("%(name)s shows the screen no more."),
    "news.own_screen": _l("The others see your screen now."),
    "news.own_screen_gone": _l("The others do not see your screen any more."),
    "news.chair": _l("You run the hearing now."),
    "news.chair_gone": _l("Somebody else runs the hearing now. You are a co-mediator."),
    "news.chairs": _l("%(name)s runs the hearing now."),
    "news.signal": _l("Look at your list: %(name)s"),
    "news.begins_not": _l("The mediator does not begin yet."),
    "news.unmuted": _l("You may speak again."),
    "news.joined": _l("%(name)s is in the room."),
    "news.waits": _l("%(name)s is in the waiting room."),
    "news.lost": _l("%(name)s has lost the line and is coming back."),
    "news.left": _l("%(name)s has left."),
    "news.hand": _l("%(name)s raises a hand."),
    "news.chat": _l("%(name)s writes: %(text)s"),
    "news.from_desk": _l("Message from the staff on duty: %(text)s"),
    "news.line_lost": _l("Line lost. Your sound and picture have stopped. Reconnecting by itself."),
    "news.line_back": _l("Connected again."),
    "news.not_sent": _l("Not done: the line is lost. Please try again in a moment."),
}

_PAPERS: Final = {
    "paper.page": _l("Page %(n)d of %(of)d"),
    "paper.by": _l("shown by %(name)s"),
    "paper.by_you": _l("You show it. Press on the page to point at something."),
    "paper.not_for_you": _l("A paper is being shown that is not for you to see."),
    "paper.blind": _l("Not seen by: %(names)s"),
    "paper.alone": _l("You look at page %(n)d by yourself. Page %(shown)d is being shown."),
    "paper.follows": _l("You follow again: page %(n)d"),
    "paper.alt": _l("%(title)s, page %(n)d of %(of)d"),
    "paper.no_words": _l("No words can be read from this page: it is a picture."),
    "paper.came": _l("%(name)s shows a paper: %(title)s"),
    "paper.own_came": _l("You show: %(title)s"),
    "paper.gone": _l("The paper was taken away."),
}

_WAITING: Final = {
    "waiting.mediator_here": _l("The mediator %(name)s is here."),
    "waiting.mediator_away": _l("The mediator %(name)s is not here yet."),
    "waiting.ahead": _l("%(n)d before you"),
    "waiting.next": _l("You are next."),
    "waiting.when": _l("Appointment at %(at)s"),
    "connecting.first": _l("Connecting…"),
    "connecting.again": _l("No connection yet. Trying again by itself…"),
    "connecting.full": _l(
        "All our lines are in use just now. Your place is kept, and this page tries again by itself. Please stay."
    ),
}

_BAR: Final = {
    "bar.microphone.on": _l("Mic on"),
    "bar.microphone.off": _l("Mic off"),
    "bar.camera.on": _l("Camera on"),
    "bar.camera.off": _l("Camera off"),
    "bar.hand.on": _l("Hand is up"),
    "bar.hand.off": _l("Raise hand"),
    "chat.you": _l("You"),
    "chat.to_mediator": _l("Only the mediator reads this."),
    "chat.to_one": _l("%(name)s: nobody else reads this."),
    "chat.everybody": _l("Everybody in the room"),
    "chat.only": _l("Only %(name)s"),
    "chat.only_mediator": _l("Only the mediator %(name)s"),
    "chat.from_to": _l("%(name)s → %(to)s alone"),
    "chat.to_room": _l("Everybody in the room reads this. It is not kept."),
    "chat.unread": _l("%(n)d new"),
}

_OVER: Final = {
    "over.closed.title": _l("The hearing is over"),
    "over.closed.text": _l("Camera and microphone are off. What comes next is on your page."),
    "over.cancelled.title": _l("This hearing does not take place"),
    "over.cancelled.text": _l("The appointment was cancelled. Your page says how it stands."),
    "over.left.title": _l("You have left the hearing"),
    "over.left.text": _l("Camera and microphone are off. You can come back while it goes on."),
    "over.replaced.title": _l("You are in the hearing on another page"),
    "over.replaced.text": _l("It was opened in another window or on another device. This page is silent now."),
    "over.refused.title": _l("This page could not join"),
    "over.refused.text": _l("Please try again. If it does not work, call us."),
    "over.not_allowed.title": _l("This hearing is not open to you now"),
    "over.not_allowed.text": _l("The link or the appointment may have changed. Your page says how it stands."),
}

_DESK: Final = {
    "next.open": _l("Open the waiting room, so that the others can come in."),
    "next.early": _l("The waiting room can be opened from %(at)s."),
    "next.start": _l("Waiting: %(n)d. Let them in one by one, then begin."),
    "next.admit": _l("Waiting: %(n)d"),
    "next.reopen": _l("Closed by mistake? It can be opened again for 10 minutes."),
    "next.closed": _l("The hearing is over. Record its outcome on the case's page."),
    "seat.expected": _l("Not here yet"),
    "seat.checking": _l("Checking camera and microphone"),
    "seat.waiting": _l("Waiting"),
    "seat.waiting_since": _l("Waiting since %(at)s"),
    "seat.in_room": _l("In the room"),
    "seat.muted": _l("In the room, muted and locked"),
    "seat.muted_open": _l("In the room, muted; may switch on"),
    "seat.signal": _l("Quiet signal of danger at %(at)s. Do not speak of it: pause, or talk with this person apart."),
    "seat.hand": _l("Hand up, place %(n)d"),
    "countdown.left": _l("The hearing begins in %(n)d"),
    "seat.disconnected": _l("Line lost, coming back"),
    "seat.left": _l("Has left"),
    "seat.no_camera": _l("no camera"),
    "seat.no_microphone": _l("no microphone"),
    "seat.line_fair": _l("line fair"),
    "seat.line_poor": _l("line poor"),
    "seat.receives_sound": _l("gets sound only"),
    "seat.receives_text": _l("reads only, hears nothing"),
    "seat.unseen": _l("picture off, slow line"),
}

_LINE: Final = {
    "spared.line": _l("Your line is slow: sound first. The pictures come back by themselves."),
    "spared.both": _l("Your line is slow: sound first. You are heard, not seen. The pictures come back by themselves."),
    "spared.unseen": _l("Your line is slow: the others hear you and do not see you for now."),
    "spared.sound": _l("You chose sound only."),
    "spared.text": _l("You chose text only: you hear nobody. Please type."),
    "news.pictures_back": _l("The pictures are back."),
}

_APART: Final = {
    "apart.asked.title": _l("%(name)s asks to talk with you apart"),
    "apart.asked.text": _l("Only these would hear you: %(names)s. You are free to say no."),
    "apart.waiting.title": _l("You said yes"),
    "apart.waiting.text": _l("Waiting for the answer of: %(names)s"),
    "apart.inside.title": _l("You are talking apart"),
    "apart.inside.text": _l("Only these hear you: %(names)s. You can go back to the others at any time."),
    "apart.alone.title": _l("You are in a room apart"),
    "apart.alone.text": _l("Nobody else is here now. Nobody hears you."),
    "apart.mediator.title": _l("You are talking apart"),
    "apart.mediator.text": _l("Only these hear you: %(names)s. The others do not."),
    "apart.back": _l("Back to the others"),
    "apart.bring_back": _l("Bring everybody back…"),
    "device.wait": _l("One moment…"),
    "apart.left": _l("%(n)d seconds left"),
    "apart.state.inviting": _l("asked to talk apart"),
    "apart.state.running": _l("in a room apart"),
    "apart.state.inside": _l("in a room apart, with you"),
    "apart.state.asked": _l("No answer yet: %(names)s"),
    "apart.said_no": _l("No talk apart: %(names)s said no."),
    "apart.no_answer": _l("No talk apart: %(names)s did not answer."),
    "move.ask.title": _l("Talk apart with %(name)s?"),
    "move.ask.text": _l("You will talk with %(name)s alone. The others do not hear you. First they must say yes."),
    "move.ask.confirm": _l("Ask"),
    "move.invite.title": _l("Ask one more to %(name)s?"),
    "move.invite.text": _l("Whoever you choose and says yes will hear what is said in the room of %(name)s."),
    "move.invite.confirm": _l("Ask"),
    "move.enter.title": _l("Go to %(name)s?"),
    "move.enter.text": _l("You will talk with %(name)s. Whoever you leave stays there and does not hear you."),
    "move.enter.confirm": _l("Go"),
    "move.end.title": _l("Bring %(name)s back?"),
    "move.end.text": _l("%(name)s goes back to the common room, where everybody hears each other."),
    "move.end.confirm": _l("Bring back"),
}

_NOTES: Final = {
    "template.opening": _l(
        "Told: rights and duties, free of charge, of free will. Asked: does anybody object to the mediator? Answer: "
    ),
    "template.statements": _l("The applicant says: \nThe respondent says: \nNot in dispute: "),
    "template.proposals": _l("Proposed by: \nProposal: \nAnswer of the other side: "),
    "template.result": _l("Result: \nManner and day of performance: \nNext session: "),
}

_RECORDING: Final = {
    "consent.read_back.title": _l("May it be recorded while the agreement is read aloud?"),
    "consent.read_back.text": _l("Sound and picture of everybody in the room, only while the mediator reads it aloud."),
    "consent.session.title": _l("May this session be recorded?"),
    "consent.session.text": _l("Sound and picture of everybody in the room, from start to stop."),
    "consent.given": _l("You have agreed to be recorded."),
    "consent.refused": _l("You do not want to be recorded. Nothing is recorded."),
    "consent.withdrawn": _l("You have taken your consent back. Nothing is recorded."),
    "said.unasked": _l("not asked"),
    "said.asked": _l("no answer yet"),
    "said.refused": _l("says no"),
    "said.withdrawn": _l("took it back"),
    "record.off": _l("Nothing is recorded."),
    "record.on.read_back": _l("Recording: the agreement is read aloud"),
    "record.on.session": _l("Recording this session"),
    "record.paused": _l("Recording is paused. Nothing is recorded now."),
    "record.missing": _l("Not agreed: %(names)s"),
    "record.held.soon": _l("Recording is about to begin…"),
    "record.held.recording_not_agreed": _l("Recording waits: not everybody in the room has agreed."),
    "record.held.neutral_absent": _l("Recording waits until the mediator is back in the room."),
    "record.held.nobody_in_room": _l("Recording waits: nobody is in the room."),
    "record.held.not_in_session": _l("Recording waits until the hearing goes on."),
    "record.alarm.disk_full": _l("Recording has ended: the disk is full. The hearing goes on."),
    "record.alarm.write_failed": _l("Recording has ended: it could not be written. The hearing goes on."),
    "record.alarm.not_written": _l("Recording has ended: it was not written. The hearing goes on."),
    "record.alarm.no_media": _l("Not recording: no sound or picture arrives. It goes on by itself."),
    "news.consent_asked": _l("You are asked whether you may be recorded. Please answer yes or no."),
    "news.recording": _l("You are being recorded now."),
    "news.not_recording": _l("Nothing is recorded any more."),
}

PROBLEMS: Final = {
    "unknown": _l("That did not work. Please try again."),
    "not_now": _l("That is not possible now."),
    "screen_taken": _l("Somebody else shows the screen. One at a time."),
    "paper_unknown": _l("This paper is not on the table."),
    "paper_no_page": _l("The paper has no such page."),
    "paper_no_mark": _l("This is no place on the page."),
    "desk_in_room": _l("In the room your words go to everybody there. The staff on duty read them when you wait."),
    "desk_left": _l("You have hung up."),
    "desk_silent": _l("The staff on duty have not written to you."),
    "line_private": _l("What was written to one person alone, or apart, is not put on the record."),
    "line_unknown": _l("This line is gone."),
    "chair_taken": _l("The mediator is on the line."),
    "seat_unknown": _l("This person has no seat in the hearing."),
    "not_yours": _l("Only the mediator can do this."),
    "hearing_not_open": _l("The waiting room is not open yet."),
    "too_early": _l("It is too early for that."),
    "protected_pair": _l("These two must not meet. Let them in one after the other."),
    "muted_by_neutral": _l("The mediator has muted you. Raise your hand to speak."),
    "not_in_room": _l("That person is not in the room any more."),
    "nobody_in_room": _l("Nobody is in the room yet."),
    "nobody_to_hear": _l("Nobody is there to read it yet."),
    "chat_empty": _l("There is nothing to send yet."),
    "chat_too_long": _l("This is too long: at most %(limit)s characters."),
    "hearing_closed": _l("The hearing is over."),
    "neutral_absent": _l("You are not in that room."),
    "caucus_unknown": _l("This talk apart is over."),
    "caucus_locked": _l("The room apart is locked. Unlock it first."),
    "invitation_expired": _l("The time to answer is over. The mediator can ask again."),
    "already_asked": _l("This person has been asked already."),
    "nobody_asked": _l("Nobody was chosen."),
    "not_in_session": _l("That is possible only while the hearing is under way."),
    "note_empty": _l("There is nothing to write down yet."),
    "note_too_long": _l("This is too long: at most %(limit)s characters."),
    "minutes_apart": _l("The minutes belong to the common room. Write a private note here."),
    "words_kept": _l("This repeats words that were said in confidence."),
    "recording_not_agreed": _l("Not everybody in the room has agreed to be recorded."),
    "nobody_to_ask": _l("Everybody in the room has been asked."),
    "recording_already": _l("It is being recorded already."),
    "changed_meanwhile": _l("Somebody changed this meanwhile. Please look again."),
    "too_many_messages": _l("That was too fast. One moment, please."),
    "server_full": _l("All lines are busy. You can type; sound and picture follow."),
}


def words() -> str:
    """All sentences in the reader's language, as JSON for the page's `data-words`."""
    table = _CHECK | _TRUTH | _NEWS | _LINE | _PAPERS | _WAITING | _BAR | _OVER | _DESK | _APART | _NOTES | _RECORDING
    sentences = {key: str(sentence) for key, sentence in table.items()}
    sentences |= {f"problem.{code}": str(sentence) for code, sentence in PROBLEMS.items()}
    sentences |= {f"hearing.{state.value}": label(state) for state in HearingState}
    sentences |= {f"role.{role.value}": label(role) for role in SeatRole}
    sentences |= {f"part.{role.value}": label(role) for role in PartyRole}
    sentences |= {f"seat.{state.value}": label(state) for state in SeatState if f"seat.{state.value}" not in sentences}
    sentences |= {f"stage.{stage.value}": label(stage) for stage in MinuteStage}
    sentences |= {f"tag.{tag.value}": label(tag) for tag in NoteTag}
    sentences["list.comma"] = str(_l(", "))
    return json.dumps(sentences, ensure_ascii=False)
