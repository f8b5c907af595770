"""Jinja filters: instants, days, money, masked data, as people write them in each language."""

from datetime import date, datetime

from flask import Flask

from mediation.kernel.clock import CHINA
from mediation.kernel.text import WEEKDAYS, masked_id_number, masked_name, masked_phone, money_capital
from mediation.web.db import clock
from mediation.web.i18n import locale

_EN_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EN_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _chinese() -> bool:
    return locale().startswith("zh")


def weekday(value: date | datetime) -> str:
    """星期一, Monday."""
    on = _day_of(value)
    return f"星期{WEEKDAYS[on.weekday()]}" if _chinese() else _EN_DAYS[on.weekday()]


def short_weekday(value: date | datetime) -> str:
    """一, Mon: the head of a column."""
    return weekday(value)[-1] if _chinese() else weekday(value)[:3]


def month(value: date) -> str:
    """2026年11月, November 2026."""
    return f"{value.year}年{value.month}月" if _chinese() else f"{_EN_MONTHS[value.month - 1]} {value.year}"


def day(value: date | datetime | None) -> str:
    """2026年11月23日（星期一）, Monday 23 November 2026."""
    if value is None:
        return ""
    on = _day_of(value)
    if _chinese():
        return f"{on.year}年{on.month}月{on.day}日（{weekday(on)}）"
    return f"{weekday(on)} {on.day} {_EN_MONTHS[on.month - 1]} {on.year}"


def short_day(value: date | datetime | None) -> str:
    """11月23日, 23 Nov."""
    if value is None:
        return ""
    on = _day_of(value)
    return f"{on.month}月{on.day}日" if _chinese() else f"{on.day} {_EN_MONTHS[on.month - 1][:3]}"


def clock_time(value: datetime | None) -> str:
    """14:30 in the organisation's zone."""
    return "" if value is None else value.astimezone(CHINA).strftime("%H:%M")


def instant(value: datetime | None) -> str:
    """2026年11月23日（星期一）14:30; Monday 23 November 2026, 14:30."""
    if value is None:
        return ""
    return f"{day(value)}{'' if _chinese() else ', '}{clock_time(value)}"


def money(fen: int | None) -> str:
    """¥1,234.50."""
    return "" if fen is None else f"¥{fen / 100:,.2f}"


def _day_of(value: date | datetime) -> date:
    return value.astimezone(CHINA).date() if isinstance(value, datetime) else value


def init_app(app: Flask) -> None:
    app.context_processor(lambda: {"now": clock()()})
    app.jinja_env.filters.update(
        weekday=weekday,
        day=day,
        month=month,
        date_cn=day,
        short_day=short_day,
        clock_time=clock_time,
        instant=instant,
        money=money,
        money_capital=money_capital,
        masked_name=lambda text: masked_name(text or ""),
        masked_phone=lambda text: masked_phone(text or ""),
        masked_id=lambda text: masked_id_number(text or ""),
    )
