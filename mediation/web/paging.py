"""Keyset pages: the next page begins after the last row, however many rows come before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: tuple[Row, ...]
    after: str | None
    """Key of the next page, None at the end."""


def page_of(rows: Sequence[Row], size: int, key: Callable[[Row], str]) -> Page[Row]:
    """`rows` is one more than `size` when there is a next page."""
    shown = tuple(rows[:size])
    return Page(shown, key(shown[-1]) if len(rows) > size else None)
