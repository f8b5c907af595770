"""Who is told, what they may read there, and when."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.kernel.clock import CHINA
from mediation.notices import rules
from mediation.notices.catalogue import Whom
from mediation.notices.rules import Addressee


def addressee(
    party_id: int, role: str, *, person: int | None = None, represents: tuple[int, str] = (0, "")
) -> Addressee:
    persons = {person or party_id, *([represents[0]] if represents[0] else [])}
    return Addressee(party_id, frozenset(persons), role, represents[1], "赵晓明", "13800000000", "", "zh_Hans_CN")


ZHAO = addressee(1, "applicant")
ZHOU = addressee(2, "respondent")
LAWYER = addressee(3, "agent", represents=(1, "applicant"))
EVERYBODY = (ZHAO, ZHOU, LAWYER)


def test_a_representative_is_told_what_the_one_they_stand_for_is_told() -> None:
    assert rules.recipients(Whom.APPLICANTS, EVERYBODY) == (ZHAO, LAWYER)
    assert rules.recipients(Whom.OTHERS, EVERYBODY) == (ZHOU,)
    assert rules.recipients(Whom.PARTIES, EVERYBODY) == EVERYBODY
    assert rules.recipients(Whom.MEDIATOR, EVERYBODY) == ()


def test_a_protected_pair_never_reads_of_each_other_nor_of_the_others_representative() -> None:
    pair = frozenset({frozenset({1, 2})})
    assert rules.others_shown(ZHOU, EVERYBODY, pair) == ()
    assert rules.others_shown(ZHAO, EVERYBODY, pair) == (LAWYER,)
    assert rules.others_shown(LAWYER, EVERYBODY, pair) == (ZHAO,)
    assert rules.others_shown(ZHOU, EVERYBODY, frozenset()) == (ZHAO, LAWYER)


@given(st.sets(st.tuples(st.integers(1, 4), st.integers(1, 4)), max_size=6))
def test_protection_works_both_ways(pairs: set[tuple[int, int]]) -> None:
    people = [addressee(n, "respondent") for n in range(1, 5)]
    protected = frozenset(frozenset(pair) for pair in pairs)
    for one in people:
        for other in people:
            assert rules.may_see(one, other, protected) == rules.may_see(other, one, protected)


def china(hour: int, minute: int = 0, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        (china(9), china(9)),
        (china(21, 29), china(21, 29)),
        (china(21, 30), china(7, 30, day=24)),
        (china(23, 59), china(7, 30, day=24)),
        (china(0, 5), china(7, 30)),
        (china(7, 29), china(7, 30)),
        (china(7, 30), china(7, 30)),
    ],
)
def test_what_can_wait_does_not_wake_people(now: datetime, leaves: datetime) -> None:
    assert rules.send_at(now.astimezone(UTC), prompt=False) == leaves


def test_an_answer_and_news_of_a_near_hearing_leave_at_night() -> None:
    night = china(23)
    assert rules.send_at(night, prompt=True) == night
    assert rules.send_at(night, prompt=False, about=china(9, day=24)) == night
    assert rules.send_at(night, prompt=False, about=china(15, day=24)) == china(7, 30, day=24)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))
def test_nothing_leaves_before_now_nor_waits_for_more_than_a_night(now: datetime) -> None:
    leaves = rules.send_at(now, prompt=False)
    assert now <= leaves <= now + timedelta(hours=10)
    assert rules.QUIET_TO <= leaves.astimezone(CHINA).time() < rules.QUIET_FROM


def test_reminders_come_two_days_a_day_and_an_hour_before_in_waking_hours() -> None:
    assert rules.reminders(china(10, day=26), china(9, day=23)) == {
        48: china(10, day=24),
        24: china(10, day=25),
        1: china(9, day=26),
    }
    early = rules.reminders(china(6, day=26), china(9, day=23))
    assert early == {48: china(7, 30, day=24), 24: china(7, 30, day=25), 1: china(5, day=26)}
    assert set(rules.reminders(china(10, day=24), china(11, day=23))) == {1}
    assert rules.reminders(china(10, day=24), china(9, 30, day=24)) == {}


def test_a_late_reminder_is_sent_only_while_it_helps() -> None:
    begins = china(10, day=26)
    assert rules.still_helps(begins, 48, china(20, day=24))
    assert not rules.still_helps(begins, 48, china(10, day=25)), "the next one is due"
    assert rules.still_helps(begins, 1, china(9, 59, day=26))
    assert not rules.still_helps(begins, 1, begins)


@pytest.mark.parametrize("name", ["罗桂兰", "迪丽热巴·迪力木拉提", "Mary O'Neill", "José García", "J. R. Smith"])
def test_a_persons_name_is_greeted(name: str) -> None:
    assert rules.addressed_as(name) == name


@pytest.mark.parametrize(
    "words",
    [
        "点击 http://a.example",
        "加微信abc123领奖",
        "恭喜您中奖请回复本短信",
        "a.example",
        "罗桂兰\n转账",
        "<b>罗</b>",
        "罗",
        "",
    ],
)
def test_words_that_one_party_put_into_the_others_name_do_not_travel_in_our_message(words: str) -> None:
    assert rules.addressed_as(words) == ""
