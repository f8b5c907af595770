"""Working days of the People's Republic of China: pure calendar arithmetic over known overrides.

A day works as its weekday says unless an override says otherwise (a public holiday, or a weekend worked to make
up, 调休). Overrides are known year by year: the State Council publishes next year's in November. Beyond
`KNOWN_UNTIL` a result is provisional, and says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

Overrides = Mapping[date, bool]
"""Day -> whether it is worked."""

KNOWN_UNTIL: Final = date(2026, 12, 31)

SOURCE_2025: Final = "国务院办公厅关于2025年部分节假日安排的通知 (2024-11)"
SOURCE_2026: Final = "国务院办公厅关于2026年部分节假日安排的通知 (2025-11)"


@dataclass(frozen=True, slots=True)
class Holiday:
    """One holiday of the notice: first and last day off, and the weekend days worked for it."""

    label: str
    first: date
    last: date
    made_up_on: tuple[date, ...] = ()


# Days off and make-up days of SOURCE_2025.
HOLIDAYS_2025: Final = (
    Holiday("元旦", date(2025, 1, 1), date(2025, 1, 1)),
    Holiday("春节", date(2025, 1, 28), date(2025, 2, 4), (date(2025, 1, 26), date(2025, 2, 8))),
    Holiday("清明节", date(2025, 4, 4), date(2025, 4, 6)),
    Holiday("劳动节", date(2025, 5, 1), date(2025, 5, 5), (date(2025, 4, 27),)),
    Holiday("端午节", date(2025, 5, 31), date(2025, 6, 2)),
    Holiday("国庆节、中秋节", date(2025, 10, 1), date(2025, 10, 8), (date(2025, 9, 28), date(2025, 10, 11))),
)

# Days off and make-up days: SOURCE_2026; compared day by day with the packages `holidays` 0.109 and
# `chinesecalendar`, which agree on all 365 days of 2026.
HOLIDAYS_2026: Final = (
    Holiday("元旦", date(2026, 1, 1), date(2026, 1, 3), (date(2026, 1, 4),)),
    Holiday("春节", date(2026, 2, 15), date(2026, 2, 23), (date(2026, 2, 14), date(2026, 2, 28))),
    Holiday("清明节", date(2026, 4, 4), date(2026, 4, 6)),
    Holiday("劳动节", date(2026, 5, 1), date(2026, 5, 5), (date(2026, 5, 9),)),
    Holiday("端午节", date(2026, 6, 19), date(2026, 6, 21)),
    Holiday("中秋节", date(2026, 9, 25), date(2026, 9, 27)),
    Holiday("国庆节", date(2026, 10, 1), date(2026, 10, 7), (date(2026, 9, 20), date(2026, 10, 10))),
)


@dataclass(frozen=True, slots=True)
class Override:
    """A day that is not what its weekday says."""

    on: date
    is_working: bool
    label: str
    source: str


_ENGLISH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "元旦": "New Year",
        "春节": "Spring Festival",
        "清明节": "Qingming Festival",
        "劳动节": "Labour Day",
        "端午节": "Dragon Boat Festival",
        "中秋节": "Mid-Autumn Festival",
        "国庆节": "National Day",
    }
)
_MADE_UP: Final = "调休"


def holiday_name(label: str, locale: str) -> str:
    """A holiday as the notices name it, in the reader's language; what is no public holiday's name stays as it is."""
    if locale.startswith("zh"):
        return label
    names = [_ENGLISH.get(name) for name in label.removesuffix(_MADE_UP).split("、")]
    if not all(names):
        return label
    english = " and ".join(filter(None, names))
    return f"{english}, day worked to make up" if label.endswith(_MADE_UP) else english


def is_weekday(day: date) -> bool:
    return day.weekday() < 5  # noqa: PLR2004 - Monday to Friday


def overrides_of(holidays: tuple[Holiday, ...], source: str) -> tuple[Override, ...]:
    """Every day of `holidays`, and the days worked for them. A weekend inside a holiday is a holiday too: nobody who
    gives their Saturdays is booked then.
    """
    rows: list[Override] = []
    for holiday in holidays:
        n_days = (holiday.last - holiday.first).days + 1
        off = (holiday.first + timedelta(days=i) for i in range(n_days))
        rows += [Override(day, is_working=False, label=holiday.label, source=source) for day in off]
        rows += [
            Override(day, is_working=True, label=f"{holiday.label}调休", source=source) for day in holiday.made_up_on
        ]
    return tuple(sorted(rows, key=lambda row: row.on))


PUBLISHED: Final = (*overrides_of(HOLIDAYS_2025, SOURCE_2025), *overrides_of(HOLIDAYS_2026, SOURCE_2026))
KNOWN: Final[Overrides] = MappingProxyType({row.on: row.is_working for row in PUBLISHED})
"""What the notices say; a district's corrections come from the table, by `orgs.queries.overrides`."""


def is_workday(day: date, overrides: Overrides = KNOWN) -> bool:
    return overrides.get(day, is_weekday(day))


def is_known(day: date, known_until: date = KNOWN_UNTIL) -> bool:
    """Whether the holidays of `day`'s year were published; else its answer is provisional."""
    return day <= known_until


def add_working_days(start: date, n: int, overrides: Overrides = KNOWN) -> date:
    """The n-th working day after `start`; the day of the event does not count (Civil Code art. 201).

    `n` is 1 or more. Raises: ValueError for less.
    """
    if n < 1:
        raise ValueError(f"a period of {n} working days")
    day = start
    while n:
        day += timedelta(days=1)
        n -= is_workday(day, overrides)
    return day


def next_workday(day: date, overrides: Overrides = KNOWN) -> date:
    """`day` itself when it is worked, else the first working day after it.

    A period that ends on a holiday ends on the day after it (Civil Code art. 203).
    """
    while not is_workday(day, overrides):
        day += timedelta(days=1)
    return day


def working_days_between(start: date, end: date, overrides: Overrides = KNOWN) -> int:
    """Working days after `start` up to and with `end`; negative when `end` lies before."""
    if end < start:
        return -working_days_between(end, start, overrides)
    return sum(is_workday(start + timedelta(days=i), overrides) for i in range(1, (end - start).days + 1))
