"""A paper on the table of a room: who may lay one there, turn its pages, and see which of them. Pure.

Source: shared/HEARINGS.md section 6 (document viewing with page sync); docs/decisions/0098-papers-on-the-table.md.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from mediation.hearings.rules.codes import HearingState, SeatRole, SeatState
from mediation.hearings.rules.seats import WAITING_ROOM
from mediation.kernel.errors import Invalid

MARK_SCALE: Final = 1000
"""The marker's place on the page, from the upper left, in thousandths of width and height."""


class PaperStep(StrEnum):
    """What is done with the paper that lies on the table."""

    TURN = "turn"
    MARK = "mark"
    """Point at a place of the page."""
    UNMARK = "unmark"
    CLOSE = "close"
    """Take it from the table: who laid it there, or the neutral."""


@dataclass(frozen=True, slots=True)
class TableFacts:
    """One seat and the paper in its room."""

    state: SeatState
    role: SeatRole
    room: str
    hearing: HearingState
    may_show: bool
    """By the neutral's leave."""


def refuse_show(facts: TableFacts) -> str | None:
    """Why this seat may not lay a paper on the table of its room now."""
    if facts.state is not SeatState.IN_ROOM or facts.room == WAITING_ROOM:
        return "not_in_room"
    if facts.hearing is not HearingState.IN_SESSION:
        return "not_in_session"
    return None if facts.role is SeatRole.NEUTRAL or facts.may_show else "paper_no_leave"


def is_on_show(facts: TableFacts) -> bool:
    """Whether anything on the table is shown to this seat: not in a pause, not to who is out."""
    return facts.hearing is HearingState.IN_SESSION and facts.state is SeatState.IN_ROOM and facts.room != WAITING_ROOM


def offered(facts: TableFacts, *, own: bool, marked: bool, n_pages: int) -> tuple[PaperStep, ...]:
    """What this seat may do with the paper in its room; `own`: it laid it there."""
    if not is_on_show(facts):
        return ()
    wanted = {
        PaperStep.TURN: own and n_pages > 1,
        PaperStep.MARK: own,
        PaperStep.UNMARK: own and marked,
        PaperStep.CLOSE: own or facts.role is SeatRole.NEUTRAL,
    }
    return tuple(step for step, is_offered in wanted.items() if is_offered)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody in the room where a paper lies."""

    state: SeatState
    room: str
    is_presenter: bool
    may_read: bool
    """The paper's own policy lets them, in the hearing or out of it."""
    is_apart: bool
    """Protected from whoever shows it."""


def sees(viewer: Viewer, room: str, hearing: HearingState, *, filed_by_presenter: bool) -> bool:
    """Whether the page is shown to them: same room, session under way, and a right to it.

    Whoever filed a paper and lays it on the table themselves shows it to the room by that: to nobody else, and for no
    longer. Nobody can do that with another's paper, the neutral neither.
    """
    if hearing is not HearingState.IN_SESSION or viewer.state is not SeatState.IN_ROOM or viewer.room != room:
        return False
    if viewer.is_apart:
        return False
    return viewer.is_presenter or viewer.may_read or filed_by_presenter


def open_to(shown: Collection[int], n_pages: int, *, may_read: bool) -> frozenset[int]:
    """Pages that a viewer may look at by themselves: all with a right of their own, else those shown so far."""
    return frozenset(range(1, n_pages + 1)) if may_read else frozenset(shown)


def checked_page(page: int | None, n_pages: int) -> int:
    """Raises: Invalid `paper_no_page`."""
    if page is None or not 1 <= page <= n_pages:
        raise Invalid("paper_no_page", field="page")
    return page


def checked_mark(x: int | None, y: int | None) -> tuple[int, int]:
    """Raises: Invalid `paper_no_mark`."""
    if x is None or y is None or not (0 <= x <= MARK_SCALE and 0 <= y <= MARK_SCALE):
        raise Invalid("paper_no_mark", field="x")
    return x, y


def spans(pages: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Pages as runs: 1, 2, 3, 5 -> (1, 3), (5, 5)."""
    ordered = sorted(set(pages))
    starts = [page for before, page in pairwise([-1, *ordered]) if page != before + 1]
    ends = [page for page, after in pairwise([*ordered, -1]) if after != page + 1]
    return tuple(zip(starts, ends, strict=True))
