"""What happened, and who asks: the same questions for a resident on a phone and for the desk."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import Optional, Regexp

from mediation.disputes.rules.codes import CaseKind, Channel, DisputeType, Risk
from mediation.disputes.service import ReceiveCase
from mediation.kernel.errors import Invalid
from mediation.kernel.text import is_mobile
from mediation.orgs.queries import CommunityGroup
from mediation.people.identity import check_id_number
from mediation.people.rules import Need, PersonKind
from mediation.people.service import RecordPerson
from mediation.web.fields import (
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

FREQUENT = (
    DisputeType.NEIGHBOUR,
    DisputeType.MARRIAGE_FAMILY,
    DisputeType.CONTRACT,
    DisputeType.LABOUR,
    DisputeType.WAGES_MIGRANT,
    DisputeType.PROPERTY_MGMT,
    DisputeType.CONSUMER,
    DisputeType.TRAFFIC,
    DisputeType.DAMAGES,
    DisputeType.OTHER,
)
"""What communities meet most; the page shows them first and the rest behind "more kinds"."""

PLAIN_WORDS = {
    DisputeType.NEIGHBOUR: _l("noise, water from upstairs, shared space, pets"),
    DisputeType.MARRIAGE_FAMILY: _l("caring for parents or children, separation, inheritance"),
    DisputeType.CONTRACT: _l("rent and deposit, a loan, a job that was not done"),
    DisputeType.LABOUR: _l("pay, dismissal, an accident at work"),
    DisputeType.WAGES_MIGRANT: _l("work on a site or in a shop that was not paid"),
    DisputeType.PROPERTY_MGMT: _l("fees, repairs, parking, the lift"),
    DisputeType.CONSUMER: _l("something bought, a service, a refund"),
    DisputeType.TRAFFIC: _l("an accident on the road"),
    DisputeType.DAMAGES: _l("an injury or something broken"),
    DisputeType.OTHER: _l("none of these, or you are not sure"),
}


def check_mobile(number: str) -> None:
    """Raises: Invalid `mobile_needed`: the code and the link go to a phone that receives messages."""
    if not is_mobile(number):
        raise Invalid("mobile_needed", field="phone")


class StepForm(Form):
    """A step of the booking: its answers are kept in a draft."""

    def answers(self) -> dict[str, Any]:
        """The checked answers as a draft keeps them: JSON."""
        raise NotImplementedError


class WhatForm(StepForm):
    """Step 1: what happened, where, with whom."""

    dispute_type = CodeRadio(
        _l("What is it about?"),
        DisputeType,
        [required(_l("Choose the one that fits best."))],
        only=(*FREQUENT, *(kind for kind in DisputeType if kind not in FREQUENT)),
    )
    community = SelectField(
        _l("In which community did it happen?"), [required(_l("Choose the community."))], validate_choice=True
    )
    happened_at_place = Text(_l("Where exactly"), most=120, description=_l("Street, number, building, flat"))
    other_name = Text(_l("Name of the other side"), most=60, description=_l("A person, a shop or a company"))
    other_kind = CodeRadio(_l("The other side is"), PersonKind, default=PersonKind.NATURAL.value)
    other_phone = PhoneField(_l("Phone of the other side"), description=_l("Leave it empty if you do not know it."))
    summary = LongText(
        _l("What happened?"),
        [required(_l("Write a few words about what happened."))],
        most=3000,
        description=_l("In your own words. A few sentences are enough."),
        render_kw={"rows": 6},
    )
    relief = LongText(_l("What would you like to come of it?"), most=1000, render_kw={"rows": 3})
    files = Files(
        _l("Photos or papers"),
        description=_l(
            "Photos or PDF files, at most 10 and 20 MB each. They are only seen by those who handle the case."
        ),
        render_kw={"accept": "image/*,application/pdf"},
    )

    needs_other_side = True

    def offer(self, groups: Sequence[CommunityGroup], kind: CaseKind) -> None:
        """Fill the list of communities, street by street; a visit needs no other side."""
        self.needs_other_side = kind is CaseKind.MEDIATION
        choices = [SelectChoice("", str(_l("Please choose")))]
        for group in groups:
            street = group.street.label(locale())
            choices += [SelectChoice(row.public_id, row.label(locale()), optgroup=street) for row in group.communities]
        self.community.choices = choices

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        if self.needs_other_side and not self.other_name.data and not self.other_name.errors:
            self.other_name.errors = [str(_l("Write the name of the other side, as far as you know it."))]
            return False
        return good

    def answers(self) -> dict[str, Any]:
        return {
            "dispute_type": str(self.dispute_type.data or ""),
            "community": self.community.data or "",
            "happened_at_place": self.happened_at_place.data or "",
            "other_name": self.other_name.data or "",
            "other_kind": str(self.other_kind.data or PersonKind.NATURAL),
            "other_phone": self.other_phone.data or "",
            "summary": self.summary.data or "",
            "relief": self.relief.data or "",
        }


class WhoForm(StepForm):
    """Step 2: who asks and how to reach them."""

    name = Text(
        _l("Your name"),
        [required(_l("Write your name as on your identity card."))],
        most=60,
        render_kw={"autocomplete": "name"},
    )
    phone = PhoneField(
        _l("Your mobile number"),
        [required(_l("We need a mobile number to send you the code and the link.")), checked(check_mobile)],
    )
    id_number = IdNumberField(
        _l("Identity card number"),
        [Optional(), checked(check_id_number)],
        description=_l("You may leave it empty now; it is needed when an agreement is signed."),
    )
    email = Text(
        _l("E-mail"),
        [
            Optional(),
            Regexp(
                r"[^@\s]+@[^@\s]+\.[^@\s.]+\Z", message=_l("This is not an e-mail address, such as name@example.com.")
            ),
        ],
        most=120,
    )
    needs = CodeChecks(_l("Do you need help with something?"), Need)
    consent_online = BooleanField(_l("I agree that we may also mediate by video"))
    consent = BooleanField(
        _l("I agree that my details are used for this case"),
        [required(_l("Without this we may not write down your matter. Tick it, or call us."))],
    )

    def answers(self) -> dict[str, Any]:
        return {
            "name": self.name.data or "",
            "phone": self.phone.data or "",
            "id_number": self.id_number.data or "",
            "email": self.email.data or "",
            "needs": [str(code) for code in self.needs.data or ()],
            "consent_online": bool(self.consent_online.data),
            "consent": bool(self.consent.data),
            "locale": locale(),
        }


STAFF_CHANNELS = tuple(channel for channel in Channel if channel is not Channel.ONLINE)


class RegisterForm(WhatForm):
    """The desk: both steps on one page, and how the matter came to us."""

    kind = CodeRadio(_l("What is asked for"), CaseKind, default=CaseKind.MEDIATION.value)
    channel = CodeSelect(
        _l("How it came to us"), Channel, [required()], only=STAFF_CHANNELS, default=Channel.WALK_IN.value
    )
    source_reference = Text(
        _l("Their number"),
        most=60,
        description=_l("For a transfer: the number that the sender gave"),
    )
    risk = CodeSelect(_l("How grave"), Risk, default=Risk.ORDINARY.value)
    name = Text(_l("Name of the applicant"), [required(_l("Write the applicant's name."))], most=60)
    phone = PhoneField(_l("Phone of the applicant"), description=_l("Leave it empty if there is none."))
    id_number = IdNumberField(_l("Identity card number"), [Optional(), checked(check_id_number)])
    address = Text(_l("Address"), most=120)
    needs = CodeChecks(_l("Help needed"), Need)
    consent_online = BooleanField(_l("The applicant agrees to mediation by video"))
    key = HiddenField()
    """Made when the page is shown: sent twice, one case."""

    def validate(self, extra_validators: Any = None) -> bool:
        self.needs_other_side = self.kind.data == CaseKind.MEDIATION
        return super().validate(extra_validators)

    def command(self, file_ids: Sequence[int]) -> ReceiveCase:
        return ReceiveCase(
            kind=self.kind.data,
            dispute_type=self.dispute_type.data,
            channel=self.channel.data,
            source_reference=self.source_reference.data or "",
            risk=self.risk.data or Risk.ORDINARY,
            community=self.community.data,
            happened_at_place=self.happened_at_place.data or "",
            summary=self.summary.data or "",
            relief=self.relief.data or "",
            applicant=RecordPerson(
                name=self.name.data or "",
                phone=self.phone.data or "",
                id_number=self.id_number.data or "",
                address=self.address.data or "",
                needs=tuple(self.needs.data or ()),
            ),
            respondents=self._other_side(),
            file_ids=tuple(file_ids),
            consents_online=bool(self.consent_online.data),
            intake_key=f"desk:{self.key.data}" if self.key.data else None,
        )

    def _other_side(self) -> tuple[RecordPerson, ...]:
        if not self.other_name.data:
            return ()
        kind = PersonKind.of(self.other_kind.data or PersonKind.NATURAL)
        return (RecordPerson(name=self.other_name.data, kind=kind, phone=self.other_phone.data or ""),)
