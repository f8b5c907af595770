"""Reception days: the services, the pages, the calendar files."""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access import links
from mediation.disputes.rules.codes import CaseKind, PartyRole
from mediation.kernel.errors import Denied, Invalid, Missing, Refused, Taken
from mediation.notices.models import Notice
from mediation.people import queries as people
from mediation.scheduling import calendar, queries, search, service
from mediation.scheduling.models import Booking, CalendarFeed, Orphan, Reception, ReceptionSlot
from mediation.scheduling.rules.bits import Window
from mediation.scheduling.rules.codes import (
    BlockReason,
    CancelReason,
    ChoiceReason,
    OrphanState,
    ResourceKind,
)
from mediation.scheduling.rules.hours import Span
from mediation.scheduling.service import (
    BookHeld,
    CancelBooking,
    ChangeReceptionDay,
    FeedAddress,
    HoldTime,
    MoveBooking,
    PlanReception,
)
from tests.cast import GAO, HU, PASSWORD, QIN, SHEN, ZHAO, ZHOU
from tests.factories.disputes import as_party, community, party_of, ready_case, received_case
from tests.factories.scheduling import at, station, wish

WEDNESDAY = date(2026, 11, 25)
AFTERNOON = Span(14 * 60, 16 * 60 + 30)


@pytest.fixture
def qin(session: Session, staff) -> int:
    row = people.mediator_of(session, staff(QIN).account_id)
    assert row is not None
    return row.id


def plan(session: Session, clock, actor, mediator_id: int, **more: object) -> Reception:
    known: dict[str, object] = {"station": station(session), "weekday": 2, "span": AFTERNOON, "slot_min": 30}
    command = PlanReception(mediator_id, **{**known, "first": WEDNESDAY, **more})  # type: ignore[arg-type]
    return service.plan_reception(session, actor, command, clock=clock)


def hold(session: Session, clock, row: Reception, starts_at, key: str = "draft:a") -> Booking:
    command = HoldTime(key, wish(session, kind=CaseKind.VIDEO_VISIT), starts_at, reception=row.public_id)
    return service.hold(session, command, clock=clock)


def visit(session: Session, clock, row: Reception, starts_at) -> Booking:
    """A resident's booked talk on a reception day."""
    hold(session, clock, row, starts_at)
    case = received_case(session, clock, kind=CaseKind.VIDEO_VISIT)
    return service.book_held(session, as_party(case), BookHeld(case.id, "draft:a"), clock=clock)


def offered(session: Session, clock, *, key: str = "") -> list[service.OfferedDay]:
    find = service.times_for(session, wish(session, kind=CaseKind.VIDEO_VISIT), now=clock(), key=key)
    return service.offered_days(session, find, now=clock())


def reasons(session: Session) -> list[tuple[BlockReason, str, OrphanState]]:
    return [(row.reason, row.note, row.state) for row in session.scalars(select(Orphan).order_by(Orphan.id))]


@pytest.mark.db
def test_a_resident_books_a_talk_on_the_next_reception_day(session: Session, clock, staff, qin: int) -> None:
    row = plan(session, clock, staff(QIN), qin)
    first = offered(session, clock)[0]
    assert (first.day.occurrence.day, len(first.free)) == (WEDNESDAY, 5)
    booking = visit(session, clock, row, first.free[1])
    assert (booking.mediator_id, booking.choice_reason) == (qin, ChoiceReason.RECEPTION)
    assert booking.ends_at - booking.starts_at == timedelta(minutes=30)
    assert first.free[1] not in offered(session, clock)[0].free
    with pytest.raises(Taken, match="time_taken"):
        hold(session, clock, row, first.free[1], key="draft:b")


@pytest.mark.db
def test_every_offered_talk_can_be_held_and_no_other(session: Session, clock, staff, qin: int) -> None:
    row = plan(session, clock, staff(QIN), qin, slot_min=20, last=WEDNESDAY + timedelta(days=7))
    for day in offered(session, clock):
        for starts_at in day.free:
            assert hold(session, clock, row, starts_at).starts_at == starts_at
    for starts_at in (at(25, 14, 10), at(25, 16, 20), at(26, 14)):
        with pytest.raises(Refused, match="reception_gone"):
            hold(session, clock, row, starts_at)


def half_hours(first: datetime, n: int) -> list[datetime]:
    return [first + timedelta(minutes=30 * i) for i in range(n)]


@pytest.mark.db
def test_a_reception_is_for_visits_and_for_no_mediation(session: Session, clock, staff, qin: int) -> None:
    row = plan(session, clock, staff(QIN), qin)
    command = HoldTime("draft:a", wish(session), at(25, 14), reception=row.public_id)
    with pytest.raises(Refused, match="reception_gone"):
        service.hold(session, command, clock=clock)


