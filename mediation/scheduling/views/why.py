"""Why is this time not offered? Staff see a day, time by time, with every reason by name."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.disputes import policy as cases
from mediation.disputes import queries as disputes
from mediation.kernel.clock import local_date
from mediation.orgs import queries as orgs
from mediation.scheduling import service
from mediation.scheduling.forms import HOME, WhyForm
from mediation.scheduling.rules.codes import BlockReason, ResourceKind
from mediation.scheduling.views.blueprint import bp
from mediation.scheduling.views.desk import command_of
from mediation.scheduling.views.slots import value_of
from mediation.scheduling.why import LOOKED_AT, Moment, Obstacle, why_not
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading
from mediation.web.filters import clock_time
from mediation.web.i18n import locale
from mediation.web.security import needs

SHOWN_HOURS: Final = range(8, 20)
"""Shown of a day; what is offered outside stands there too."""


@dataclass(frozen=True, slots=True)
class Line:
    """A time of the day; no reason: it is offered."""

    clock: str
    reasons: tuple[tuple[str, str], ...]
    """As `reasons`."""
    slot: str = ""
    """Only other sessions of the mediator or the room stand in the way: staff may book beside them."""


@bp.get("/cases/<public_id>/book/why")
@needs(Permission.BOOK_HEARING)
def why(public_id: str) -> ResponseReturnValue:
    session, actor, now = reading(), current_actor(), clock()()
    case = cases.case_for(session, actor, public_id, Permission.BOOK_HEARING)
    form = WhyForm(request.args, day=local_date(now))
    choices = disputes.mediators_to_choose(session, case)
    stations = orgs.stations(session, near=case.place_path)
    form.offer(choices, stations, disputes.parties(session, case.id), "")
    day = form.day.data if form.validate() and form.day.data else local_date(now)
    form.day.data, at = day, form.at.data or HOME
    command = command_of(case.id, form.mediator.data or "", at, " ".join(form.who.data or []), now, "")
    find = service.times_for_case(session, actor, command, now=now)
    names = names_of(session, case.id, choices, stations)
    moments = why_not(session, find, day, now=now)
    return render_template(
        "scheduling/why.html",
        case=disputes.case_panel(session, case.id, actor),
        form=form,
        day=day,
        lines=[_line(one, names) for one in moments if _is_shown(one)],
        may_override=len(find.mediator_ids) == 1 and cases.may(session, actor, case, Permission.OVERRIDE_TIME),
        left_out=disputes.mediators_left_out(session, case),
        more=max(0, len(find.mediator_ids) - LOOKED_AT),
        at=at,
    )


_TAKEN: Final = frozenset({BlockReason.BOOKED, BlockReason.REST, BlockReason.HELD})


def _line(moment: Moment, names: "Names") -> Line:
    found = {one.reason for one in moment.obstacles}
    slot = value_of(moment.starts_at) if found and found <= _TAKEN else ""
    return Line(clock_time(moment.starts_at), reasons(moment.obstacles, names, on=local_date(moment.starts_at)), slot)


Names = dict[tuple[ResourceKind, int], str]


def names_of(
    session: Session, case_id: int, choices: Iterable[disputes.MediatorChoice], stations: Iterable[orgs.StationRow]
) -> Names:
    names: Names = {(ResourceKind.MEDIATOR, one.mediator.id): one.mediator.name for one in choices}
    names |= {(ResourceKind.ROOM, room.id): room.label(locale()) for one in stations for room in one.rooms}
    return names | {(ResourceKind.PARTY, one.person_id): one.name for one in disputes.parties(session, case_id)}


def _is_shown(moment: Moment) -> bool:
    return not moment.obstacles or int(clock_time(moment.starts_at).split(":")[0]) in SHOWN_HOURS


def reasons(
    obstacles: Iterable[Obstacle], names: Names, *, on: date, timed: Collection[BlockReason] = tuple(BlockReason)
) -> tuple[tuple[str, str], ...]:
    """Each reason once, and who it is about; empty when it is about the time itself. `timed`: with their hours.

    Hours are those of the day `on`: what goes on over midnight begins at 00:00 or ends at 24:00.
    """
    by_reason: dict[BlockReason, list[str]] = {}
    for one in obstacles:
        by_reason.setdefault(one.reason, []).append(_who(one, names, on if one.reason in timed else None))
    return tuple((reason.label(locale()), "、".join(filter(None, some))) for reason, some in by_reason.items())


def _who(one: Obstacle, names: Names, on: date | None) -> str:
    if one.kind is None:
        return ""
    name = names.get((one.kind, one.subject_id), "")
    return f"{name} {_clock_on(one.begin, on)}-{_clock_on(one.end, on)}" if on else name


def _clock_on(at: datetime, on: date) -> str:
    day = local_date(at)
    return clock_time(at) if day == on else "00:00" if day < on else "24:00"
