"""A visit at a screen: it begins with a press or four digits, and ends so that nothing of it can be opened again."""

import hmac
import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.errors import WrongAnswer
from mediation.access.service import rates
from mediation.access.service.sessions import hash_of
from mediation.disputes import queries as disputes
from mediation.kernel import log
from mediation.kernel.actor import SYSTEM, Actor
from mediation.kernel.clock import Clock, local_date
from mediation.kernel.errors import Missing, Refused
from mediation.stations import policy, queries
from mediation.stations.events import VisitBegun, VisitEnded
from mediation.stations.models import Screen, Visit
from mediation.stations.rules import OVERTIME, VisitEnd, VisitState, is_called, number_of

_DIGITS = 4


def begin(session: Session, screen: Screen, public_id: str, *, clock: Clock) -> str:
    """The called person begins at the room's screen; the token for the browser's cookie.

    Emits: VisitBegun. Raises: Refused `visit_not_called`: called elsewhere, not any more, or begun already.
    """
    query = select(Visit).where(Visit.public_id == public_id).with_for_update()
    visit = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if (
        visit is None
        or visit.room_id is None
        or visit.room_id != screen.room_id
        or visit.booking_id is None
        or not is_called(visit.state, visit.called_at, clock())
        or visit.on != local_date(clock())
    ):
        raise Refused("visit_not_called")
    return _begin(session, screen, visit, clock)


def attempt(session: Session, screen: Screen, number: str, *, clock: Clock) -> None:
    """Count a try with number and digits, in a transaction of its own: a wrong one stays counted.

    An unknown number is counted like a known one. Raises: Limited `station_tries`.
    """
    now = clock()
    rates.spend(session, rates.VISIT_SCREEN, screen.public_id, now, code="station_tries")
    subject = f"{screen.station_id}:{local_date(now)}:{number_of(number)}"
    rates.spend(session, rates.VISIT_NUMBER, subject, now, code="station_tries")


def begin_by_number(session: Session, screen: Screen, number: str, digits: str, *, clock: Clock) -> str:
    """Number and the last four digits of the phone, where staff are busy: only for who was checked in today.

    Emits: VisitBegun. Raises: WrongAnswer `number_or_digits`: the same for an unknown number, wrong digits, a person
    without a phone, a visit called to another room or under way.
    """
    now = clock()
    wanted = (
        Visit.station_id == screen.station_id,
        Visit.on == local_date(now),
        Visit.number == (number_of(number) or 0),
    )
    query = select(Visit).where(*wanted).with_for_update()
    visit = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if visit is None or not _may_begin(session, screen, visit, clock) or not _proved(session, visit, digits):
        raise WrongAnswer("number_or_digits", field="digits")
    visit.room_id = screen.room_id
    return _begin(session, screen, visit, clock)


def _may_begin(session: Session, screen: Screen, visit: Visit, clock: Clock) -> bool:
    if screen.room_id is None or visit.booking_id is None or visit.state is VisitState.ENDED:
        return False
    if visit.state is VisitState.UNDER_WAY:
        return queries.over(session, visit, clock()) is not None
    return not is_called(visit.state, visit.called_at, clock()) or visit.room_id == screen.room_id


def _proved(session: Session, visit: Visit, digits: str) -> bool:
    assert visit.booking is not None
    assert visit.booking.case_id is not None
    rows = disputes.parties(session, visit.booking.case_id)
    phone = next((row.phone for row in rows if row.id == visit.party_id), "") or ""
    typed = "".join(one for one in digits if one.isdecimal())
    return len(phone) > _DIGITS and hmac.compare_digest(phone[-_DIGITS:].encode(), typed.encode())


def _begin(session: Session, screen: Screen, visit: Visit, clock: Clock) -> str:
    now = clock()
    leave(session, screen, clock=clock)
    assert visit.booking is not None
    token = secrets.token_urlsafe(32)
    visit.state, visit.screen_id, visit.token_hash = VisitState.UNDER_WAY, screen.id, hash_of(token)
    visit.begun_at = visit.touched_at = now
    visit.ends_at = max(visit.booking.ends_at, now) + OVERTIME
    visit.ended_at = visit.why_ended = None
    session.flush()
    begun = VisitBegun(case_id=visit.booking.case_id, visit_id=visit.id, screen_id=screen.id)
    log.append(session, begun, actor=queries.visitor(visit), at=now)
    return token


def visit_of(session: Session, screen: Screen, token: str, *, clock: Clock) -> Visit:
    """The visit of this browser at this screen. Raises: Missing `visit_over`, whatever ended it."""
    here = (Visit.token_hash == hash_of(token), Visit.screen_id == screen.id, Visit.state == VisitState.UNDER_WAY)
    visit = session.scalars(select(Visit).where(*here)).one_or_none()
    if visit is None or queries.over(session, visit, clock()) is not None:
        raise Missing("visit_over")
    return visit


def note_touch(session: Session, visit_id: int, *, clock: Clock) -> None:
    """Somebody is there."""
    session.get_one(Visit, visit_id).touched_at = clock()


def leave(session: Session, screen: Screen, *, clock: Clock, why: VisitEnd = VisitEnd.LEFT) -> int:
    """End whatever is under way at this screen; how many were. Emits: VisitEnded."""
    query = select(Visit).where(Visit.screen_id == screen.id, Visit.state == VisitState.UNDER_WAY).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).all()
    for visit in found:
        end(session, SYSTEM, visit, queries.over(session, visit, clock()) or why, clock=clock)
    return len(found)


def end_over(session: Session, now: datetime) -> int:
    """End what is over by itself, whether a browser is there to say so or not; how many. Emits: VisitEnded."""
    query = select(Visit).where(Visit.state == VisitState.UNDER_WAY).with_for_update(skip_locked=True)
    due = [(visit, queries.over(session, visit, now)) for visit in session.scalars(query)]
    ended = [(visit, why) for visit, why in due if why is not None]
    for visit, why in ended:
        end(session, SYSTEM, visit, why, clock=lambda: now)
    return len(ended)


def end(session: Session, actor: Actor, visit: Visit, why: VisitEnd, *, clock: Clock) -> None:
    """The browser's cookie opens nothing from now on. Emits: VisitEnded."""
    visit.state, visit.token_hash = VisitState.ENDED, None
    visit.ended_at, visit.why_ended = clock(), why
    session.flush()
    case_id = visit.booking.case_id if visit.booking else None
    log.append(session, VisitEnded(case_id=case_id, visit_id=visit.id, why=why), actor=actor, at=clock())


def end_by_staff(session: Session, actor: Actor, public_id: str, *, clock: Clock) -> Visit:
    """Staff end a visit from their page, or take a number back. Emits: VisitEnded. Raises: Missing `visit_unknown`."""
    visit = policy.visit_for(session, actor, public_id)
    if visit.state is not VisitState.ENDED:
        end(session, actor, visit, VisitEnd.STAFF, clock=clock)
    return visit
