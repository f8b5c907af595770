"""Words between the staff on duty and one person who is not in a room with others."""

from typing import Final

from mediation.hearings.rules.codes import HearingState, SeatState
from mediation.hearings.rules.life import OVER

SHOWN: Final = 50
"""Lines of one person, the newest."""


def refuse_writing(hearing: HearingState, seat: SeatState) -> str | None:
    """Why staff cannot write to this person now: in a room others would see the person read, and they miss the talk."""
    if hearing in OVER:
        return "hearing_closed"
    if seat is SeatState.IN_ROOM:
        return "desk_in_room"
    return "desk_left" if seat is SeatState.LEFT else None


def refuse_answer(hearing: HearingState, seat: SeatState, *, written_to: bool) -> str | None:
    """Why the person cannot answer now; nobody begins who was not written to: their words go to the mediator."""
    return refuse_writing(hearing, seat) or (None if written_to else "desk_silent")
