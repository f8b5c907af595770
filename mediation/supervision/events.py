"""What happens to time limits."""

from dataclasses import dataclass
from datetime import date

from mediation.kernel.events import Event
from mediation.supervision.rules.limits import TimerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerStarted(Event):
    kind: TimerKind
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerDone(Event):
    kind: TimerKind
    in_time: bool
