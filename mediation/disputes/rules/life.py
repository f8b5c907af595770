"""The life of a case: which step may follow, on what condition, by which rule. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from mediation.disputes.rules.codes import CaseState
from mediation.kernel.statetable import StateTable, Transition, always

MAX_RETURNS = 2
"""After so many returns the last body keeps it until the supervisor decides (shared/DOMAIN.md section 6, practice)."""


class CaseStep(StrEnum):
    ACCEPT = "accept"
    REFUSE = "refuse"
    REFER = "refer"
    TAKE_OVER = "take_over"
    RETURN = "return"
    START = "start"
    SETTLE = "settle"
    END = "end"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the rules need to know of a case."""

    state: CaseState
    party_refuses: bool = False
    """Some party has expressly refused mediation."""
    mediator_ready: bool = False
    """A mediator is assigned and has accepted."""
    was_accepted: bool = False
    returns: int = 0
    """How often a referral of this case came back."""


def nobody_refuses(facts: CaseFacts) -> str | None:
    return "party_refuses" if facts.party_refuses else None


def mediator_ready(facts: CaseFacts) -> str | None:
    return None if facts.mediator_ready else "mediator_not_ready"


def may_start(facts: CaseFacts) -> str | None:
    return nobody_refuses(facts) or mediator_ready(facts)


def returned_rarely(facts: CaseFacts) -> str | None:
    return "returned_twice" if facts.returns >= MAX_RETURNS else None


def rarely_and_was_accepted(facts: CaseFacts) -> str | None:
    return returned_rarely(facts) or (None if facts.was_accepted else "never_accepted")


_S, _C = CaseState, CaseStep
_PML = "人民调解法第{}条"
_RULES = "SF/T 0083-2020 人民调解工作规范"
_PRACTICE = "本区工作制度"

CASE_LIFE: StateTable[CaseStep, CaseState, CaseFacts] = StateTable(
    (
        Transition(_C.ACCEPT, frozenset({_S.RECEIVED}), _S.ACCEPTED, nobody_refuses, _PML.format("十七")),
        Transition(_C.REFUSE, frozenset({_S.RECEIVED}), _S.REFUSED, always, _RULES),
        Transition(_C.REFER, frozenset({_S.RECEIVED, _S.ACCEPTED, _S.IN_MEDIATION}), _S.REFERRED, always, _PRACTICE),
        Transition(_C.TAKE_OVER, frozenset({_S.REFERRED}), _S.ACCEPTED, nobody_refuses, _PML.format("十七")),
        Transition(_C.RETURN, frozenset({_S.REFERRED}), _S.ACCEPTED, rarely_and_was_accepted, _PRACTICE),
        Transition(_C.RETURN, frozenset({_S.REFERRED}), _S.RECEIVED, returned_rarely, _PRACTICE),
        Transition(_C.START, frozenset({_S.ACCEPTED, _S.IN_MEDIATION}), _S.IN_MEDIATION, may_start, _RULES),
        Transition(
            _C.SETTLE, frozenset({_S.ACCEPTED, _S.IN_MEDIATION}), _S.AGREED, mediator_ready, _PML.format("二十八")
        ),
        Transition(_C.END, frozenset({_S.ACCEPTED, _S.IN_MEDIATION}), _S.CLOSED, always, _PML.format("二十六")),
        Transition(_C.CLOSE, frozenset({_S.AGREED}), _S.CLOSED, always, _PML.format("三十一")),
        Transition(
            _C.WITHDRAW,
            frozenset({_S.RECEIVED, _S.ACCEPTED, _S.IN_MEDIATION, _S.REFERRED}),
            _S.WITHDRAWN,
            always,
            _PML.format("二十三"),
        ),
        Transition(_C.REOPEN, frozenset({_S.AGREED}), _S.IN_MEDIATION, always, _PML.format("三十三")),
        Transition(_C.REOPEN, frozenset({_S.CLOSED, _S.REFUSED, _S.WITHDRAWN}), _S.RECEIVED, always, _PRACTICE),
    ),
    state_of=lambda facts: facts.state,
)

OPEN_STATES = frozenset({_S.RECEIVED, _S.ACCEPTED, _S.IN_MEDIATION, _S.REFERRED, _S.AGREED})
"""Somebody still has something to do."""
