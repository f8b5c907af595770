"""What happened, as a person reads it."""

from datetime import date
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from mediation.disputes.rules.codes import (
    AssignmentReason,
    CaseState,
    OutcomeKind,
    RefusalGround,
    RelationKind,
    WishKind,
)
from mediation.hearings.rules.papers import spans
from mediation.kernel.codes import Code
from mediation.supervision.queries import TrailRow
from mediation.supervision.rules.limits import TimerKind
from mediation.web.filters import day
from mediation.web.i18n import label

_SENTENCES: Final[dict[str, Any]] = {
    "case_received": _l("Application registered"),
    "case_accepted": _l("Accepted; the days of mediation begin"),
    "case_refused": _l("Not accepted"),
    "case_moved": _l("The case went on"),
    "mediator_assigned": _l("Mediator asked"),
    "assignment_answered": _l("Mediator answered"),
    "party_added": _l("Somebody takes part"),
    "party_refused": _l("A party refuses mediation"),
    "mediator_wished": _l("A party spoke of a mediator"),
    "wish_taken_back": _l("A party took back what they said of a mediator"),
    "recusal_decided": _l("Recusal decided"),
    "relation_recorded": _l("A mediator's relation recorded"),
    "relation_taken_back": _l("A mediator's relation taken back"),
    "mediator_recused": _l("The mediator left the case: not neutral"),
    "referral_sent": _l("Sent to another body"),
    "referral_answered": _l("The other body answered"),
    "evidence_filed": _l("Evidence filed"),
    "mediation_extended": _l("More time agreed"),
    "file_stored": _l("File stored"),
    "file_read": _l("File read"),
    "file_deleted": _l("File deleted"),
    "timer_started": _l("Time limit begins"),
    "timer_done": _l("Time limit met"),
    "booking_made": _l("Hearing booked"),
    "time_overridden": _l("Booked beside another session"),
    "booking_moved": _l("Hearing moved"),
    "booking_cancelled": _l("Hearing cancelled"),
    "booking_accepted": _l("Booking accepted by the mediator"),
    "booking_declined": _l("Booking declined by the mediator"),
    "booking_orphaned": _l("The booked time no longer lies in working hours"),
    "orphan_decided": _l("Decided what becomes of the booked time"),
    "arrival_marked": _l("Put down who came"),
    "visit_numbered": _l("Checked in at the station"),
    "visit_called": _l("Called to a room of the station"),
    "visit_begun": _l("Began at the station's screen"),
    "visit_ended": _l("Time at the station's screen ended"),
    "reception_changed": _l("The reception day was changed"),
    "earlier_time_wanted": _l("Asked for an earlier time"),
    "earlier_time_offered": _l("An earlier time was offered"),
    "earlier_time_let_go": _l("The earlier time was let go"),
    "hearing_prepared": _l("Hearing prepared"),
    "chair_handed_over": _l("Another mediator takes the chair"),
    "hearing_opened": _l("Waiting room opened"),
    "hearing_started": _l("Hearing began"),
    "hearing_paused": _l("Hearing paused"),
    "hearing_resumed": _l("Hearing goes on"),
    "hearing_closed": _l("Hearing ended"),
    "hearing_cancelled": _l("Hearing cancelled"),
    "seat_admitted": _l("Admitted to the hearing"),
    "seat_dismissed": _l("Asked to leave the hearing"),
    "seat_left": _l("Left the hearing"),
    "agreement_drafted": _l("Agreement drafted"),
    "agreement_fixed": _l("Text of the agreement fixed for signing"),
    "agreement_signed": _l("Agreement signed"),
    "agreement_sealed": _l("Agreement sealed by the committee"),
    "agreement_concluded": _l("Agreement in effect"),
    "outcome_recorded": _l("Outcome recorded"),
    "document_requested": _l("Paper requested"),
    "document_rendered": _l("Paper made"),
    "personal_shown": _l("Personal data shown in full"),
    "document_read": _l("Paper read"),
    "hearing_moved": _l("The hearing went on"),
    "seat_moved": _l("Somebody's place in the hearing"),
    "seat_muted": _l("Microphone of somebody, by the mediator"),
    "seat_switched": _l("Own microphone or camera"),
    "hand_moved": _l("Hand raised or lowered"),
    "seat_spotlit": _l("Somebody shown large, by the mediator"),
    "screen_shared": _l("Somebody's screen shown, or not any more"),
    "showing_allowed": _l("Somebody may show papers of theirs, or not any more"),
    "paper_shown": _l("A paper laid on the table of the hearing"),
    "paper_seen": _l("Somebody looked at the paper on the table"),
    "paper_taken_away": _l("A paper taken from the table of the hearing"),
    "guest_named": _l("A witness or an interpreter named"),
    "guest_withdrawn": _l("The address of a witness or an interpreter taken back"),
    "witness_named": _l("A witness named"),
    "pass_opened": _l("A seat opened on another device, or by a guest"),
    "draft_shown": _l("Draft of the agreement shown to the parties, or hidden"),
    "clause_answered": _l("A party's word to a clause"),
    "reading_confirmed": _l("A party says that the text read to them is right"),
    "chair_taken": _l("Somebody else runs the hearing"),
    "safety_signalled": _l("Quiet signal of danger"),
    "safety_seen": _l("Quiet signal seen"),
    "alert_opened": _l("The desk was called to the hearing"),
    "alert_resolved": _l("The cause of the call to the desk is gone"),
    "alert_taken": _l("Staff look after the call to the desk"),
    "alert_done": _l("Staff finished with the call to the desk"),
    "desk_wrote": _l("Staff on duty wrote to a person"),
    "desk_answered": _l("A person answered the staff on duty"),
    "person_called": _l("Staff telephoned a person"),
    "line_said": _l("A line typed"),
    "caucus_moved": _l("Talk apart: asked, begun, ended"),
    "guest_answered": _l("Answer to a talk apart"),
    "caucus_certified": _l("Certificate of the talks apart"),
    "minute_written": _l("Entry in the minutes"),
    "minutes_answered": _l("A party answered about the minutes"),
    "consent_moved": _l("Consent to be recorded: asked, given, refused, taken back"),
    "recording_started": _l("Recording began"),
    "recording_moved": _l("Recording paused, resumed, ended or put together"),
    "recording_alarmed": _l("Recording broke off"),
    "recording_composed": _l("Recording can be played"),
    "recording_viewed": _l("Recording watched"),
    "recording_deleted": _l("Recording deleted"),
    "agreement_voided": _l("Text of the agreement taken back"),
    "notice_sent": _l("Message sent"),
}


