"""Whom a party wishes for as mediator, whom they do not accept, and what ties a mediator to a party."""

from collections.abc import Iterable, Sequence
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField

from mediation.disputes.queries import PartyRow
from mediation.disputes.rules.codes import PartyRole, RelationKind, WishKind
from mediation.people.queries import MediatorRow
from mediation.web.fields import CodeRadio, CodeSelect, LongText, SelectChoice, required
from mediation.web.forms import Form
from mediation.web.i18n import locale

NOBODY: Final = "nobody"
"""The choice to leave it to the committee."""


def _names(mediators: Iterable[MediatorRow]) -> list[SelectChoice]:
    return [SelectChoice(row.public_id, row.name) for row in mediators]


class OwnWishForm(Form):
    mediator = RadioField(_l("I wish for"), [required(_l("Choose one."))])

    def offer(self, mediators: Sequence[MediatorRow], wanted: str) -> None:
        """`wanted`: public id of whom the party wishes for so far."""
        self.mediator.choices = [*_names(mediators), SelectChoice(NOBODY, _("I leave it to the committee"))]
        if self.mediator.data is None:
            self.mediator.data = wanted or NOBODY


class OwnRefusalForm(Form):
    mediator = RadioField(_l("I do not want"), [required(_l("Choose a mediator."))])
    ground = CodeRadio(_l("Reason"), RelationKind)
    why = LongText(_l("In your words"), most=500, description=_l("Only the staff who decide read this."))

    def offer(self, mediators: Sequence[MediatorRow], *, ground_needed: bool) -> None:
        self.mediator.choices = _names(mediators)
        if not ground_needed:
            codes = [SelectChoice(code.value, code.label(locale())) for code in RelationKind]
            self.ground.choices = [SelectChoice("", _("I would rather not say")), *codes]


class WishForm(Form):
    """Staff write down what a party told them."""

    party = SelectField(_l("Who said it"), [required(_l("Choose the party."))])
    kind = CodeRadio(_l("What they said"), WishKind, [required(_l("Choose one."))], default=WishKind.WANTS.value)
    mediator = SelectField(_l("Mediator"), [required(_l("Choose a mediator."))])
    ground = CodeSelect(
        _l("Ground for recusal"),
        RelationKind,
        blank=_l("None was given"),
        description=_l("Only when the party does not want this mediator."),
    )
    why = LongText(_l("In their words"), most=500)

    def offer(self, parties: Sequence[PartyRow], mediators: Sequence[MediatorRow]) -> None:
        able = [row for row in parties if row.role is not PartyRole.THIRD]
        self.party.choices = [SelectChoice(str(row.id), f"{row.name}（{row.role.label(locale())}）") for row in able]
        self.mediator.choices = [SelectChoice(row.public_id, f"{row.name} · {row.org_name}") for row in mediators]


class RelationForm(Form):
    mediator = SelectField(_l("Mediator"), [required(_l("Choose a mediator."))])
    kind = CodeRadio(_l("Relation"), RelationKind, [required(_l("Choose the relation."))])
    why = LongText(
        _l("What is known, and from whom"),
        [required(_l("Write what the relation is and how you know of it."))],
        most=500,
    )

    def offer(self, mediators: Sequence[MediatorRow]) -> None:
        self.mediator.choices = [SelectChoice(row.public_id, f"{row.name} · {row.org_name}") for row in mediators]


class RecusalForm(Form):
    decision = RadioField(
        _l("Decision"),
        [required(_l("Choose one."))],
        choices=[
            SelectChoice("grant", _l("Granted: another mediator")),
            SelectChoice("reject", _l("Not granted")),
        ],
    )
    why = LongText(
        _l("Reason"),
        [required(_l("Write the reason. The party reads it."))],
        most=500,
        description=_l("The party who asked reads it on their page."),
    )
