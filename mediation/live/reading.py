"""What `live` reads of a hearing at one moment, and which of the typed lines each person reads."""

from sqlalchemy.orm import Session

from mediation.hearings import queries
from mediation.hearings.queries import LineRow, RecordingNow, Snapshot, TableRow
from mediation.hearings.rules.codes import SeatRole
from mediation.live import picture
from mediation.live.messages import Notes


def read(
    session: Session, hearing_id: int
) -> tuple[Snapshot, list[LineRow], dict[str, Notes], RecordingNow, dict[str, TableRow]]:
    """The picture, what was typed, by neutral's seat what only they read, what is recorded, what lies on the tables."""
    snapshot = queries.snapshot(session, hearing_id)
    rooms = frozenset(seat.room for seat in snapshot.seats)
    minutes = queries.minute_lines(session, hearing_id)
    notes = {
        seat.public_id: picture.notes(minutes, queries.own_notes(session, seat.id))
        for seat in snapshot.seats
        if seat.role is SeatRole.NEUTRAL
    }
    recording = queries.recording_now(session, hearing_id)
    tables = queries.tables(session, snapshot)
    return snapshot, queries.lines(session, hearing_id, rooms), notes, recording, tables


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
