"""Guests of a hearing; what a party says about the minutes, and about being recorded."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import AnyOf, InputRequired

from mediation.hearings.rules.codes import AlertOutcome, CallResult, RecordingPurpose, SeatRole
from mediation.hearings.rules.consent import ConsentStep
from mediation.hearings.rules.controls import CHAT_LIMIT
from mediation.hearings.rules.notes import NOTE_LIMIT
from mediation.hearings.service import (
    AnswerMinutes,
    AnswerOwnConsent,
    FinishAlert,
    NameGuest,
    NoteCall,
    ShowPaper,
    WriteToSeat,
)
from mediation.hearings.service.guests import NAME_LIMIT
from mediation.web.fields import CodeRadio, LongText, Text, required
from mediation.web.forms import Form


class GuestForm(Form):
    role = CodeRadio(
        _l("Who comes?"),
        SeatRole,
        [required(_l("Choose one of the two."))],
        only=(SeatRole.WITNESS, SeatRole.INTERPRETER),
    )
    name = Text(_l("Their name"), [required(_l("Please write the name."))], most=NAME_LIMIT)

    def command(self, hearing: str) -> NameGuest:
        return NameGuest(hearing, self.name.data or "", self.role.data)


class PaperForm(Form):
    source = HiddenField(validators=[InputRequired()])
    reference = HiddenField(validators=[InputRequired()])

    def command(self, seat_id: int) -> ShowPaper:
        return ShowPaper(seat_id, self.source.data or "", self.reference.data or "")


class MinutesForm(Form):
    hearing = HiddenField()
    answer = StringField(validators=[AnyOf(["right", "wrong"])])
    """Which of the two buttons was pressed."""
    remark = LongText(_l("What is not right"), most=NOTE_LIMIT)

    def command(self) -> AnswerMinutes:
        return AnswerMinutes(self.hearing.data or "", self.answer.data == "right", self.remark.data or "")


class ConsentForm(Form):
    hearing = HiddenField()
    purpose = HiddenField(validators=[AnyOf([purpose.value for purpose in RecordingPurpose])])
    answer = StringField(validators=[AnyOf(["give", "refuse", "withdraw"])])
    """Which of the buttons was pressed."""

    def command(self) -> AnswerOwnConsent:
        purpose = RecordingPurpose.of(self.purpose.data or "")
        return AnswerOwnConsent(self.hearing.data or "", ConsentStep(self.answer.data or ""), purpose)


NOTE_OF_DESK = 300
"""Characters of what staff note at the desk."""


class AlertForm(Form):
    outcome = CodeRadio(_l("What came of it?"), AlertOutcome, [required(_l("Choose what came of it."))])
    note = LongText(_l("Note for the desk"), most=NOTE_OF_DESK)

    def command(self, hearing: str, alert: str) -> FinishAlert:
        return FinishAlert(hearing, alert, self.outcome.data, self.note.data or "")


class DeskLineForm(Form):
    text = LongText(_l("Your message"), [required(_l("Write something first."))], most=CHAT_LIMIT)

    def command(self, hearing: str, seat: str) -> WriteToSeat:
        return WriteToSeat(hearing, seat, self.text.data or "")


class CallForm(Form):
    result = CodeRadio(_l("What came of the call?"), CallResult, [required(_l("Choose what came of the call."))])
    note = LongText(_l("Note for the desk"), most=NOTE_OF_DESK)

    def command(self, hearing: str, seat: str) -> NoteCall:
        return NoteCall(hearing, seat, self.result.data, self.note.data or "")
