"""The State Council's yearly notice of holidays, read by rules, line by line. Pure.

Its wording: `一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。`
What a line says twice (the weekday, the number of days) must agree: a slip of the pen is found and not applied.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from mediation.kernel.codes import Code
from mediation.orgs.workdays import Holiday

LONGEST: Final = 20_000
"""Characters of a notice; a real one has 700."""
EXPECTED: Final = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")


class LineFault(Code):
    """Why a line of the notice cannot be applied."""

    UNREADABLE = "unreadable", "这一行读不懂", "This line cannot be read"
    NO_SUCH_DAY = "no_such_day", "日期不存在", "There is no such day"
    WRONG_WEEKDAY = "wrong_weekday", "日期和星期对不上", "The date and the weekday do not agree"
    WRONG_COUNT = "wrong_count", "日期和天数对不上", "The dates and the number of days do not agree"
    WRONG_YEAR = "wrong_year", "日期不在这一年", "The day lies in another year"
    TWICE = "twice", "同一天出现了两次", "A day is named twice"


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands in the text (`number` from 1) and what was read from it."""

    number: int
    text: str
    holiday: Holiday | None = None
    fault: LineFault | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A notice as it was read. It can be applied when nothing is wrong and nothing is missing."""

    year: int
    lines: tuple[Line, ...]
    missing: tuple[str, ...]
    """Holidays that every notice has and this text does not."""

    @property
    def faults(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.fault is not None)

    @property
    def holidays(self) -> tuple[Holiday, ...]:
        return tuple(line.holiday for line in self.lines if line.holiday is not None)

    @property
    def is_good(self) -> bool:
        return not self.faults and not self.missing


def year_of(text: str) -> int | None:
    """The year that the heading names."""
    found = re.search(r"关于(\d{4})年部分节假日", unicodedata.normalize("NFKC", text).replace(" ", ""))
    return int(found[1]) if found else None


def read(text: str, year: int) -> Reading:
    """Every line that is not empty, with what it says or why it cannot be read."""
    lines = [_line(i, line.strip(), year) for i, line in enumerate(text.splitlines(), 1) if line.strip()]
    lines = _twice(lines)
    named = "".join(line.holiday.label for line in lines if line.holiday is not None)
    known = named + "".join(line.text for line in lines if line.fault is not None)
    return Reading(year, tuple(lines), tuple(one for one in EXPECTED if one not in known))


_ITEM: Final = re.compile(
    r"(?:[一二三四五六七八九十]+、|\d+[.、])?(?P<label>[\u4e00-\u9fff、]{2,15}):(?P<rest>.*(?:放假|上班).*)"
)
_NUMBERED: Final = re.compile(r"[一二三四五六七八九十]+、")
_DAY: Final = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^()]*)\))?"
_OFF: Final = re.compile(
    rf"{_DAY}(?:至{_DAY})?放假(?:调休)?(?:(?P<n>\d+)天)?(?:,(?:与周末连休|不调休|共(?P<total>\d+)天))*"
)
_WORKED: Final = re.compile(rf"{_DAY}(?:、{_DAY})*上班")
_WEEKDAYS: Final = "一二三四五六日"


class _Unfit(Exception):
    def __init__(self, fault: LineFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def _line(number: int, text: str, year: int) -> Line:
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    match = _ITEM.fullmatch(plain)
    if match is None:
        speaks = _NUMBERED.match(plain) or "放假" in plain.replace("放假调休日期", "") or "上班" in plain
        return Line(number, text, fault=LineFault.UNREADABLE if speaks else None)
    try:
        return Line(number, text, holiday=_holiday(match["label"], match["rest"], year))
    except _Unfit as unfit:
        return Line(number, text, fault=unfit.fault)


def _holiday(label: str, rest: str, year: int) -> Holiday:
    off: tuple[date, date] | None = None
    worked: tuple[date, ...] = ()
    for sentence in (part for part in rest.split("。") if part and not part.startswith("鼓励")):
        if off is None and (found := _OFF.fullmatch(sentence)):
            off = _stretch(found, year)
        elif not worked and _WORKED.fullmatch(sentence):
            worked = tuple(_days(sentence, year))
        else:
            raise _Unfit(LineFault.UNREADABLE)
    if off is None:
        raise _Unfit(LineFault.UNREADABLE)
    return Holiday(label, *off, worked)


def _stretch(found: re.Match[str], year: int) -> tuple[date, date]:
    days = list(_days(found[0].split("放假")[0], year))
    first, last = days[0], days[-1]
    n = (last - first).days + 1
    if n < 1:
        raise _Unfit(LineFault.NO_SUCH_DAY)
    if any(count is not None and int(count) != n for count in (found["n"], found["total"])):
        raise _Unfit(LineFault.WRONG_COUNT)
    return first, last


def _days(text: str, year: int) -> Iterator[date]:
    """The days that a sentence names; a day without a month lies in the month of the one before it."""
    month = ""
    for found in re.finditer(_DAY, text):
        written_year, written_month, day, weekday = found.groups()
        month = written_month or month
        try:
            named = date(int(written_year or year), int(month or 0), int(day))
        except ValueError as error:
            raise _Unfit(LineFault.NO_SUCH_DAY) from error
        if not date(year - 1, 12, 20) <= named <= date(year, 12, 31):
            raise _Unfit(LineFault.WRONG_YEAR)
        said = re.search(r"(?:周|星期)([一二三四五六日天])", weekday or "")
        if said and _WEEKDAYS.index(said[1].replace("天", "日")) != named.weekday():
            raise _Unfit(LineFault.WRONG_WEEKDAY)
        yield named


def _twice(lines: list[Line]) -> list[Line]:
    """A day that two lines name, or one line as off and as worked, is an error of the later line."""
    seen: Counter[date] = Counter()
    checked = []
    for line in lines:
        mine = Counter(_every_day(line.holiday)) if line.holiday is not None else Counter[date]()
        again = any(n > 1 or day in seen for day, n in mine.items())
        seen.update(mine)
        checked.append(replace(line, holiday=None, fault=LineFault.TWICE) if again else line)
    return checked


def _every_day(holiday: Holiday) -> Iterator[date]:
    yield from (holiday.first + timedelta(days=i) for i in range((holiday.last - holiday.first).days + 1))
    yield from holiday.made_up_on
