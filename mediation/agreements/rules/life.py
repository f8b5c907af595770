"""The life of an agreement. Pure; approved as docs/states/agreement_life.md."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mediation.agreements.rules.codes import AgreementState
from mediation.kernel.statetable import StateTable, Transition, always


class AgreementStep(StrEnum):
    FIX = "fix"
    """The text is fixed for signing."""
    SIGN = "sign"
    CONCLUDE = "conclude"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    state: AgreementState
    complete: bool = False
    """Facts and at least one clause, none of them empty."""
    two_sided: bool = False
    """Somebody to sign on each side."""
    mediator_ready: bool = False
    all_signed: bool = False


def is_complete(facts: AgreementFacts) -> str | None:
    """What must stand before anybody signs: the content, both sides, and the mediator who signs with them."""
    if not facts.complete:
        return "agreement_incomplete"
    if not facts.two_sided:
        return "one_side_only"
    return None if facts.mediator_ready else "mediator_not_ready"


def everybody_signed(facts: AgreementFacts) -> str | None:
    return None if facts.all_signed else "signatures_missing"


_S, _A = AgreementState, AgreementStep
_29 = "人民调解法第二十九条"

AGREEMENT_LIFE: Final[StateTable[AgreementStep, AgreementState, AgreementFacts]] = StateTable(
    (
        Transition(_A.FIX, frozenset({_S.DRAFT}), _S.SIGNING, is_complete, _29),
        Transition(_A.SIGN, frozenset({_S.SIGNING}), _S.SIGNING, always, _29),
        Transition(_A.CONCLUDE, frozenset({_S.SIGNING}), _S.EFFECTIVE, everybody_signed, _29),
        Transition(_A.VOID, frozenset({_S.DRAFT, _S.SIGNING}), _S.VOID, always, "人民调解法第二十三条"),
    ),
    state_of=lambda facts: facts.state,
)
