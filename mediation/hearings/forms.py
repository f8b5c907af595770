"""What a party says about the minutes."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import AnyOf

from mediation.hearings.rules.notes import NOTE_LIMIT
from mediation.hearings.service import AnswerMinutes
from mediation.web.fields import LongText
from mediation.web.forms import Form


class MinutesForm(Form):
    hearing = HiddenField()
    answer = StringField(validators=[AnyOf(["right", "wrong"])])
    """Which of the two buttons was pressed."""
    remark = LongText(_l("What is not right"), most=NOTE_LIMIT)

    def command(self) -> AnswerMinutes:
        return AnswerMinutes(self.hearing.data or "", self.answer.data == "right", self.remark.data or "")
