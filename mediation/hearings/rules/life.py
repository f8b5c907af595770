"""The life of a hearing: what may follow what. Pure; approved as docs/states/hearing_life.md."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from mediation.hearings.rules.codes import HearingState
from mediation.kernel.statetable import StateTable, Transition, always

OPENS_BEFORE: Final = timedelta(minutes=30)
"""How long before its time the neutral may open the waiting room."""
COUNTDOWN_S: Final = 10
"""Default of the time between the neutral's word and the beginning: everybody sees and hears it."""
REOPEN_WITHIN: Final = timedelta(minutes=10)
"""How long after closing the neutral may undo it (HMCTS cannot reopen; shared/HEARINGS.md section 5 no. 11)."""


class HearingStep(StrEnum):
    OPEN = "open"
    COUNT_DOWN = "count_down"
    """The neutral begins: the seconds run, for all to see."""
    STOP_COUNT = "stop_count"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    SUSPEND = "suspend"
    CLOSE = "close"
    REOPEN = "reopen"
    MOVE = "move"
    """The booking got another time."""
    CANCEL = "cancel"
    """The booking was cancelled."""


@dataclass(frozen=True, slots=True)
class HearingFacts:
    """What the table may look at."""

    state: HearingState
    now: datetime
    starts_at: datetime
    closed_at: datetime | None = None
    begins_at: datetime | None = None
    """When the seconds before the beginning have run out; None: they do not run."""
    by_supervisor: bool = False
    neutral_in_room: bool = False
    n_parties_in_room: int = 0

    @property
    def opens_at(self) -> datetime:
        return self.starts_at - OPENS_BEFORE


def in_time_to_open(facts: HearingFacts) -> str | None:
    return None if facts.now >= facts.opens_at else "too_early"


def somebody_to_hear(facts: HearingFacts) -> str | None:
    """A session needs the neutral and at least one of the parties in the room."""
    if not facts.neutral_in_room:
        return "neutral_absent"
    return None if facts.n_parties_in_room else "nobody_in_room"


def may_count_down(facts: HearingFacts) -> str | None:
    return "not_now" if facts.begins_at is not None else somebody_to_hear(facts)


def counts_down(facts: HearingFacts) -> str | None:
    return None if facts.begins_at is not None else "not_now"


def has_counted_down(facts: HearingFacts) -> str | None:
    """A second press of the button does not cut the seconds short."""
    if facts.begins_at is not None and facts.now < facts.begins_at:
        return "not_now"
    return somebody_to_hear(facts)


def neutral_is_there(facts: HearingFacts) -> str | None:
    return None if facts.neutral_in_room else "neutral_absent"


def may_reopen(facts: HearingFacts) -> str | None:
    """The neutral soon after, a supervisor at any time."""
    if facts.by_supervisor:
        return None
    if facts.closed_at is not None and facts.now - facts.closed_at <= REOPEN_WITHIN:
        return None
    return "too_late_to_reopen"


_S = HearingState
_DESIGN = "shared/HEARINGS.md section 1"
_HMCTS = "shared/HEARINGS.md section 5 no. 11"
_BEGIN = "shared/HEARINGS.md section 6: start with countdown"
_BOOKING = "shared/ARCHITECTURE.md: the booking decides the time"


def _arrow(
    step: HearingStep,
    sources: set[HearingState],
    target: HearingState,
    guard: object = always,
    basis: str = _DESIGN,
) -> Transition[HearingStep, HearingState, HearingFacts]:
    return Transition(step, frozenset(sources), target, guard, basis)  # type: ignore[arg-type]


HEARING_LIFE: Final[StateTable[HearingStep, HearingState, HearingFacts]] = StateTable(
    (
        _arrow(HearingStep.OPEN, {_S.SCHEDULED, _S.SUSPENDED}, _S.OPEN, in_time_to_open),
        _arrow(HearingStep.COUNT_DOWN, {_S.OPEN}, _S.OPEN, may_count_down, _BEGIN),
        _arrow(HearingStep.STOP_COUNT, {_S.OPEN}, _S.OPEN, counts_down, _BEGIN),
        _arrow(HearingStep.START, {_S.OPEN}, _S.IN_SESSION, has_counted_down),
        _arrow(HearingStep.PAUSE, {_S.IN_SESSION}, _S.PAUSED),
        _arrow(HearingStep.RESUME, {_S.PAUSED}, _S.IN_SESSION, neutral_is_there),
        _arrow(HearingStep.SUSPEND, {_S.IN_SESSION, _S.PAUSED}, _S.SUSPENDED),
        _arrow(HearingStep.CLOSE, {_S.OPEN, _S.IN_SESSION, _S.PAUSED, _S.SUSPENDED}, _S.CLOSED),
        _arrow(HearingStep.REOPEN, {_S.CLOSED}, _S.OPEN, may_reopen, _HMCTS),
        _arrow(HearingStep.MOVE, {_S.SCHEDULED, _S.OPEN}, _S.SCHEDULED, basis=_BOOKING),
        _arrow(HearingStep.CANCEL, {_S.SCHEDULED, _S.OPEN}, _S.CANCELLED, basis=_BOOKING),
    ),
    state_of=lambda facts: facts.state,
)

NEUTRALS_STEPS: Final = (
    HearingStep.OPEN,
    HearingStep.COUNT_DOWN,
    HearingStep.STOP_COUNT,
    HearingStep.START,
    HearingStep.PAUSE,
    HearingStep.RESUME,
    HearingStep.SUSPEND,
    HearingStep.CLOSE,
    HearingStep.REOPEN,
)
"""The steps that are buttons; the others follow from the booking."""

GATHERING: Final = frozenset({_S.OPEN, _S.IN_SESSION, _S.PAUSED})
"""The neutral admits people from the waiting room into the main room."""

OVER: Final = frozenset({_S.CLOSED, _S.CANCELLED})
"""Nobody comes in any more."""