@pytest.mark.db
def test_nothing_else_is_booked_in_reception_hours(session: Session, clock, staff, qin: int) -> None:
    def begins() -> set[datetime]:
        find = service.times_for(session, wish(session), now=clock())
        return {one.starts_at for one in search.free_times(session, find, now=clock()) if qin in one.mediator_ids}

    before = begins()
    plan(session, clock, staff(QIN), qin, last=WEDNESDAY)
    assert {one for one in before - begins() if at(25, 14) <= one < at(25, 16, 30)} == before & set(
        half_hours(at(25, 14), 5)
    )
    assert at(25, 14) not in begins()
    window = Window.between(at(25, 14), at(25, 16, 30))
    closed = queries.closed_time(session, ResourceKind.MEDIATOR, qin, window)
    assert closed == {BlockReason.RECEPTION: window.all}


@pytest.mark.db
def test_a_day_called_off_tells_and_lists_those_booked_and_can_be_restored(
    session: Session, clock, staff, qin: int
) -> None:
    row = plan(session, clock, staff(QIN), qin)
    booking = visit(session, clock, row, at(25, 15))
    off = ChangeReceptionDay(row.public_id, WEDNESDAY, "全区培训")
    assert service.change_reception_day(session, staff(SHEN), off, clock=clock) == 1
    assert reasons(session) == [(BlockReason.RECEPTION_OFF, "全区培训", OrphanState.OPEN)]
    told = session.scalars(select(Notice).where(Notice.kind == "reception_changed")).all()
    assert {notice.case_id for notice in told} == {booking.case_id}
    assert offered(session, clock)[0].day.occurrence.day == WEDNESDAY + timedelta(days=7)
    assert service.restore_reception_day(session, staff(QIN), row.public_id, WEDNESDAY, clock=clock) == 0
    assert reasons(session)[0][2] is OrphanState.STANDS


@pytest.mark.db
def test_a_moved_day_is_offered_at_its_new_time_and_a_moved_booking_is_settled(
    session: Session, clock, staff, qin: int
) -> None:
    row = plan(session, clock, staff(QIN), qin)
    booking = visit(session, clock, row, at(25, 15))
    to_thursday = ChangeReceptionDay(row.public_id, WEDNESDAY, "会议", date(2026, 11, 26), Span(9 * 60, 11 * 60))
    assert service.change_reception_day(session, staff(QIN), to_thursday, clock=clock) == 1
    day = offered(session, clock)[0]
    assert (day.day.occurrence.on, day.free[0]) == (WEDNESDAY, at(26, 9))
    rooms = service.rooms_of(session, station(session))
    service.reschedule(session, staff(SHEN), MoveBooking(booking.public_id, at(27, 9), rooms), clock=clock)
    assert reasons(session)[0][2] is OrphanState.MOVED
    again = ChangeReceptionDay(row.public_id, WEDNESDAY, "又有会议")
    assert service.change_reception_day(session, staff(QIN), again, clock=clock) == 0, "it belongs to no day any more"


@pytest.mark.db
def test_the_series_ends_from_a_day_on(session: Session, clock, staff, qin: int) -> None:
    row = plan(session, clock, staff(QIN), qin)
    kept = visit(session, clock, row, at(25, 15))
    assert service.end_reception(session, staff(SHEN), row.public_id, WEDNESDAY + timedelta(days=1), clock=clock) == 0
    assert [one.day.occurrence.day for one in offered(session, clock)] == [WEDNESDAY]
    with pytest.raises(Invalid, match="day_over"):
        service.end_reception(session, staff(QIN), row.public_id, date(2026, 11, 22), clock=clock)
    assert service.end_reception(session, staff(QIN), row.public_id, WEDNESDAY, clock=clock) == 1
    service.cancel(session, staff(SHEN), CancelBooking(kept.public_id, CancelReason.DAY_CLOSED), clock=clock)
    assert reasons(session)[0][2] is OrphanState.CANCELLED
    plan(session, clock, staff(QIN), qin)


