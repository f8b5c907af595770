"""What a calendar page shows: whose time, of which days, in which shape. Out of the address, and nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from flask import request, url_for
from flask_babel import gettext as _

from mediation.kernel.clock import local_date
from mediation.orgs import queries as orgs
from mediation.orgs.workdays import holiday_name
from mediation.people import queries as people
from mediation.people.queries import MediatorRow
from mediation.scheduling import policy, queries
from mediation.scheduling.forms import text_of
from mediation.scheduling.queries import BookingRow, Busy, CalendarRow, ReceptionDay
from mediation.scheduling.rules.codes import BlockReason, BookingState, ResourceKind
from mediation.scheduling.rules.hours import DayPlan, instant_of
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading
from mediation.web.i18n import locale

MINE, ALL, ROOMS, MEDIATORS = "mine", "all", "rooms", "mediators"
DAY, WEEK, LIST = "day", "week", "list"
LENGTH: Final = {DAY: 1, WEEK: 7, LIST: 28}
"""Days of each shape; a list looks as far ahead as a mediation may last."""
EVERYBODY: Final = "all"
"""In `at`: the mediators of all bodies beside each other."""
SIDE_BY_SIDE: Final = 8
"""No more mediators than this stand beside each other; of more the body is chosen first."""
_FIRST, _LAST = date(2000, 1, 10), date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class Column:
    """A room or a mediator."""

    id: int
    public_id: str
    label: str


@dataclass(frozen=True, slots=True)
class Place:
    """A station, or a body of mediators, that can be chosen."""

    public_id: str
    label: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Showing:
    of: str
    view: str
    first: date
    last: date
    """With it."""
    me: MediatorRow | None
    places: tuple[Place, ...]
    """That can be chosen; empty where nothing stands in columns."""
    place: Place | None

    @property
    def is_rooms(self) -> bool:
        return self.of == ROOMS

    @property
    def kind(self) -> ResourceKind:
        return ResourceKind.ROOM if self.is_rooms else ResourceKind.MEDIATOR

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.place.columns if self.place is not None else ()

    @property
    def mediator_ids(self) -> list[int] | None:
        """Whose time is shown; None where it is not of certain mediators."""
        if self.of == MEDIATORS:
            return [one.id for one in self.columns]
        return [self.me.id] if self.of == MINE and self.me is not None else None

    @property
    def from_at(self) -> datetime:
        return instant_of(self.first, 0)

    @property
    def to_at(self) -> datetime:
        return instant_of(self.last + timedelta(days=1), 0)

    def href(self, endpoint: str = "scheduling.calendar", **other: object) -> str:
        """The address of this page, or of another calendar page, with something changed."""
        same: dict[str, object] = {"of": self.of, "view": self.view, "on": self.first}
        if self.place is not None:
            same["at"] = self.place.public_id
        return url_for(endpoint, **(same | other))  # type: ignore[arg-type]  # url_for drops what is None

    def turned(self, days: int) -> str:
        return self.href(on=self.first + timedelta(days=days))


def showing(of: str = "", *, wide: bool = False) -> Showing:
    """What the address asks for; what cannot be read or seen is what the person usually looks at.

    `of`: out of the path; else it is in the query. `wide`: columns of a whole week have their place, as on paper.
    """
    me = people.mediator_of(reading(), current_actor().account_id)
    of, view = of or request.args.get("of", ""), request.args.get("view", "")
    places = _places(of)
    if of not in {ALL, ROOMS, MEDIATORS} or (of in {ROOMS, MEDIATORS} and not places):
        of = MINE
    if of == MINE and me is None:
        of = ALL
    if of in {ROOMS, MEDIATORS} and not wide:
        view = DAY
    elif view not in LENGTH:
        view = WEEK
    first = _day(request.args.get("on", ""))
    if view != DAY:
        first -= timedelta(days=first.weekday())
    at = request.args.get("at", "")
    return Showing(
        of=of,
        view=view,
        first=first,
        last=first + timedelta(days=LENGTH[view] - 1),
        me=me,
        places=places,
        place=next((one for one in places if one.public_id == at), places[0]) if places else None,
    )


def _day(text: str) -> date:
    """A day of the address; an unreadable one is today."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return local_date(clock()())
    return day if _FIRST < day < _LAST else local_date(clock()())


def _places(of: str) -> tuple[Place, ...]:
    if of == ROOMS:
        return tuple(
            Place(
                station.public_id,
                station.label(locale()),
                tuple(Column(room.id, room.public_id, room.label(locale())) for room in station.rooms),
            )
            for station in policy.stations_seen(reading(), current_actor())
        )
    if of == MEDIATORS:
        bodies: dict[int, list[MediatorRow]] = {}
        for row in policy.mediators_seen(reading(), current_actor()):
            bodies.setdefault(row.org_id, []).append(row)
        public_ids = {one.id: one.public_id for one in orgs.tree(reading())}
        places = [Place(public_ids[body], _body(some[0]), _columns(some)) for body, some in bodies.items()]
        everybody = [row for some in bodies.values() for row in some]
        if len(places) > 1 and len(everybody) <= SIDE_BY_SIDE:
            places.insert(0, Place(EVERYBODY, _("All of them"), _columns(everybody)))
        return tuple(places)
    return ()


