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
from mediation.disputes.forms.wishes import (
    NOBODY,
    OwnRefusalForm,
    OwnWishForm,
    RecusalForm,
    RelationForm,
    WishForm,
)

__all__ = [
    "FREQUENT",
    "NOBODY",
    "PLAIN_WORDS",
    "AcceptForm",
    "AnswerReferralForm",
    "AssignForm",
    "ConfirmForm",
    "DeclineForm",
    "EvidenceForm",
    "ExtendForm",
    "OwnRefusalForm",
    "OwnWishForm",
    "PartyForm",
    "RecusalForm",
    "ReferForm",
    "RefuseForm",
    "RegisterForm",
    "RelationForm",
    "StepForm",
    "WhatForm",
    "WhoForm",
    "WishForm",
]
