"""Somebody's own calendar, as any program writes it -> the times they are busy. Pure, tolerant, bounded.

Not through the library: a hundred thousand events take it a minute; only times are read here, in one pass.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from itertools import takewhile
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rruleset, rrulestr
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from mediation.kernel.clock import CHINA
from mediation.kernel.errors import Invalid

MOST_BYTES: Final = 10_000_000
MOST_TURNS: Final = 20_000
"""Of one repeating event, from its first day on where a COUNT forbids to skip."""
MOST_PERIODS: Final = 20_000
OWN_UID: Final = re.compile(r"booking-\w+@tiaohe\.invalid")
"""Our own bookings, which come back when a phone's calendar holds our feed."""
_LINE: Final = re.compile(r"([A-Za-z0-9-]+)((?:;[^:;=]+=(?:\"[^\"]*\"|[^\":;])*)*):(.*)", re.DOTALL)
_PARAMETER: Final = re.compile(r";([^=]+)=(\"[^\"]*\"|[^\";]*)")
_DURATION: Final = re.compile(r"\+?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?")
_INSTANT: Final = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")
_OFFSET: Final = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?")
_STEP: Final = {"DAILY": timedelta(days=1), "WEEKLY": timedelta(weeks=1), "HOURLY": timedelta(hours=1)}
_TOO_OFTEN: Final = {"SECONDLY", "MINUTELY"}

Period = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Busy:
    periods: tuple[Period, ...]
    """In order, none touching the next."""
    left_out: int
    """Entries that could not be understood; the owner is told how many."""


@dataclass(frozen=True, slots=True)
class _Line:
    value: str
    parameters: dict[str, str]


@dataclass(slots=True)
class _Entry:
    lines: dict[str, list[_Line]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        found = self.lines.get(name)
        return found[0].value.strip() if found else ""


class _Unclear(Exception):
    """An entry that cannot be understood."""


def busy_times(body: bytes, *, from_at: datetime, to_at: datetime) -> Busy:
    """The busy times between two instants.

    Raises: Invalid `calendar_too_large`; `calendar_unreadable` for what is no calendar, or only half of one.
    """
    if len(body) > MOST_BYTES:
        raise Invalid("calendar_too_large", field="file")
    reader = _Reader(_text(body), from_at, to_at)
    periods = _merged(list(reader.periods()))
    return Busy(tuple(periods), reader.left_out)


def _text(body: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return body.decode(errors="replace")


def _merged(periods: list[Period]) -> list[Period]:
    merged: list[Period] = []
    for starts_at, ends_at in sorted(periods):
        if merged and starts_at <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ends_at, merged[-1][1]))
        else:
            merged.append((starts_at, ends_at))
    return merged