def _columns(rows: Iterable[MediatorRow]) -> tuple[Column, ...]:
    return tuple(Column(row.id, row.public_id, row.name) for row in rows)


def _body(row: MediatorRow) -> str:
    return row.org_name if locale().startswith("zh") else row.org_name_en or row.org_name


@dataclass(frozen=True, slots=True)
class Found:
    """All that a calendar page shows."""

    rows: tuple[CalendarRow, ...]
    busy: tuple[Busy, ...]
    plans: dict[int, dict[date, DayPlan]]
    """Of each column; of the reader where there are none."""
    movable: frozenset[int]
    receptions: tuple[ReceptionDay, ...]
    """Of those whose time is shown, or at the station whose rooms are; those that were called off too."""

    def of_day(self, day: date) -> tuple[CalendarRow, ...]:
        return tuple(row for row in self.rows if local_date(row.booking.starts_at) == day)


def look(shown: Showing) -> Found:
    """Read what is shown."""
    session, actor, now = reading(), current_actor(), clock()()
    ids = [one.id for one in shown.columns]
    if shown.of in {ROOMS, MEDIATORS}:
        found = queries.columns(session, actor, shown.kind, ids, from_at=shown.from_at, to_at=shown.to_at, now=now)
        rows, busy = found.rows, found.busy
    else:
        mine = shown.of == MINE
        rows = tuple(queries.calendar(session, actor, from_at=shown.from_at, to_at=shown.to_at, mine=mine))
        ids = [shown.me.id] if shown.me is not None and mine else []
        busy = tuple(queries.elsewhere(session, ids, shown.from_at, shown.to_at))
    return Found(
        rows,
        busy,
        queries.plans(session, shown.kind, ids, shown.first, shown.last),
        queries.movable(session, actor, [row.booking.id for row in rows], now=now),
        tuple(_receptions(shown)),
    )


def _receptions(shown: Showing) -> list[ReceptionDay]:
    station_id = None
    if shown.is_rooms and shown.place is not None:
        station_id = next(one.id for one in orgs.stations(reading()) if one.public_id == shown.place.public_id)
    return queries.reception_days(
        reading(), first=shown.first, last=shown.last, mediator_ids=shown.mediator_ids, station_id=station_id
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A day, or a column of a day, as a list says it."""

    title: str
    on: date
    hours: str
    closed: str
    rows: tuple[CalendarRow, ...]
    busy: tuple[Busy, ...]


def parts(shown: Showing, found: Found, days: Sequence[date], title: Iterable[str]) -> list[Part]:
    """The days in their order; of a page with columns each column of the one day."""
    if shown.columns:
        return [_part(one.label, days[0], found.plans[one.id], *_of_column(shown, found, one)) for one in shown.columns]
    own = found.plans[shown.me.id] if shown.me is not None and shown.of == MINE else {}
    return [
        _part(text, day, own, found.of_day(day), tuple(one for one in found.busy if local_date(one.starts_at) == day))
        for day, text in zip(days, title, strict=True)
    ]


def _of_column(shown: Showing, found: Found, column: Column) -> tuple[tuple[CalendarRow, ...], tuple[Busy, ...]]:
    return (
        tuple(row for row in found.rows if subject_of(shown, row) == column.id),
        tuple(one for one in found.busy if one.subject_id == column.id),
    )


def subject_of(shown: Showing, row: CalendarRow) -> int | None:
    """The column in which a booking stands."""
    return row.booking.room_id if shown.is_rooms else row.booking.mediator_id


def _part(
    title: str, on: date, plans: dict[date, DayPlan], rows: tuple[CalendarRow, ...], busy: tuple[Busy, ...]
) -> Part:
    plan = plans.get(on, DayPlan(()))
    return Part(title, on, text_of(plan.spans), why_closed(plan), rows, busy)


def why_closed(plan: DayPlan) -> str:
    """Why nothing is worked on a day, in the words of whoever closed it; empty when there is work."""
    if plan.closed is None:
        return ""
    label = plan.closed.label(locale())
    note = holiday_name(plan.note, locale())
    return _("%(reason)s (%(note)s)", reason=label, note=note) if note else label


def is_shut(plan: DayPlan) -> bool:
    """A whole day off for a reason that is worth showing: the weekend needs none."""
    return plan.closed not in {None, BlockReason.OFF_HOURS}


def marks(booking: BookingRow) -> Iterator[str]:
    """What makes it less than firm, or not the only one at its time."""
    if booking.state is BookingState.PENDING:
        yield booking.state.label(locale())
    if booking.provisional:
        yield _("provisional")
    if booking.override_why:
        yield _("Beside another session")
