"""What `live` reads of a hearing at one moment, and which of the typed lines each person reads."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from mediation.hearings import queries
from mediation.hearings.queries import LineRow, RecordingNow, Snapshot, TableRow
from mediation.hearings.rules.codes import SeatRole
from mediation.live import picture
from mediation.live.messages import FromDesk, Notes


@dataclass(frozen=True, slots=True)
class Reading:
    snapshot: Snapshot
    lines: list[LineRow]
    recording: RecordingNow
    tables: dict[str, TableRow]
    """What lies on the table, by room."""
    own: dict[str, list[Notes | FromDesk]]
    """By seat, what it alone is told."""


def read(session: Session, hearing_id: int) -> Reading:
    snapshot = queries.snapshot(session, hearing_id)
    rooms = frozenset(seat.room for seat in snapshot.seats)
    return Reading(
        snapshot=snapshot,
        lines=queries.lines(session, hearing_id, rooms),
        recording=queries.recording_now(session, hearing_id),
        tables=queries.tables(session, snapshot),
        own=_own(session, snapshot),
    )


def _own(session: Session, snapshot: Snapshot) -> dict[str, list[Notes | FromDesk]]:
    """The neutral's minutes and notes; what the staff on duty and a person wrote to each other."""
    minutes = queries.minute_lines(session, snapshot.id)
    of_desk = queries.desk_lines(session, [seat.id for seat in snapshot.seats])
    own: dict[str, list[Notes | FromDesk]] = {}
    for seat in snapshot.seats:
        told = own.setdefault(seat.public_id, [])
        if seat.role is SeatRole.NEUTRAL:
            told.append(picture.notes(minutes, queries.own_notes(session, seat.id)))
        if seat.id in of_desk:
            told.append(picture.from_desk(snapshot, seat, of_desk[seat.id]))
    return own


def readable(lines: list[LineRow], snapshot: Snapshot, seat: str) -> list[LineRow]:
    """A waiting party reads only what they wrote themselves; the neutral what all the waiting ones wrote.

    What was written to one reader is read by the two of them, wherever they are.
    """
    row = snapshot.seat(seat)
    rooms = picture.rooms_read(row)
    is_neutral = row.role is SeatRole.NEUTRAL

    def reads(line: LineRow) -> bool:
        if line.to is not None:
            return seat in {line.seat, line.to}
        return line.room in rooms and (is_neutral or line.room != "waiting" or line.seat == seat)

    return [line for line in lines if reads(line)]