class _Reader:
    """One pass over the lines, one over the entries."""

    def __init__(self, text: str, from_at: datetime, to_at: datetime) -> None:
        self.left_out = 0
        self._from_at, self._to_at = from_at, to_at
        self._zones: dict[str, tzinfo] = {}
        self._zone_id = ""
        self._floating: tzinfo = CHINA
        self._entries: list[_Entry] = []
        self._read(text)

    def _read(self, text: str) -> None:
        within: list[str] = []
        begun = False
        for raw in _unfolded(text):
            name, line = _line(raw)
            if name == "BEGIN":
                within.append(line.value.strip().upper())
                begun = begun or within == ["VCALENDAR"]
                if within[-1] == "VEVENT":
                    self._entries.append(_Entry())
            elif name == "END":
                within = within[:-1]
            elif within[-1:] == ["VEVENT"]:
                self._entries[-1].lines.setdefault(name, []).append(line)
            else:
                self._note(within, name, line.value.strip())
        if within or not begun:
            raise Invalid("calendar_unreadable", field="file")

    def _note(self, within: list[str], name: str, value: str) -> None:
        """What the file says about its zones."""
        if name == "TZID" and within[-1:] == ["VTIMEZONE"]:
            self._zone_id = value
        elif name == "TZOFFSETTO" and within[-1:] == ["STANDARD"]:
            self._zones[self._zone_id] = _offset(value)
        elif name == "X-WR-TIMEZONE" and within == ["VCALENDAR"]:
            self._floating = self._zone(value)

    def _zone(self, name: str) -> tzinfo:
        """A zone by its name, by the name Windows gives it, or by the block in the file."""
        key = name.strip('"').rpartition("tzfile/")[2].lstrip("/")
        try:
            return ZoneInfo(WINDOWS_TO_OLSON.get(key, key))
        except (KeyError, ValueError, OSError):
            return self._zones.get(name.strip('"'), CHINA)

    def periods(self) -> Iterator[Period]:
        """Those that touch the time that was asked for. Raises: Invalid `calendar_too_large`."""
        changed = self._changed()
        n = 0
        for entry in self._entries:
            if _is_free(entry):
                continue
            try:
                found = list(self._of_entry(entry, changed.get(entry.text("UID"), set())))
            except (_Unclear, ValueError, OverflowError, TypeError, KeyError):
                self.left_out += 1
                continue
            for period in found:
                if period[0] < self._to_at and period[1] > self._from_at:
                    n += 1
                    yield period
            if n > MOST_PERIODS:
                raise Invalid("calendar_too_large", field="file")

    def _changed(self) -> dict[str, set[datetime]]:
        """UID -> turns of a repeating entry that another entry stands for."""
        changed: dict[str, set[datetime]] = {}
        for entry in self._entries:
            if "RECURRENCE-ID" in entry.lines:
                with suppress(_Unclear, ValueError):
                    changed.setdefault(entry.text("UID"), set()).add(self._instant(entry, "RECURRENCE-ID"))
        return changed

    def _of_entry(self, entry: _Entry, changed: set[datetime]) -> Iterator[Period]:
        starts_at = self._instant(entry, "DTSTART")
        length = self._length(entry, starts_at)
        if length <= timedelta():
            return
        repeats = "RRULE" in entry.lines or "RDATE" in entry.lines
        if not repeats or "RECURRENCE-ID" in entry.lines:
            yield starts_at, starts_at + length
            return
        for begin in self._turns(entry, starts_at, length):
            if begin not in changed:
                yield begin, begin + length

    def _length(self, entry: _Entry, starts_at: datetime) -> timedelta:
        if "DTEND" in entry.lines:
            return self._instant(entry, "DTEND") - starts_at
        if "DURATION" in entry.lines:
            found = _DURATION.fullmatch(entry.text("DURATION").upper())
            if found is None:
                raise _Unclear
            weeks, days, hours, minutes, seconds = (int(one or 0) for one in found.groups())
            return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        return timedelta(days=1) if "T" not in entry.text("DTSTART") else timedelta()

    def _instant(self, entry: _Entry, name: str) -> datetime:
        if name not in entry.lines:
            raise _Unclear
        return self._wall(entry.lines[name][0], entry.text(name)).astimezone(UTC)

    def _wall(self, line: _Line, text: str) -> datetime:
        """Aware, in the zone that the line names: repeating goes by the clock on the wall."""
        found = _INSTANT.fullmatch(text.strip())
        if found is None:
            raise _Unclear
        day = date(int(found[1][:4]), int(found[1][4:6]), int(found[1][6:]))
        at = found[2] or "000000"
        wall = datetime.combine(day, time(int(at[:2]), int(at[2:4]), min(int(at[4:]), 59)))
        if found[3]:
            return wall.replace(tzinfo=UTC)
        name = line.parameters.get("TZID")
        return wall.replace(tzinfo=self._zone(name) if name and found[2] else self._floating)

    def _turns(self, entry: _Entry, starts_at: datetime, length: timedelta) -> Iterator[datetime]:
        first = self._wall(entry.lines["DTSTART"][0], entry.text("DTSTART"))
        zone, wall = first.tzinfo or CHINA, first.replace(tzinfo=None)
        last = self._to_at.astimezone(zone).replace(tzinfo=None)
        early = (self._from_at - length).astimezone(zone).replace(tzinfo=None) - timedelta(days=1)
        turns = rruleset()
        for line in entry.lines.get("RRULE", []):
            turns.rrule(_rule(line.value, wall, zone, early=early, last=last))
        for day in self._days(entry, "RDATE", zone):
            turns.rdate(day)
        for day in self._days(entry, "EXDATE", zone):
            turns.exdate(day)
        if "RRULE" not in entry.lines:
            yield starts_at
        for turn in _at_most(MOST_TURNS, takewhile(lambda turn: turn <= last, turns)):
            if turn >= early:
                yield turn.replace(tzinfo=zone).astimezone(UTC)

    def _days(self, entry: _Entry, name: str, zone: tzinfo) -> Iterator[datetime]:
        """The instants of a list, as the clock on the wall shows them."""
        for line in entry.lines.get(name, []):
            for text in line.value.split(","):
                yield self._wall(line, text.partition("/")[0]).astimezone(zone).replace(tzinfo=None)


def _rule(text: str, wall: datetime, zone: tzinfo, *, early: datetime, last: datetime) -> rrule:
    """The rule from its first turn near the window on: a rule since 1900 must not be walked from there."""
    parts = dict(part.upper().split("=", 1) for part in text.strip().strip(";").split(";"))
    if parts.get("FREQ") in _TOO_OFTEN:
        raise _Unclear
    until = last
    if "UNTIL" in parts:
        found = _INSTANT.fullmatch(parts.pop("UNTIL"))
        if found is None:
            raise _Unclear
        stop = datetime.strptime(found[1] + (found[2] or "235959"), "%Y%m%d%H%M%S")  # noqa: DTZ007 - wall time
        until = min(last, stop.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None) if found[3] else stop)
    step = _STEP.get(parts.get("FREQ", ""))
    if step is not None and "COUNT" not in parts and wall < early:
        step *= max(1, int(parts.get("INTERVAL", "1")))
        wall += step * ((early - wall) // step)
    made = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=wall)
    if not isinstance(made, rrule):
        raise _Unclear
    return made if "COUNT" in parts else made.replace(until=until)


def _at_most(most: int, turns: Iterable[datetime]) -> Iterator[datetime]:
    for n, turn in enumerate(turns):
        if n == most:
            raise _Unclear
        yield turn


def _is_free(entry: _Entry) -> bool:
    """It takes no time: cancelled, marked as free, or our own booking come back."""
    return (
        entry.text("STATUS").upper() == "CANCELLED"
        or entry.text("TRANSP").upper() == "TRANSPARENT"
        or entry.text("X-MICROSOFT-CDO-BUSYSTATUS").upper() == "FREE"
        or OWN_UID.fullmatch(entry.text("UID")) is not None
    )


def _unfolded(text: str) -> Iterator[str]:
    parts: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line[:1] in (" ", "\t"):
            parts.append(line[1:])
            continue
        if parts:
            yield "".join(parts)
        parts = [line]
    yield "".join(parts)


def _line(raw: str) -> tuple[str, _Line]:
    found = _LINE.fullmatch(raw)
    if found is None:
        return "", _Line("", {})
    parameters = {name.upper(): value.strip('"') for name, value in _PARAMETER.findall(found[2])}
    return found[1].upper(), _Line(found[3], parameters)


def _offset(text: str) -> tzinfo:
    found = _OFFSET.fullmatch(text.strip())
    if found is None:
        return CHINA
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-offset if found[1] == "-" else offset) if offset < timedelta(days=1) else CHINA
