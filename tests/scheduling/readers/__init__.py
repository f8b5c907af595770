"""What three programs that are not the author's library understand of a calendar: ical.js, libical, vobject."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import vobject

from tests.fixtures.servers import missing

HERE = Path(__file__).parent
DEBIAN_PYTHON = "/usr/bin/python3"


@dataclass(frozen=True)
class Understood:
    uid: str
    sequence: int
    status: str
    summary: str
    location: str
    description: str
    starts: int
    ends: int
    stamp: int
    attendees: tuple[tuple[str, str], ...]
    names: frozenset[str]


@dataclass(frozen=True)
class Reading:
    method: str
    events: tuple[Understood, ...]
    busy: tuple[tuple[int, int], ...] = ()
    """Periods of VFREEBUSY."""
    open: tuple[tuple[int, int], ...] = ()
    """Spans of VAVAILABILITY; `otherwise` says what the rest of the time is."""
    otherwise: tuple[str, ...] = ()


def ical_js(body: bytes) -> Reading:
    node = shutil.which("node") or missing("Node")
    return _by_program([str(node), str(HERE / "ical_js.mjs")], body)


def libical(body: bytes) -> Reading:
    probe = [DEBIAN_PYTHON, "-c", "import gi; gi.require_version('ICalGLib', '3.0')"]
    if not Path(DEBIAN_PYTHON).exists() or subprocess.run(probe, capture_output=True, check=False).returncode:
        missing("gir1.2-ical-3.0 with python3-gi")
    return _by_program([DEBIAN_PYTHON, str(HERE / "libical.py")], body)


def _by_program(command: list[str], body: bytes) -> Reading:
    done = subprocess.run(command, input=body, capture_output=True, timeout=60, check=False)
    if done.returncode:
        raise ValueError(done.stderr.decode()[-2000:])
    found = json.loads(done.stdout)
    return Reading(
        found["method"],
        tuple(_understood(one) for one in found["events"]),
        tuple((one, two) for one, two in found["busy"]),
        tuple((one, two) for one, two in found["open"]),
        tuple(found["else"]),
    )


def _understood(one: dict[str, Any]) -> Understood:
    people = tuple((address, name) for address, name in one["attendees"])
    return Understood(**{**one, "attendees": people, "names": frozenset(one["names"])})


def by_vobject(body: bytes) -> Reading:
    root = vobject.readOne(body.decode(), allowQP=False)
    taken = [
        period for one in root.contents.get("vfreebusy", []) for each in one.freebusy_list for period in each.value
    ]
    hours = root.contents.get("vavailability", [])
    spans = [one for each in hours for one in each.contents.get("available", [])]
    return Reading(
        _text(root, "method"),
        tuple(_of_vobject(one) for one in root.contents.get("vevent", [])),
        tuple((int(begin.timestamp()), int(_end(begin, end).timestamp())) for begin, end in taken),
        tuple((_instant(one, "dtstart"), _instant(one, "dtend")) for one in spans),
        tuple(_text(each, "busytype") for each in hours),
    )


def _end(begin: datetime, end: datetime | timedelta) -> datetime:
    return begin + end if isinstance(end, timedelta) else end


def _of_vobject(event: Any) -> Understood:
    return Understood(
        uid=_text(event, "uid"),
        sequence=int(_text(event, "sequence") or 0),
        status=_text(event, "status"),
        summary=_text(event, "summary"),
        location=_text(event, "location"),
        description=_text(event, "description"),
        starts=_instant(event, "dtstart"),
        ends=_instant(event, "dtend"),
        stamp=_instant(event, "dtstamp"),
        attendees=tuple((one.value, "".join(one.params.get("CN", []))) for one in event.contents.get("attendee", [])),
        names=frozenset(event.contents),
    )


def _text(component: Any, name: str) -> str:
    return str(getattr(component, name).value) if name in component.contents else ""


def _instant(event: Any, name: str) -> int:
    return int(getattr(event, name).value.timestamp()) if name in event.contents else 0


READERS: dict[str, Callable[[bytes], Reading]] = {"ical.js": ical_js, "libical": libical, "vobject": by_vobject}
