"""Writing an agreement, signing it, recording an outcome."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms import Form as PlainForm
from wtforms.validators import AnyOf, NumberRange, Optional

from mediation.agreements.rules.codes import Stance
from mediation.agreements.rules.outcomes import STEP_OF
from mediation.agreements.service import AnswerClause, NewClause
from mediation.disputes.queries import PartyRow
from mediation.disputes.rules.codes import OutcomeKind, PartyRole
from mediation.kernel.errors import Invalid
from mediation.web.fields import ChineseDateField, CodeRadio, LongText, SelectChoice, Text, required
from mediation.web.forms import Form

PNG = "data:image/png;base64,"


class ClauseForm(PlainForm):
    """One clause: what, who, how, by when."""

    text = LongText(_l("What is agreed"), most=1500, render_kw={"rows": 3})
    obligor = SelectField(_l("Who performs it"), [Optional()], validate_choice=False)
    amount = DecimalField(
        _l("Amount in yuan"),
        [Optional(), NumberRange(0, 99_999_999, _l("Write an amount in yuan, such as 3000."))],
        places=2,
    )
    manner = Text(_l("How"), most=200, description=_l("Bank transfer, in cash, repair, an apology"))
    due_on = ChineseDateField(_l("By when"), [Optional()])

    def clause(self) -> NewClause:
        amount = self.amount.data
        return NewClause(
            text=self.text.data or "",
            obligor_id=int(self.obligor.data) if (self.obligor.data or "").isdecimal() else None,
            manner=self.manner.data or "",
            due_on=self.due_on.data,
            amount_fen=int(amount * 100) if amount is not None else None,
        )

    @property
    def is_empty(self) -> bool:
        return not (self.text.data or self.manner.data or self.due_on.data or self.amount.data)


class AgreementForm(Form):
    facts = LongText(
        _l("Facts and what is in dispute"), most=5000, description=_l("What happened, and each one's responsibility.")
    )
    clauses = FieldList(FormField(ClauseForm), min_entries=1, max_entries=31)

    def offer(self, parties: Sequence[PartyRow]) -> None:
        people = [SelectChoice(str(row.id), row.name) for row in parties if row.role is not PartyRole.AGENT]
        for entry in self.clauses:
            entry.form.obligor.choices = [SelectChoice("", _("Nobody in particular")), *people]

    def written(self) -> tuple[NewClause, ...]:
        return tuple(entry.form.clause() for entry in self.clauses if not entry.form.is_empty)


class SignForm(Form):
    text_hash = HiddenField()
    signature = HiddenField()
    """The drawn signature as a data address, put in by the script."""
    typed_name = Text(_l("Your full name"), most=60, render_kw={"autocomplete": "off"})
    code = Text(_l("Code from the message"), most=12)
    agree = BooleanField(
        _l("I have read the agreement, I understand it, and I agree of my own free will"),
        [required(_l("Tick it if you agree. If not, do not sign."))],
    )

    def image(self) -> bytes | None:
        """Raises: Invalid `signature_missing` when what was drawn cannot be read."""
        drawn = self.signature.data or ""
        if not drawn:
            return None
        try:
            return base64.b64decode(drawn.removeprefix(PNG), validate=True)
        except binascii.Error as error:
            raise Invalid("signature_missing", field="typed_name") from error


class StanceForm(Form):
    """A party's word to one clause, or to the text that was read back; which, the pressed button says."""

    text_hash = HiddenField()
    position = IntegerField(validators=[Optional(), NumberRange(0, 30)])
    stance = StringField(validators=[Optional(), AnyOf(tuple(Stance))])

    def command(self) -> AnswerClause:
        return AnswerClause(self.position.data or 0, Stance.of(self.stance.data or ""), self.text_hash.data or "")


class ConfirmForm(Form):
    """A step that is only confirmed, for exactly the text that was shown."""

    text_hash = HiddenField()


class OutcomeForm(Form):
    kind = CodeRadio(_l("How it ended"), OutcomeKind, [required(_l("Choose how it ended."))], only=tuple(STEP_OF))
    text = LongText(
        _l("What was agreed, or why it ended"),
        most=3000,
        description=_l("For an oral agreement its content with manner and time of performance; else the reason."),
    )
    parties_confirm = BooleanField(_l("The parties confirm this content (oral agreement)"))
    told_other_ways = BooleanField(
        _l("The parties were told of arbitration, administrative and court ways (when there is no agreement)")
    )


def as_rows(clauses: Sequence[Any]) -> list[dict[str, Any]]:
    """Kept clauses as the form shows them."""
    return [
        {
            "text": row.text,
            "obligor": str(row.obligor_id or ""),
            "manner": row.manner,
            "due_on": row.due_on,
            "amount": row.amount_fen / 100 if row.amount_fen is not None else None,
        }
        for row in clauses
    ]
