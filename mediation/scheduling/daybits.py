"""The bitmaps of owned time beside the claims: kept, read, compared, made anew.

Setting and clearing a bit are one atomic statement each (`w | bits`, `w & ~bits`), so that two who book different
hours of one mediator's day never write over each other, on either database.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    case,
    cast,
    delete,
    insert,
    literal,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy import bindparam as param
from sqlalchemy import func as sql
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from mediation.kernel.types import among
from mediation.scheduling.models import Claim, DayBits, Resource
from mediation.scheduling.rules.bits import DAY, WORD, WORDS, Window, of_words, words_of
from mediation.scheduling.rules.codes import ResourceKind

Owned = tuple[int, int, int]
"""Resource, unit, quantum."""

_WORDS: Final = tuple(getattr(DayBits, f"w{i}") for i in range(WORDS))


def insert_of(session: Session) -> Any:
    """The database's own INSERT, which knows ON CONFLICT."""
    return insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite


def change(session: Session, *, taken: Iterable[Owned] = (), freed: Iterable[Owned] = ()) -> None:
    """Follow what claims did, in the same transaction and after it; rows in one order, as claims go."""
    freed = list(freed)
    # A booking that moves also touches the days it leaves in the first statement: all its rows in one order, or two who
    # change places wait for each other.
    left = {(quantum // DAY, resource, unit) for resource, unit, quantum in freed}
    taken = list(taken)
    if taken:
        session.execute(_set(insert_of(session)), _rows(taken, also=left))
    cleared = [{f"b_{name}": value for name, value in row.items()} for row in _rows(freed)]
    if cleared:
        session.connection().execute(_CLEAR, cleared)


@cache
def _set(insert: Any) -> Any:
    """One statement for all: making it anew costs as much as running it."""
    bits = DayBits.__table__.c
    statement = insert(DayBits.__table__)
    both = {word.key: bits[word.key].bitwise_or(statement.excluded[word.key]) for word in _WORDS}
    return statement.on_conflict_do_update(index_elements=[bits.day, bits.resource_id, bits.unit], set_=both)


_CLEAR: Final = (
    update(DayBits.__table__)  # type: ignore[arg-type]  # a mapped class' table is a Table
    .where(
        DayBits.day == param("b_day"), DayBits.resource_id == param("b_resource_id"), DayBits.unit == param("b_unit")
    )
    .values({word.key: word.bitwise_and(param(f"b_{word.key}", type_=BigInteger).bitwise_not()) for word in _WORDS})
)


def _rows(owned: Iterable[Owned], *, also: Iterable[tuple[int, int, int]] = ()) -> list[dict[str, int]]:
    """`also`: days, resources and units with no bit of their own."""
    days: dict[tuple[int, int, int], list[int]] = {key: [] for key in also}
    for resource, unit, quantum in owned:
        days.setdefault((quantum // DAY, resource, unit), []).append(quantum)
    return [
        {"day": day, "resource_id": resource, "unit": unit}
        | {f"w{i}": word for i, word in enumerate(words_of(days[day, resource, unit]))}
        for day, resource, unit in sorted(days)
    ]


def read(
    session: Session,
    kind: ResourceKind,
    subject_ids: Collection[int],
    window: Window,
    *,
    within: int,
    but: Mapping[tuple[int, int], int],
    apart: Collection[int] = (),
) -> dict[tuple[int, int], int]:
    """Subject id and unit -> bits of the window that somebody owns for good; nothing owned, no entry.

    `within`: bits of the window that matter; of others nothing is said. A day is read only as far as it matters, which
    at working hours is half of it.
    `but`: (resource, unit) -> bits of the window that do not count. The units of those not in `apart` come as one, 0.
    """
    within &= window.all
    if not within or not subject_ids:
        return {}
    lowest, highest = (within & -within).bit_length() - 1, within.bit_length() - 1
    days = range((window.first + lowest) // DAY, (window.first + highest) // DAY + 1)
    words = _words_within(within << window.first % DAY)
    asked = {"kind": kind, "subjects": list(subject_ids), "first": days.start, "end": days.stop}
    found: dict[tuple[int, int], int] = {}
    # Thousands of rows in a full month: nothing is called in this loop that need not be.
    for subject, resource, unit, day, w0, w1, w2, w3, w4, w5 in session.execute(_read(words), asked).all():
        bits = w0 | w1 << 48 | w2 << 96
        if w3 or w4 or w5:
            bits |= w3 << 144 | w4 << 192 | w5 << 240
        shift = day * DAY - window.first
        bits = bits << shift if shift >= 0 else bits >> -shift
        if but:
            bits &= ~but.get((resource, unit), 0)
        key = subject, unit if subject in apart else 0
        found[key] = found[key] | bits if key in found else bits
    return {key: bits & within for key, bits in found.items()}


def _words_within(bits: int) -> tuple[int, ...]:
    """The numbers of the words that matter on any day; bit 0 begins a stored day."""
    whole = (1 << DAY) - 1
    of_a_day = 0
    while bits:
        of_a_day |= bits & whole
        bits >>= DAY
    return tuple(i for i in range(WORDS) if of_a_day >> i * WORD & (1 << WORD) - 1)


_NO_WORD: Final[ColumnElement[int]] = literal_column("0")


@cache
def _read(words: tuple[int, ...]) -> Select[Any]:
    """On tables, not on mapped classes: the ORM's loading of the rows costs more than the database."""
    bits, resource = DayBits.__table__.c, Resource.__table__.c
    return select(
        resource.subject_id,
        bits.resource_id,
        bits.unit,
        bits.day,
        *(bits[one.key] if i in words else _NO_WORD for i, one in enumerate(_WORDS)),
    ).where(
        resource.id == bits.resource_id,
        resource.kind == param("kind"),
        among(resource.subject_id, "subjects"),
        bits.day >= param("first"),
        bits.day < param("end"),
    )


def _expected() -> Select[*tuple[Any, ...]]:
    """The rows as the claims say. A claim's key is unique: a sum of its bits is their OR."""
    place = Claim.quantum % DAY
    bit = cast(literal(1), BigInteger).bitwise_lshift(place % WORD)
    words = [
        cast(sql.sum(case((place // WORD == i, bit), else_=cast(literal(0), BigInteger))), BigInteger).label(f"w{i}")
        for i in range(WORDS)
    ]
    day = (Claim.quantum // DAY).label("day")
    return (
        select(day, Claim.resource_id, Claim.unit, *words)
        .where(Claim.expires_at.is_(None))
        .group_by(text("day"), Claim.resource_id, Claim.unit)
    )


def _kept() -> Select[*tuple[Any, ...]]:
    columns = (DayBits.day, DayBits.resource_id, DayBits.unit, *_WORDS)
    return select(*columns).where(or_(*(word != 0 for word in _WORDS)))


@dataclass(frozen=True, slots=True)
class Difference:
    """A day of a resource whose bitmap is not what its claims say."""

    kind: ResourceKind
    subject_id: int
    unit: int
    day: int
    claimed: int
    """Quanta that only the claims know."""
    kept: int
    """Quanta that only the bitmap knows."""


def differences(session: Session) -> Iterator[Difference]:
    """Every day of a resource where bitmap and claims differ."""
    expected, kept = _expected(), _kept()
    wrong: dict[tuple[int, int, int], list[int]] = {}
    for side, query in enumerate((expected.except_(kept), kept.except_(expected))):
        for day, resource, unit, *words in session.execute(query):
            wrong.setdefault((day, resource, unit), [0, 0])[side] = of_words(words)
    for (day, resource, unit), (claimed, bits) in sorted(wrong.items()):
        owner = session.get_one(Resource, resource)
        only_claimed, only_kept = (claimed & ~bits).bit_count(), (bits & ~claimed).bit_count()
        yield Difference(owner.kind, owner.subject_id, unit, day, only_claimed, only_kept)


def rebuild(session: Session) -> None:
    """Make all bitmaps anew out of the claims, in one transaction."""
    session.execute(delete(DayBits))
    names = ["day", "resource_id", "unit", *(word.key for word in _WORDS)]
    session.execute(insert(DayBits).from_select(names, _expected()))