@pytest.mark.db
def test_what_cannot_be_planned_or_changed_is_refused(session: Session, clock, staff, qin: int) -> None:
    mine = staff(QIN)
    for more, code in (
        ({"first": date(2026, 11, 22)}, "day_over"),
        ({"last": date(2026, 11, 24)}, "days_backwards"),
        ({"last": WEDNESDAY, "first": WEDNESDAY, "weekday": 3}, "reception_never"),
        ({"span": Span(20 * 60, 22 * 60)}, "reception_off_hours"),
    ):
        with pytest.raises(Invalid, match=code):
            plan(session, clock, mine, qin, **more)
    with pytest.raises(Missing, match="station_unknown"):
        plan(session, clock, mine, qin, station="none")
    with pytest.raises(Denied, match="not_your_hours"):
        plan(session, clock, staff(HU), qin)
    row = plan(session, clock, staff(GAO), qin)
    for to_on, span, code in (
        (date(2026, 11, 20), None, "day_over"),
        (date(2027, 1, 20), None, "moved_too_far"),
        (date(2026, 11, 26), Span(20 * 60, 21 * 60), "reception_off_hours"),
        (date(2026, 11, 26), Span(11 * 60, 9 * 60), "hours_backwards"),
    ):
        change = ChangeReceptionDay(row.public_id, WEDNESDAY, "会议", to_on, span)
        with pytest.raises(Invalid, match=code):
            service.change_reception_day(session, mine, change, clock=clock)
    for on, error in ((date(2026, 11, 26), Missing), (date(2026, 11, 18), Missing)):
        with pytest.raises(error, match="reception_day_unknown"):
            service.change_reception_day(session, mine, ChangeReceptionDay(row.public_id, on, "会议"), clock=clock)
    clock.set(at(25, 15))
    with pytest.raises(Refused, match="reception_day_over"):
        service.change_reception_day(session, mine, ChangeReceptionDay(row.public_id, WEDNESDAY, "会议"), clock=clock)


@pytest.mark.db
def test_each_day_is_its_own_event_and_keeps_its_uid(session: Session, clock, staff, qin: int) -> None:
    row = plan(session, clock, staff(QIN), qin, last=WEDNESDAY + timedelta(days=14))
    feed = service.issue_feed(session, staff(QIN), FeedAddress(), locale="zh_Hans_CN", clock=clock)
    before = events(session, feed, clock)
    assert len(before) == 3
    off = ChangeReceptionDay(row.public_id, WEDNESDAY, "会议")
    service.change_reception_day(session, staff(QIN), off, clock=clock)
    to_thursday = ChangeReceptionDay(row.public_id, WEDNESDAY + timedelta(days=7), "会议", date(2026, 12, 3))
    service.change_reception_day(session, staff(QIN), to_thursday, clock=clock)
    after = events(session, feed, clock)
    assert after.keys() == before.keys()
    first, second, third = (after[uid] for uid in sorted(after))
    assert (first["STATUS"], first["SEQUENCE"]) == ("CANCELLED", 1)
    assert (second["DTSTART"].dt, second["SEQUENCE"]) == (at(3, 14, month=12), 1)
    assert third == before[max(before)]
    assert not any("RRULE" in event for event in after.values())


def events(session: Session, feed: CalendarFeed, clock) -> dict[str, object]:
    body, _fresh = calendar.diary(session, feed, site="", now=clock())
    return {str(one["UID"]): one for one in Calendar.from_ical(body).walk("VEVENT") if "reception" in one["UID"]}


@pytest.mark.db
def test_a_phone_without_script_takes_a_talk_of_the_next_reception_day(
    client: FlaskClient, session: Session, clock, staff, qin: int
) -> None:
    row = plan(session, clock, staff(QIN), qin)
    session.commit()
    what = {"dispute_type": "contract", "summary": "押金的事想问问", "other_name": ZHOU.name, "other_kind": "natural"}
    who = client.post("/book/video_visit", data={**what, "community": community(session)}).location
    time = client.post(who, data={"name": ZHAO.name, "phone": ZHAO.phone, "consent": "y"}).location
    page = client.get(time).get_data(as_text=True)
    assert "最近的接访日" in page
    assert "2026年11月25日（星期三），秦海燕接访" in page
    wrong = client.post(time, data={"slot": at(25, 14, 10).isoformat(), "reception": row.public_id})
    assert (wrong.status_code, "这个接访时间已不能预约" in wrong.get_data(as_text=True)) == (409, True)
    talk = {"slot": at(25, 14, 30).isoformat(), "reception": row.public_id}
    assert client.post(time, data=talk).location.endswith("/confirm")
    session.rollback()
    booking = session.scalars(select(Booking)).one()
    assert (booking.starts_at, booking.mediator_id) == (at(25, 14, 30), qin)


def signed_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("locale", "en")
    client.post("/sign-in", data={"username": username, "password": PASSWORD})
    return client


def sent(session: Session, **more: object) -> dict[str, object]:
    known = {"do": "plan", "weekday": "2", "hours": "14:00-16:30", "station": station(session), "slot_min": "30"}
    return {**known, "first": "2026-11-25", **more}


