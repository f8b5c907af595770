"""What the law asks for each way in which a mediation ends. Pure."""

from dataclasses import dataclass
from typing import Final

from mediation.disputes.rules.codes import OutcomeKind
from mediation.disputes.rules.life import CaseStep

STEP_OF: Final = {
    OutcomeKind.AGREED_ORAL: CaseStep.SETTLE,
    OutcomeKind.NOT_AGREED: CaseStep.END,
    OutcomeKind.ENDED_REFUSAL: CaseStep.END,
    OutcomeKind.ENDED_OTHER: CaseStep.END,
    OutcomeKind.WITHDRAWN: CaseStep.WITHDRAW,
}
"""By hand. A written agreement comes with its signatures, a referral with its letter, a refusal at intake."""

TELL_OTHER_WAYS: Final = frozenset({OutcomeKind.NOT_AGREED, OutcomeKind.ENDED_REFUSAL, OutcomeKind.ENDED_OTHER})
"""End it and tell the parties of arbitration, administrative or court ways (People's Mediation Law art. 26)."""


@dataclass(frozen=True, slots=True)
class Given:
    kind: OutcomeKind
    text: str
    """Content of an oral agreement (art. 28: the mediator records it), or why it ended."""
    told_other_ways: bool
    parties_confirm: bool


def missing(given: Given) -> str | None:
    """The code of what is missing, or None."""
    if given.kind not in STEP_OF:
        return "outcome_elsewhere"
    if given.kind is not OutcomeKind.WITHDRAWN and not given.text.strip():
        return "outcome_text_missing"
    if given.kind is OutcomeKind.AGREED_ORAL and not given.parties_confirm:
        return "parties_must_confirm"
    if given.kind in TELL_OTHER_WAYS and not given.told_other_ways:
        return "other_ways_untold"
    return None
