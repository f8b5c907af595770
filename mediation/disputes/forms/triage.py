"""What the desk decides about a case, one form for each decision."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import Optional

from mediation.disputes.queries import MediatorChoice, PartyRow
from mediation.disputes.rules.codes import (
    AssignmentReason,
    DeclineGround,
    PartyRole,
    ReferralMode,
    RefusalGround,
    Risk,
)
from mediation.disputes.rules.tracks import HANDS_OVER
from mediation.orgs.queries import Place
from mediation.people.identity import check_id_number
from mediation.people.rules import Need, PersonKind
from mediation.people.service import RecordPerson
from mediation.web.fields import (
    ChineseDateField,
    CodeChecks,
    CodeRadio,
    CodeSelect,
    Files,
    IdNumberField,
    LongText,
    PhoneField,
    SelectChoice,
    Text,
    checked,
    required,
)
from mediation.web.forms import Form
from mediation.web.i18n import locale


def _choices(places: Sequence[Place]) -> list[SelectChoice]:
    return [SelectChoice(place.public_id, place.label(locale())) for place in places]


class ConfirmForm(Form):
    """Nothing but the button: a step that is only confirmed."""


class AcceptForm(Form):
    body = SelectField(_l("Committee that mediates"), [required(_l("Choose the committee."))])
    risk = CodeSelect(_l("How grave"), Risk)

    def offer(self, bodies: Sequence[Place], risk: Risk) -> None:
        self.body.choices = _choices(bodies)
        if self.risk.data is None:
            self.risk.data = risk


class RefuseForm(Form):
    ground = CodeRadio(_l("Legal ground"), RefusalGround, [required(_l("Choose the ground."))])
    reason = LongText(
        _l("Reason and the right way to go"),
        [required(_l("Write it in words that the applicant understands."))],
        most=1000,
        description=_l("It is printed on the guidance notice: where to go, with which papers."),
    )


class ReferForm(Form):
    to_body = SelectField(_l("To"), [required(_l("Choose the body."))])
    mode = CodeRadio(_l("How"), ReferralMode, [required()], only=tuple(HANDS_OVER), default=ReferralMode.TRANSFER.value)
    reason = LongText(_l("Reason"), [required(_l("Write why."))], most=1000)
    parties_consent = BooleanField(_l("The parties agree"))

    def offer(self, bodies: Sequence[Place]) -> None:
        self.to_body.choices = [SelectChoice("", _("Please choose")), *_choices(bodies)]


class AnswerReferralForm(Form):
    answer = RadioField(
        _l("Answer"),
        [required(_l("Choose one."))],
        choices=[SelectChoice("take", _l("We take the case")), SelectChoice("return", _l("We return it"))],
    )
    ground = LongText(_l("Ground, if it is returned"), most=1000)


class AssignForm(Form):
    mediator = RadioField(_l("Mediator"), [required(_l("Choose a mediator."))])
    reason = CodeSelect(
        _l("Why this one"),
        AssignmentReason,
        [required()],
        only=[one for one in AssignmentReason if one is not AssignmentReason.BOOKED],
        default=AssignmentReason.LEAST_LOADED.value,
    )
    why = Text(
        _l("In your words"),
        most=200,
        description=_l("For another reason, or when it is not whom the parties chose. It is kept with the case."),
    )

    def offer(self, rows: Sequence[MediatorChoice]) -> None:
        """The one who is proposed is chosen already."""
        self.mediator.choices = [SelectChoice(row.mediator.public_id, row.mediator.name) for row in rows]
        if rows and self.mediator.data is None:
            self.mediator.data = rows[0].mediator.public_id
            if rows[0].by_parties:
                self.reason.data = AssignmentReason.PARTIES_CHOICE


class DeclineForm(Form):
    ground = CodeRadio(_l("Why you step back"), DeclineGround, [required(_l("Choose the reason."))])


class ExtendForm(Form):
    until = ChineseDateField(_l("New last day"), [required(_l("Write the day."))])
    all_parties_agree = BooleanField(_l("All parties agree to it"))


class PartyForm(Form):
    role = CodeRadio(_l("Takes part as"), PartyRole, [required()], default=PartyRole.RESPONDENT.value)
    represents = SelectField(_l("A representative of"), [Optional()])
    kind = CodeRadio(_l("Is"), PersonKind, [required()], default=PersonKind.NATURAL.value)
    name = Text(_l("Name"), [required(_l("Write the name."))], most=60)
    phone = PhoneField(_l("Phone"))
    id_number = IdNumberField(_l("Identity card number"), [Optional()])
    address = Text(_l("Address"), most=120)
    needs = CodeChecks(_l("Help needed"), Need)

    def offer(self, parties: Sequence[PartyRow]) -> None:
        able = [row for row in parties if row.role is not PartyRole.AGENT]
        self.represents.choices = [
            SelectChoice("", _("Nobody")),
            *(SelectChoice(str(row.id), row.name) for row in able),
        ]

    def validate_id_number(self, field: IdNumberField) -> None:
        """A person's number has its check; an organisation's is checked by the service."""
        if self.kind.data == PersonKind.NATURAL:
            checked(check_id_number)(self, field)

    def person(self) -> RecordPerson:
        return RecordPerson(
            name=self.name.data or "",
            kind=self.kind.data,
            phone=self.phone.data or "",
            id_number=self.id_number.data or "",
            address=self.address.data or "",
            needs=tuple(self.needs.data or ()),
        )


class EvidenceForm(Form):
    files = Files(
        _l("Photos or papers"),
        [required(_l("Choose at least one file."))],
        description=_l("Photos or PDF files, at most 10, 20 MB each. Only those who handle the case see them."),
    )