def sentence(row: TrailRow) -> tuple[str, str]:
    """What happened, and the detail in the reader's language."""
    return str(_SENTENCES.get(row.name, row.name.replace("_", " "))), _detail(row)


_CODES: Final[dict[str, tuple[str, type[Code]]]] = {
    "case_refused": ("ground", RefusalGround),
    "outcome_recorded": ("kind", OutcomeKind),
    "mediator_assigned": ("reason", AssignmentReason),
    "mediator_wished": ("kind", WishKind),
    "relation_recorded": ("kind", RelationKind),
}
"""Which field of what happened is its detail, and its code list."""


def _detail(row: TrailRow) -> str:
    payload = row.payload
    if row.name in _CODES:
        field, codes = _CODES[row.name]
        return label(codes.of(payload[field]))
    match row.name:
        case "case_moved":
            return f"{_state(payload['source'])} → {_state(payload['target'])}"
        case "timer_started" | "timer_done":
            due = f" {day(date.fromisoformat(payload['due_on']))}" if "due_on" in payload else ""
            return label(TimerKind.of(payload["kind"])) + due
        case "paper_taken_away":
            runs = (f"{first}–{last}" if first < last else str(first) for first, last in spans(payload["pages"]))
            return f"{row.paper} {_('pages shown: %(pages)s', pages=', '.join(runs))}".strip()
        case "time_overridden":
            return str(payload["why"])
    return row.paper


def _state(code: object) -> str:
    return label(CaseState.of(str(code)))
