"""A resident chooses a time and books it: over HTTP, as a phone without script does."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from mediation.access.service import codes
from mediation.disputes.models import Case, IntakeDraft
from mediation.kernel.actor import SYSTEM
from mediation.kernel.db import transaction
from mediation.orgs.models import WorkdayOverride
from mediation.people.service import RecordPerson
from mediation.scheduling import service
from mediation.scheduling.models import Booking, WeeklyHours
from mediation.scheduling.rules.codes import BookingState
from mediation.scheduling.service import HoldTime
from tests.cast import ZHAO, ZHOU, Resident
from tests.factories.disputes import community, received_case
from tests.factories.scheduling import at, book, station, wish
from tests.fixtures.clock import FakeClock

pytestmark = pytest.mark.db
SLOT = "2026-11-24T01:00+00:00"
"""Tuesday 24 November, 09:00 in Shanghai."""

WHAT = {
    "dispute_type": "contract",
    "summary": "租期已满,房东不退押金。",
    "other_name": ZHOU.name,
    "other_kind": "natural",
}


@pytest.fixture
def sent() -> Iterator[list[str]]:
    """The codes that were sent, the last one at the end."""
    known: list[str] = []
    before = codes._Delivery.by
    codes.delivered_by(lambda _session, _phone, code, _locale, _now: known.append(code))
    yield known
    codes._Delivery.by = before


@pytest.fixture
def draft(client: FlaskClient, session: Session, staff) -> str:
    """A draft whose first two steps are done."""
    answer = client.post("/book/mediation", data={**WHAT, "community": community(session)})
    who = {"name": ZHAO.name, "phone": ZHAO.phone, "consent": "y"}
    answer = client.post(answer.location, data=who)
    assert answer.location.endswith("/time"), answer.text
    session.rollback()
    return session.scalars(select(IntakeDraft.public_id)).one()


def choose(client: FlaskClient, draft: str, slot: str = SLOT, where: str = "") -> TestResponse:
    return client.post(f"/book/d/{draft}/time", data={"slot": slot, "at": where})


def confirm(client: FlaskClient, draft: str, sent: list[str]) -> TestResponse:
    client.post(f"/book/d/{draft}/code")
    return client.post(f"/book/d/{draft}/confirm", data={"code": sent[-1]})


def count(session: Session, model: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_resident_books_from_the_first_free_day_to_the_calendar_file(
    client: FlaskClient, session: Session, draft: str, sent: list[str]
) -> None:
    page = client.get(f"/book/d/{draft}/time").text
    assert 'aria-current="date"' in page
    assert ">2026年11月23日（星期一）11:00" in page, "two hours from now, today"
    assert choose(client, draft).location.endswith("/confirm")
    summary = client.get(f"/book/d/{draft}/confirm").text
    assert "2026年11月24日（星期二）09:00" in summary
    assert "138****0001" in summary
    assert confirm(client, draft, sent).location.endswith("/done")
    done = client.get(f"/book/d/{draft}/done").text
    session.rollback()
    case = session.scalars(select(Case)).one()
    assert case.number in done
    link = re.search(r'value="(http://localhost/p/[^"]+)"', done)
    assert link is not None
    answer = client.get(f"/book/d/{draft}/hearing.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert event["DTSTART"].dt == at(24, 9)
    assert str(event["URL"]) == link[1]


def test_the_back_button_never_books_twice(client: FlaskClient, session: Session, draft: str, sent: list[str]) -> None:
    choose(client, draft)
    confirm(client, draft, sent)
    code = {"code": sent[-1]}
    assert client.post(f"/book/d/{draft}/confirm", data=code).location.endswith("/done")
    assert client.get(f"/book/d/{draft}/confirm").location.endswith("/done")
    assert client.get(f"/book/d/{draft}/time").location.endswith("/done")
    assert choose(client, draft, "2026-11-25T01:00+00:00").location.endswith("/done")
    assert client.get(f"/book/d/{draft}/what").location.endswith("/done")
    assert (count(session, Case), count(session, Booking)) == (1, 1)
    links = [re.findall(r"/p/[^\"<]+", client.get(f"/book/d/{draft}/done").text) for _time in range(2)]
    assert links[0]
    assert links[0] == links[1]


def test_a_lost_time_is_a_conflict_with_the_nearest_three(
    client: FlaskClient, sessions: sessionmaker[Session], draft: str, clock: FakeClock
) -> None:
    with transaction(sessions) as session:
        for key in ("other:a", "other:b"):
            service.hold(session, HoldTime(key, wish(session), at(24, 9)), clock=clock)
    answer = choose(client, draft)
    assert answer.status_code == 409
    near = answer.text.partition('id="where"')[0]
    assert re.findall(r'value="([^"]+\+00:00)"', near) == [
        "2026-11-24T02:30+00:00",
        "2026-11-24T03:00+00:00",
        "2026-11-24T06:00+00:00",
    ]


def test_a_time_lost_while_the_code_was_typed_books_nothing_and_asks_for_no_second_code(
    client: FlaskClient, sessions: sessionmaker[Session], draft: str, clock: FakeClock, sent: list[str]
) -> None:
    choose(client, draft)
    clock.pass_(minutes=11)
    with transaction(sessions) as session:
        for key in ("other:a", "other:b"):
            service.hold(session, HoldTime(key, wish(session), at(24, 9)), clock=clock)
    answer = confirm(client, draft, sent)
    assert answer.status_code == 409
    with sessions() as session:
        assert count(session, Case) == 0
    assert choose(client, draft, "2026-11-24T06:00+00:00").status_code == 303
    assert client.post(f"/book/d/{draft}/confirm").location.endswith("/done"), "the phone is proved already"


def test_a_wrong_code_says_so_at_its_field_and_books_nothing(
    client: FlaskClient, session: Session, draft: str, sent: list[str]
) -> None:
    choose(client, draft)
    client.post(f"/book/d/{draft}/code")
    wrong = "000000" if sent[-1] != "000000" else "111111"
    for _try in range(5):
        answer = client.post(f"/book/d/{draft}/confirm", data={"code": wrong})
        assert answer.status_code == 422
        assert 'id="code-error"' in answer.text
    locked = client.post(f"/book/d/{draft}/confirm", data={"code": sent[-1]})
    assert locked.status_code == 422
    assert count(session, Case) == 0


@pytest.mark.parametrize(
    ("slot", "status"),
    [
        ("", 422),
        ("tomorrow", 422),
        ("2026-11-24T09:00", 422),
        ("2026-11-24T01:03+00:00", 422),
        ("2020-01-01T01:00+00:00", 409),
        ("2026-11-23T02:00+00:00", 409),
        ("2031-01-01T01:00+00:00", 409),
        ("9999-12-31T23:55+00:00", 409),
    ],
)
def test_a_time_that_no_button_offers_is_refused_and_the_page_stays(
    client: FlaskClient, session: Session, draft: str, slot: str, status: int
) -> None:
    answer = choose(client, draft, slot)
    assert answer.status_code == status
    assert 'class="alert' in answer.text
    assert count(session, Booking) == 0


def test_at_a_station_its_room_is_kept_and_its_address_shown(client: FlaskClient, session: Session, draft: str) -> None:
    where = station(session)
    page = client.get(f"/book/d/{draft}/time?at={where}").text
    assert f'value="{where}"' in page
    choose(client, draft, where=where)
    assert "桃花巷12号一楼" in client.get(f"/book/d/{draft}/confirm").text
    session.rollback()
    assert session.scalars(select(Booking)).one().room is not None


def test_an_unknown_station_is_a_helpful_page(client: FlaskClient, draft: str) -> None:
    assert client.get(f"/book/d/{draft}/time?at=nowhere").status_code == 404
    assert choose(client, draft, where="nowhere").status_code == 404


def test_an_unreadable_day_or_page_is_the_first_one(client: FlaskClient, draft: str) -> None:
    for question in ("day=yesterday", "page=-1", "page=999999999999", "day=2026-11-22", "day=%00"):
        page = client.get(f"/book/d/{draft}/time?{question}")
        assert page.status_code == 200
        assert 'aria-current="date"' in page.text or "page" in question


def test_only_the_browser_that_began_sees_the_draft(app: Flask, draft: str) -> None:
    stranger = app.test_client()
    for path in ("time", "confirm", "done", "hearing.ics"):
        assert stranger.get(f"/book/d/{draft}/{path}").status_code == 404
    assert stranger.post(f"/book/d/{draft}/confirm", data={"code": "123456"}).status_code == 404


def test_without_the_first_steps_the_page_leads_back_to_them(client: FlaskClient, session: Session, staff) -> None:
    what = {"dispute_type": "contract", "community": community(session), "summary": "x", "other_name": "y"}
    draft = client.post("/book/mediation", data=what).location.split("/")[-2]
    assert client.get(f"/book/d/{draft}/time").location.endswith("/who")


def test_confirming_without_a_time_leads_to_the_times(client: FlaskClient, draft: str, sent: list[str]) -> None:
    assert client.get(f"/book/d/{draft}/confirm").location.endswith("/time")
    assert client.get(f"/book/d/{draft}/done").location.endswith("/time")
    assert client.post(f"/book/d/{draft}/code").location.endswith("/time")


def test_a_weekday_without_any_free_time_says_so_for_readers(client: FlaskClient, draft: str) -> None:
    page = client.get(f"/book/d/{draft}/time").text
    for offset in range(4):
        assert (date(2026, 11, 23) + timedelta(days=offset)).strftime("day=%Y-%m-%d") in page


def test_the_kept_time_is_moved_by_another_choice(client: FlaskClient, session: Session, draft: str) -> None:
    choose(client, draft)
    choose(client, draft, "2026-11-25T06:00+00:00")
    session.rollback()
    booking = session.scalars(select(Booking)).one()
    assert (booking.state, booking.starts_at) == (BookingState.HELD, at(25, 14))
    assert "2026年11月25日（星期三）14:00" in client.get(f"/book/d/{draft}/time").text


@pytest.mark.parametrize("who", [ZHAO, ZHOU], ids=["the applicant", "the other side"])
def test_who_already_has_a_session_then_is_said_and_times_for_everybody_are_offered(  # noqa: PLR0917
    client: FlaskClient,
    sessions: sessionmaker[Session],
    draft: str,
    clock: FakeClock,
    sent: list[str],
    who: Resident,
) -> None:
    """Booked between the choice and the code: in another matter, with another mediator."""
    with sessions() as session:
        with_phone = {**WHAT, "community": community(session), "other_phone": ZHOU.phone}
    assert client.post(f"/book/d/{draft}/what", data=with_phone).status_code == 303
    choose(client, draft)
    with transaction(sessions) as session:
        applicant, respondent = RecordPerson(name=who.name, phone=who.phone), RecordPerson(name="孙丽华")
        other = received_case(session, clock, applicant=applicant, respondents=(respondent,))
        book(session, SYSTEM, other.id, at(24, 9, 30), clock=clock)
    answer = confirm(client, draft, sent)
    assert answer.status_code == 409
    near = answer.text.partition('id="where"')[0]
    assert "在这个时间已有另一场" in near
    assert re.findall(r'value="([^"]+\+00:00)"', near) == [
        "2026-11-24T02:30+00:00",
        "2026-11-24T03:00+00:00",
        "2026-11-24T06:00+00:00",
    ], "10:30, when the other session is over, and not again 9:00"


def cells(page: str) -> dict[str, str]:
    """What readers hear of each day of the month -> its address, or nothing."""
    month = page.partition('class="slot-days"')[2].partition("</table>")[0]
    found = re.findall(r'<td>\s*<(?:a class="slot-day"\s+href="([^"]+)"|span)[^>]*>\s*<span[^>]*>([^<]+)<', month)
    return {label: address for address, label in found}


def test_a_month_says_of_each_day_how_many_times_are_free_or_in_words_why_none_is(
    client: FlaskClient, draft: str, clock: FakeClock
) -> None:
    clock.pass_(days=1)
    november = client.get(f"/book/d/{draft}/time").text
    days = cells(november)
    assert len(days) == 8, "the weeks that are left"
    assert days["2026年11月23日（星期一），已过"] == ""
    assert days["2026年11月28日（星期六），周末，没有空闲时间"] == ""
    assert re.search(r"^2026年11月25日（星期三），有\d+个空闲时间$", "\n".join(days), re.MULTILINE)
    later = re.search(r'href="([^"]+month=2026-12[^"]*)"', november)
    assert later is not None
    december = client.get(later[1].replace("&amp;", "&")).text
    assert "2026年12月24日（星期四），尚未开放预约" in cells(december)
    assert "month=2026-11" in december
    assert "month=2027-01" not in december
    on, address = next(one for one in cells(december).items() if one[1])
    assert on.split("，", maxsplit=1)[0] in client.get(address.replace("&amp;", "&")).text.partition('id="times"')[2]


def test_a_full_day_and_a_holiday_say_so(
    client: FlaskClient, sessions: sessionmaker[Session], draft: str, clock: FakeClock
) -> None:
    with transaction(sessions) as session:
        for one in session.scalars(select(WeeklyHours).where(WeeklyHours.weekday == 1)):
            session.delete(one)
        session.add(WorkdayOverride(on=date(2026, 11, 25), is_working=False, label="停电", source="test"))
        session.flush()
        service.rebuild(session)
    days = cells(client.get(f"/book/d/{draft}/time").text)
    assert days["2026年11月24日（星期二），已约满，没有空闲时间"] == ""
    assert days["2026年11月25日（星期三），法定节假日，没有空闲时间"] == ""


def test_after_work_leaves_evenings_and_days_off_and_stays_on_while_days_are_turned(
    client: FlaskClient, sessions: sessionmaker[Session], draft: str
) -> None:
    empty = client.get(f"/book/d/{draft}/time?when=after_work").text
    assert "今后30天内下班后没有空闲时间" in empty
    with transaction(sessions) as session:
        for one in session.scalars(select(WeeklyHours).where(WeeklyHours.weekday == 2)):
            one.to_minute = 20 * 60
    page = client.get(f"/book/d/{draft}/time?when=after_work").text
    assert set(re.findall(r"T(\d\d:\d\d)\+00:00", page)) == {"09:30", "10:00", "10:30", "11:00"}, "17:30 to 19:00"
    assert all("when=after_work" in address for address in cells(page).values() if address)
    assert all("星期三" in label for label, address in cells(page).items() if address)


def test_the_first_free_time_and_the_near_station_are_one_press(
    client: FlaskClient, session: Session, draft: str
) -> None:
    page = client.get(f"/book/d/{draft}/time").text
    quick = page.partition('id="quick"')[2].partition('id="days"')[0]
    assert "最早的空闲时间：2026年11月23日（星期一）11:00" in quick
    first = re.search(r'name="slot"\s+value="([^"]+)"', quick)
    assert first is not None
    assert choose(client, draft, first[1]).location.endswith("/confirm")
    assert f"at={station(session)}" in quick, "桃溪社区站, in the draft's own street"


def test_the_kept_time_is_kept_longer_by_one_press_also_after_its_end(
    client: FlaskClient, session: Session, draft: str, clock: FakeClock
) -> None:
    choose(client, draft)
    clock.pass_(minutes=9)
    assert 'data-module="shared/countdown"' in client.get(f"/book/d/{draft}/time").text
    assert client.post(f"/book/d/{draft}/keep").location.endswith("/confirm#kept")
    for minutes in (9, 11):
        clock.pass_(minutes=minutes)
        client.post(f"/book/d/{draft}/keep")
        page = client.get(f"/book/d/{draft}/confirm").text
        until = re.search(r'datetime="([^"]+)"', page)
        assert until is not None
        assert datetime.fromisoformat(until[1]) == clock() + timedelta(minutes=10)
    session.rollback()
    assert session.scalars(select(Booking)).one().starts_at == at(24, 9)


def test_when_the_ten_minutes_are_over_the_page_says_so_and_offers_the_nearest_times(
    client: FlaskClient, sessions: sessionmaker[Session], draft: str, clock: FakeClock
) -> None:
    choose(client, draft)
    clock.pass_(minutes=11)
    over = client.get(f"/book/d/{draft}/confirm").text
    assert "目前还空着" in over
    assert ZHAO.name in over
    assert "2026-11-24T01:30+00:00" in over
    with transaction(sessions) as session:
        for key in ("other:a", "other:b"):
            service.hold(session, HoldTime(key, wish(session), at(24, 9)), clock=clock)
    gone = client.get(f"/book/d/{draft}/confirm").text
    assert "已被别人约走" in gone
    assert ZHAO.name in gone
    assert "2026-11-24T02:30+00:00" in gone
    assert client.post(f"/book/d/{draft}/keep").status_code == 409


def test_a_draft_without_a_time_keeps_none(client: FlaskClient, draft: str) -> None:
    assert client.post(f"/book/d/{draft}/keep").location.endswith("/time")
