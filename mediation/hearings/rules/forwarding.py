"""Who hears and sees whom: one pure function of the hearing and its seats. Nothing else may forward a packet.

Source: shared/HEARINGS.md section 1. The engine is told the result; the pages show it; the tests walk it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
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


class Reception(StrEnum):
    """What a person gets of the others."""

    ALL = "all"
    SOUND = "sound"
    TEXT = "text"
    """Neither sound nor picture: they read and type."""


MOST_HELD_MS: Final = 800
"""A round trip of 0.6 s repaired once. Held back longer, people talk into each other's words: then a lost syllable is
the lesser evil."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a person's line carries now."""

    wanted: Reception = Reception.ALL
    receives: Reception = Reception.ALL
    """Less than `wanted` while the line is too slow."""
    sends_picture: bool = True
    repair_to_ms: int = 0
    """How long a packet takes that is lost on the way to them and sent again; 0: hardly any is lost."""
    repair_from_ms: int = 0


EVERYTHING: Final = Carried()


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


def narrowed(links: Iterable[Link], carried: Mapping[str, Carried]) -> frozenset[Link]:
    """What of the links the lines carry, and the listeners want. Never more than the matrix gave."""
    left = (
        _narrowed(link, carried.get(link.speaker, EVERYTHING), carried.get(link.listener, EVERYTHING)) for link in links
    )
    return frozenset(link for link in left if link.audio or link.video)


def _narrowed(link: Link, speaker: Carried, listener: Carried) -> Link:
    sound = listener.receives is not Reception.TEXT
    pictures = listener.receives is Reception.ALL and speaker.sends_picture
    return Link(link.speaker, link.listener, audio=link.audio and sound, video=link.video and pictures)


def held_ms(speaker: Carried, listener: Carried) -> int:
    """How long the listener's browser holds this speaker's sound back, so that what is sent again still arrives."""
    both = speaker.repair_from_ms + listener.repair_to_ms
    if both <= MOST_HELD_MS:
        return both
    return max((one for one in (speaker.repair_from_ms, listener.repair_to_ms) if one <= MOST_HELD_MS), default=0)


def is_heard(seat: str, links: Iterable[Link]) -> bool:
    """Whether somebody hears this seat: the banner "you are heard"."""
    return any(link.audio and link.speaker == seat for link in links)
