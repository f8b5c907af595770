"""Reads of hearings: the whole picture for `live`, panels for pages, today's list."""

from mediation.hearings.queries.certificate import Certificate, certificates, packets
from mediation.hearings.queries.guests import GuestRow, guests
from mediation.hearings.queries.notes import MinuteRow, Minutes, NoteRow, minute_lines, minutes, own_notes
from mediation.hearings.queries.panels import HearingRow, case_panel, on_day, personal
from mediation.hearings.queries.recordings import (
    ActiveRow,
    OwnConsentRow,
    RecordingNow,
    RecordingRow,
    Recordings,
    may_know,
    own_consents,
    present_in,
    recording_now,
    recording_row,
    recordings,
    seats_recorded,
)
from mediation.hearings.queries.signals import SignalRow, open_signals
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
    "ActiveRow",
    "CaucusRow",
    "Certificate",
    "GuestRow",
    "HearingRow",
    "LineRow",
    "MinuteRow",
    "Minutes",
    "NoteRow",
    "OwnConsentRow",
    "RecordingNow",
    "RecordingRow",
    "Recordings",
    "SeatRow",
    "SignalRow",
    "Snapshot",
    "case_panel",
    "certificates",
    "guests",
    "hearing_of_seat",
    "lines",
    "may_know",
    "minute_lines",
    "minutes",
    "on_day",
    "open_signals",
    "own_consents",
    "own_notes",
    "packets",
    "personal",
    "present_in",
    "recording_now",
    "recording_row",
    "recordings",
    "seat_actor",
    "seats_recorded",
    "snapshot",
]
