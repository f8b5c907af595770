"""Reads of hearings: the whole picture for `live`, panels for pages, today's list."""

from mediation.hearings.queries.certificate import Certificate, certificates, packets
from mediation.hearings.queries.notes import MinuteRow, Minutes, NoteRow, minute_lines, minutes, own_notes
from mediation.hearings.queries.panels import HearingRow, case_panel, on_day, personal
from mediation.hearings.queries.snapshot import (
    CaucusRow,
    LineRow,
    SeatRow,
    Snapshot,
    hearing_of_seat,
    lines,
    seat_actor,
    snapshot,
)

__all__ = [
    "CaucusRow",
    "Certificate",
    "HearingRow",
    "LineRow",
    "MinuteRow",
    "Minutes",
    "NoteRow",
    "SeatRow",
    "Snapshot",
    "case_panel",
    "certificates",
    "hearing_of_seat",
    "lines",
    "minute_lines",
    "minutes",
    "on_day",
    "own_notes",
    "packets",
    "personal",
    "seat_actor",
    "snapshot",
]
