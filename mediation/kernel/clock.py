"""The only reader of the time. Everything else takes a Clock as parameter."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

CHINA = ZoneInfo("Asia/Shanghai")


def system_clock() -> datetime:
    """Now, aware, UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one place


def local_date(at: datetime, zone: ZoneInfo = CHINA) -> date:
    """The calendar day of an instant in the organisation's zone."""
    return at.astimezone(zone).date()
