"""Forms of intake and triage."""

from mediation.disputes.forms.intake import FREQUENT, PLAIN_WORDS, RegisterForm, StepForm, WhatForm, WhoForm
from mediation.disputes.forms.triage import (
    AcceptForm,
    AnswerReferralForm,
    AssignForm,
    ConfirmForm,
    DeclineForm,
    EvidenceForm,
    ExtendForm,
    PartyForm,
    ReferForm,
    RefuseForm,
)

__all__ = [
    "FREQUENT",
    "PLAIN_WORDS",
    "AcceptForm",
    "AnswerReferralForm",
    "AssignForm",
    "ConfirmForm",
    "DeclineForm",
    "EvidenceForm",
    "ExtendForm",
    "PartyForm",
    "ReferForm",
    "RefuseForm",
    "RegisterForm",
    "StepForm",
    "WhatForm",
    "WhoForm",
]
