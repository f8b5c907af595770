"""Use-cases of a station: setting up screens, giving and calling numbers, a visit from its beginning to its wiping."""

from mediation.stations.service.numbers import CallVisit, CheckIn, call, check_in, give_number, walk_in
from mediation.stations.service.screens import (
    SetUpScreen,
    choose_media,
    count_code,
    enrol,
    make_code,
    note_seen,
    open_devices,
    revoke,
    screen_of,
)
from mediation.stations.service.visits import (
    attempt,
    begin,
    begin_by_number,
    end,
    end_by_staff,
    end_over,
    leave,
    note_touch,
    visit_of,
)

__all__ = [
    "CallVisit",
    "CheckIn",
    "SetUpScreen",
    "attempt",
    "begin",
    "begin_by_number",
    "call",
    "check_in",
    "choose_media",
    "count_code",
    "end",
    "end_by_staff",
    "end_over",
    "enrol",
    "give_number",
    "leave",
    "make_code",
    "note_seen",
    "note_touch",
    "open_devices",
    "revoke",
    "screen_of",
    "visit_of",
    "walk_in",
]
