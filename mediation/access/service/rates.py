"""Counting how often something was tried: one atomic statement, never count-then-insert."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from mediation.access.models import RateCount
from mediation.kernel import crypto
from mediation.kernel.errors import Limited


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `n` times in each window of `window`, per key."""

    name: str
    n: int
    window: timedelta

    def ordinal(self, now: datetime) -> int:
        return int(now.timestamp() // self.window.total_seconds())

    def minutes_left(self, now: datetime) -> int:
        """Minutes until the present window ends, rounded up."""
        seconds = self.window.total_seconds()
        return int((seconds - now.timestamp() % seconds + 59) // 60)


def count(session: Session, limit: Limit, subject: str, now: datetime) -> int:
    """Count one more for `subject` and say how many it makes in this window.

    Two processes that count at the same moment get two different numbers.
    """
    insert = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
    statement = insert(RateCount).values(key=_key(limit, subject), window=limit.ordinal(now), n=1)
    counted = statement.on_conflict_do_update(
        index_elements=[RateCount.key, RateCount.window], set_={"n": RateCount.n + 1}
    ).returning(RateCount.n)
    return session.execute(counted).scalar_one()


def spend(session: Session, limit: Limit, subject: str, now: datetime, *, code: str = "too_often") -> None:
    """Count one more.

    Raises: Limited with `minutes` when the limit is passed.
    """
    if count(session, limit, subject, now) > limit.n:
        raise Limited(code, minutes=limit.minutes_left(now))


def forget(session: Session, limit: Limit, subject: str) -> None:
    """Start again from nothing: the one who tried proved who they are."""
    session.execute(delete(RateCount).where(RateCount.key == _key(limit, subject)))


def sweep(session: Session, now: datetime, *, keep: timedelta = timedelta(days=2)) -> int:
    """Delete counts of windows that ended long ago; returns how many. `keep` exceeds the longest window."""
    gone = 0
    for window in {limit.window for limit in LIMITS}:
        names = [limit.name for limit in LIMITS if limit.window == window]
        oldest = int((now - keep).timestamp() // window.total_seconds())
        for name in names:
            rows = session.execute(
                delete(RateCount).where(RateCount.key.startswith(f"{name}:"), RateCount.window < oldest)
            )
            gone += rows.rowcount  # type: ignore[attr-defined]
    return gone


def _key(limit: Limit, subject: str) -> str:
    # Addresses and user names are personal data too: only their keyed hash is kept.
    return f"{limit.name}:{crypto.keyring().blind_index(subject, 'rate')}"


_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

SIGN_IN_NAME = Limit("sign-in-name", 5, timedelta(minutes=15))
SIGN_IN_ADDRESS = Limit("sign-in-address", 30, timedelta(minutes=15))
CODE_NUMBER_SOON = Limit("code-number-soon", 1, timedelta(seconds=30))
CODE_NUMBER = Limit("code-number", 5, _HOUR)
CODE_NUMBER_DAY = Limit("code-number-day", 10, _DAY)
CODE_ADDRESS = Limit("code-address", 20, _HOUR)
"""A station or an internet provider puts many residents behind one address, so this one is wide."""
CODE_ALL = Limit("code-all", 1000, _HOUR)
"""Of the whole installation: what an attacker with many numbers may cost."""
LINK_UNKNOWN = Limit("link-unknown", 60, timedelta(minutes=10))
SCREEN_CODE = Limit("screen-code", 10, timedelta(minutes=10))
VISIT_SCREEN = Limit("visit-screen", 10, timedelta(minutes=15))
"""Numbers and digits typed at one station's screen."""
VISIT_NUMBER = Limit("visit-number", 5, _DAY)
"""Digits typed for one queue number: four digits are soon guessed."""

LIMITS = (
    SIGN_IN_NAME,
    SIGN_IN_ADDRESS,
    CODE_NUMBER_SOON,
    CODE_NUMBER,
    CODE_NUMBER_DAY,
    CODE_ADDRESS,
    CODE_ALL,
    LINK_UNKNOWN,
    SCREEN_CODE,
    VISIT_SCREEN,
    VISIT_NUMBER,
)