@pytest.mark.db
def test_the_mediator_keeps_reception_days_on_a_page(app: Flask, session: Session, staff, qin: int) -> None:
    session.commit()
    client = signed_in(app, QIN)
    page = "/hours/receptions"
    for more, said in (
        ({"hours": "16:30-14:00"}, "hours-error"),
        ({"hours": "afternoon"}, "hours-error"),
        ({"hours": "9:00-10:00, 14:00-15:00"}, "A reception has one stretch of hours."),
        ({"hours": "20:00-22:00"}, "The mediator is not at work then."),
        ({"first": "yesterday"}, "first-error"),
        ({"first": "2026-11-20"}, "first-error"),
        ({"weekday": "9"}, "weekday-error"),
        ({"station": "nonsense"}, "station-error"),
    ):
        answer = client.post(page, data=sent(session, **more))
        assert answer.status_code == 422, more
        assert said in answer.get_data(as_text=True), more
    assert client.post(page, data=sent(session)).status_code == 303
    assert "Each Wednesday, 14:00-16:30" in client.get(page).get_data(as_text=True)
    assert "Reception days" in client.get("/calendar").get_data(as_text=True)
    session.rollback()
    row = session.scalars(select(Reception)).one()
    day = {"do": "day", "reception": row.public_id, "on": "2026-11-25", "what": "move", "why": "会议"}
    assert "The new day is missing." in client.post(page, data=day).get_data(as_text=True)
    assert client.post(page, data={**day, "to_on": "2026-11-26"}).status_code == 303
    assert "Moved" in client.get(page).get_data(as_text=True)
    assert client.post(page, data={**day, "do": "restore"}).status_code == 303
    assert client.post(page, data={**day, "do": "nonsense"}).status_code in {400, 422}
    end = {"do": "end", "reception": row.public_id, "from_day": "2026-11-20"}
    assert client.post(page, data=end).status_code == 422
    assert client.post(page, data={**end, "from_day": "2026-12-01"}).status_code == 303


@pytest.mark.db
def test_the_desk_keeps_them_for_the_mediators_of_its_place(app: Flask, session: Session, staff, qin: int) -> None:
    session.commit()
    page = f"/opening/mediators/{people.mediator(session, qin).public_id}/receptions"
    assert signed_in(app, SHEN).post(page, data=sent(session)).status_code == 303
    assert signed_in(app, HU).post(page, data=sent(session)).status_code == 403


@pytest.mark.db
def test_the_desk_books_a_talk_and_the_party_takes_another(
    app: Flask, session: Session, clock, staff, qin: int
) -> None:
    """From the case's page, and from the personal page: another talk of a reception day keeps it one."""
    row = plan(session, clock, staff(QIN), qin)
    case = ready_case(session, clock, staff(QIN), kind=CaseKind.VIDEO_VISIT)
    link = links.url_path(
        links.issue(session, party_id=party_of(case, PartyRole.APPLICANT).id, case_id=case.id, clock=clock)
    )
    session.commit()
    client = signed_in(app, SHEN)
    page = f"/cases/{case.public_id}/book"
    assert "Next reception days" in client.get(page).text
    talk = {"slot": at(25, 14, 30).isoformat(), "reception": row.public_id, "key": "k1"}
    wrong = client.post(page, data={**talk, "slot": at(25, 14, 10).isoformat()})
    assert (wrong.status_code, "This reception time is not offered any more." in wrong.text) == (409, True)
    assert client.post(page, data=talk).status_code == 303
    assert client.post(page, data=talk).status_code == 303
    assert talks(session) == [(at(25, 14, 30), ChoiceReason.RECEPTION, WEDNESDAY)]
    phone = app.test_client()
    assert "接访日" in phone.get(f"{link}/booking").text
    later = {"slot": at(2, 15, month=12).isoformat(), "reception": row.public_id}
    assert phone.post(f"{link}/booking", data=later).status_code == 303
    assert talks(session) == [(at(2, 15, month=12), ChoiceReason.RECEPTION, date(2026, 12, 2))]
    assert phone.post(f"{link}/booking", data={"slot": at(3, 9, month=12).isoformat()}).status_code == 303
    assert talks(session) == []


def talks(session: Session) -> list[tuple[datetime, ChoiceReason, date]]:
    session.rollback()
    rows = session.execute(
        select(Booking, ReceptionSlot.on).join(ReceptionSlot, ReceptionSlot.booking_id == Booking.id)
    )
    return [(booking.starts_at, booking.choice_reason, on) for booking, on in rows]


@pytest.mark.db
def test_other_programs_read_reception_hours_as_taken(session: Session, clock, staff, qin: int) -> None:
    plan(session, clock, staff(QIN), qin, last=WEDNESDAY)
    begin, end = at(25, 14), at(25, 16, 30)
    assert queries.busy_of(session, qin, at(25, 0), at(26, 0)) == [(begin, end)]
    assert queries.busy_of(session, qin, at(25, 17), at(26, 0)) == []
