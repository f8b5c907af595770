"""Who hears and sees whom: one pure function of the hearing and its seats. Nothing else may forward a packet.

Source: shared/HEARINGS.md section 1. The engine is told the result; the pages show it; the tests walk it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from mediation.hearings.rules.codes import HearingState, SeatState
from mediation.hearings.rules.seats import WAITING_ROOM

FLOWING: Final = frozenset({HearingState.IN_SESSION})
"""Before the session begins and in a pause nobody hears anybody, and each page says so."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a seat is and what it lets go; `apart` names the seats it must never share anything with."""

    seat: str
    state: SeatState
    room: str
    muted: bool = False
    mic_on: bool = True
    camera_on: bool = True
    apart: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True, slots=True)
class Link:
    """`listener` gets of `speaker`."""

    speaker: str
    listener: str
    audio: bool
    video: bool


def matrix(hearing: HearingState, places: Iterable[Place]) -> frozenset[Link]:
    """The links that carry something now."""
    if hearing not in FLOWING:
        return frozenset()
    there = [place for place in places if place.state is SeatState.IN_ROOM and place.room != WAITING_ROOM]
    return frozenset(
        Link(speaker.seat, listener.seat, audio=speaker.mic_on and not speaker.muted, video=speaker.camera_on)
        for speaker in there
        for listener in there
        if _share(speaker, listener) and (speaker.camera_on or (speaker.mic_on and not speaker.muted))
    )


def _share(one: Place, other: Place) -> bool:
    together = one.seat != other.seat and one.room == other.room
    return together and other.seat not in one.apart and one.seat not in other.apart


def is_heard(seat: str, links: Iterable[Link]) -> bool:
    """Whether somebody hears this seat: the banner "you are heard"."""
    return any(link.audio and link.speaker == seat for link in links)
