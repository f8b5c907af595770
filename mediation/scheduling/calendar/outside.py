"""Somebody's outside calendar, read by a process that is stopped when it takes too long (calendar.reader)."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import mediation

LIMIT_S: Final = 30.0
BACK: Final = timedelta(days=1)
AHEAD: Final = timedelta(days=366)
_ROOT: Final = Path(mediation.__file__).parents[1]


class _Installed:
    networks: tuple[str, ...] = ()


def configure(networks: tuple[str, ...]) -> None:
    """Networks of our own in which calendar addresses may lie all the same."""
    _Installed.networks = networks


@dataclass(frozen=True, slots=True)
class Read:
    """What was understood; with a `fault` nothing was."""

    busy: tuple[tuple[datetime, datetime], ...] = ()
    left_out: int = 0
    fault: str = ""


def read(*, now: datetime, address: str = "", body: bytes = b"") -> Read:
    """Read an address, or a file; never longer than LIMIT_S, whatever stands there."""
    asked = {
        "address": address,
        "networks": _Installed.networks,
        "from_at": (now - BACK).isoformat(),
        "to_at": (now + AHEAD).isoformat(),
    }
    command = [sys.executable, "-m", "mediation.scheduling.calendar.reader"]
    given = json.dumps(asked).encode() + b"\n" + body
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command, input=given, capture_output=True, timeout=LIMIT_S, check=False, cwd=_ROOT, env={}
        )
    except subprocess.TimeoutExpired:
        return Read(fault="calendar_too_slow")
    if done.returncode < 0:  # the system stopped it: too many seconds
        return Read(fault="calendar_too_slow")
    if done.returncode:
        return Read(fault="calendar_too_large" if b"MemoryError" in done.stderr else "calendar_unreadable")
    return _answer(json.loads(done.stdout))


def _answer(found: dict[str, Any]) -> Read:
    if "fault" in found:
        return Read(fault=str(found["fault"]))
    busy = tuple((datetime.fromtimestamp(one, UTC), datetime.fromtimestamp(other, UTC)) for one, other in found["busy"])
    return Read(busy, int(found["left_out"]))
