"""Signing in, being locked out, sessions and their ends."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from mediation.access import queries
from mediation.access.models import RateCount, StaffSession
from mediation.access.permissions import Role
from mediation.access.service import accounts, rates, sign_in
from mediation.access.service import sessions as staff_sessions
from mediation.access.service.sign_in import SignIn
from mediation.kernel.actor import SYSTEM
from mediation.kernel.db import transaction
from mediation.kernel.errors import Invalid, Limited, Missing, Refused, Taken
from mediation.kernel.log import LogEntry
from tests.factories.access import PASSWORD, make_account
from tests.factories.orgs import make_tree

pytestmark = pytest.mark.db


@pytest.fixture
def shen(sessions: sessionmaker[Session], clock) -> int:
    with transaction(sessions) as session:
        tree = make_tree(session, clock)
        return make_account(session, clock, (Role.CLERK, tree.community), username="shen").id


def try_to_sign_in(sessions, clock, password: str = PASSWORD, *, username: str = "shen", address: str = "") -> str:
    """The three steps as the view takes them; returns the token, or raises."""
    command = SignIn(username=username, password=password, address=address, agent="Firefox")
    with transaction(sessions) as session:
        sign_in.attempt(session, command, clock=clock)
    with sessions() as session:
        account = sign_in.authenticate(session, command)
    with transaction(sessions) as session:
        return sign_in.admit(session, account.id, command, clock=clock)


def outcome(*args, **kwargs) -> str:
    try:
        try_to_sign_in(*args, **kwargs)
    except (Refused, Limited) as refusal:
        return refusal.code
    return "in"


def live(sessions, clock, token: str, **limits):
    with sessions() as session:
        return queries.live_session(session, staff_sessions.hash_of(token), now=clock(), **limits)


def test_a_right_password_begins_a_session_with_the_roles_and_places_of_the_account(sessions, clock, shen: int) -> None:
    found = live(sessions, clock, try_to_sign_in(sessions, clock, username=" Shen "))
    assert found.actor.account_id == shen
    assert [(grant.role, grant.path.count("/")) for grant in found.actor.grants] == [("clerk", 4)]


def test_the_token_itself_is_not_in_the_database(sessions, clock, shen: int) -> None:
    token = try_to_sign_in(sessions, clock)
    with sessions() as session:
        assert token not in str(vars(session.scalars(select(StaffSession)).one()))


def test_an_unknown_name_a_wrong_password_and_an_account_switched_off_are_told_the_same(sessions, clock, shen) -> None:
    assert outcome(sessions, clock, "wrong password") == "sign_in_wrong"
    assert outcome(sessions, clock, username="nobody") == "sign_in_wrong"
    with transaction(sessions) as session:
        accounts.switch_off(session, SYSTEM, shen, clock=clock)
    assert outcome(sessions, clock) == "sign_in_wrong"


@pytest.mark.parametrize("username", ["shen", "nobody"])
def test_five_wrong_passwords_lock_the_name_whether_it_exists_or_not(sessions, clock, shen, username: str) -> None:
    tries = [outcome(sessions, clock, "wrong password", username=username) for _ in range(6)]
    assert tries == ["sign_in_wrong"] * 5 + ["sign_in_locked"]


def test_locked_the_right_password_does_not_help_until_the_time_is_over(sessions, clock, shen) -> None:
    for _ in range(5):
        outcome(sessions, clock, "wrong password")
    with pytest.raises(Limited) as refusal:
        try_to_sign_in(sessions, clock)
    clock.pass_(minutes=refusal.value.params["minutes"])
    assert outcome(sessions, clock) == "in"


def test_a_right_password_starts_the_count_again(sessions, clock, shen) -> None:
    for _ in range(3):
        assert [outcome(sessions, clock, "wrong password") for _ in range(4)] == ["sign_in_wrong"] * 4
        assert outcome(sessions, clock) == "in"


def test_two_browsers_that_guess_at_once_have_five_tries_together(sessions, clock, shen) -> None:
    with ThreadPoolExecutor(2) as pool:
        tries = sorted(pool.map(lambda _: outcome(sessions, clock, "wrong password"), range(12)))
    assert tries == ["sign_in_locked"] * 7 + ["sign_in_wrong"] * 5


def test_one_address_that_tries_many_names_is_locked_and_others_are_not(sessions, clock, shen) -> None:
    tries = [outcome(sessions, clock, username=f"name{n}", address="192.0.2.1") for n in range(31)]
    assert tries == ["sign_in_wrong"] * 30 + ["sign_in_locked"]
    assert outcome(sessions, clock, address="192.0.2.2") == "in"


def test_counts_name_nobody_and_are_swept_away(sessions, clock, shen) -> None:
    outcome(sessions, clock, "wrong password", address="192.0.2.1")
    with transaction(sessions) as session:
        assert not any("shen" in key or "192" in key for key in session.scalars(select(RateCount.key)))
        assert rates.sweep(session, clock()) == 0
        assert rates.sweep(session, clock() + timedelta(days=3)) == 2


def test_a_session_ends_when_idle_when_old_and_when_ended(sessions, clock, shen) -> None:
    token = try_to_sign_in(sessions, clock)
    clock.pass_(minutes=29)
    found = live(sessions, clock, token)
    with transaction(sessions) as session:
        staff_sessions.touch(session, found.id, clock=clock)
    clock.pass_(minutes=29)
    assert live(sessions, clock, token)
    clock.pass_(minutes=2)
    assert live(sessions, clock, token) is None
    assert live(sessions, clock, token, idle=timedelta(hours=1))
    clock.pass_(hours=12)
    assert live(sessions, clock, token, idle=timedelta(days=9)) is None


def test_a_session_in_use_all_day_ends_after_twelve_hours(sessions, clock, shen) -> None:
    token = try_to_sign_in(sessions, clock)
    for _ in range(35):
        clock.pass_(minutes=20)
        found = live(sessions, clock, token)
        with transaction(sessions) as session:
            staff_sessions.touch(session, found.id, clock=clock)
    clock.pass_(minutes=20)
    assert live(sessions, clock, token) is None


def test_one_ends_the_own_sessions_and_nobody_elses(sessions, clock, shen) -> None:
    mine, phone = (live(sessions, clock, try_to_sign_in(sessions, clock)) for _ in range(2))
    with transaction(sessions) as session:
        other = make_account(session, clock)
        with pytest.raises(Missing, match="session_unknown"):
            staff_sessions.end(session, queries.actor_of(other), phone.id, clock=clock)
        staff_sessions.end(session, mine.actor, phone.id, clock=clock)
    with sessions() as session:
        rows = queries.own_sessions(session, shen, now=clock())
    assert [(row.id, row.agent) for row in rows] == [(mine.id, "Firefox")]


def test_a_changed_password_ends_every_other_session(sessions, clock, shen) -> None:
    here, there = try_to_sign_in(sessions, clock), try_to_sign_in(sessions, clock)
    mine = live(sessions, clock, here)
    with transaction(sessions) as session:
        command = accounts.ChangePassword(current=PASSWORD, new="another long password")
        accounts.change_password(session, mine.actor, command, keep_session=mine.id, clock=clock)
    assert live(sessions, clock, here)
    assert live(sessions, clock, there) is None
    assert outcome(sessions, clock) == "sign_in_wrong"
    assert outcome(sessions, clock, "another long password") == "in"


@pytest.mark.parametrize(
    ("passwords", "code"),
    [
        (("wrong password", "another long password"), "password_wrong"),
        ((PASSWORD, PASSWORD), "password_same"),
        ((PASSWORD, "short"), "password_short"),
        ((PASSWORD, "x" * 129), "password_long"),
        ((PASSWORD, "I am Shen of Taoxi"), "password_has_name"),
    ],
)
def test_a_password_that_will_not_do_is_refused_at_its_field(sessions, clock, shen, passwords, code) -> None:
    actor = live(sessions, clock, try_to_sign_in(sessions, clock)).actor
    command = accounts.ChangePassword(*passwords)
    with pytest.raises((Refused, Invalid), match=code) as refusal, transaction(sessions) as session:
        accounts.change_password(session, actor, command, clock=clock)
    assert refusal.value.field in ("current", "new")


def test_a_new_role_ends_the_sessions_and_holds_from_the_next_one(sessions, clock, shen) -> None:
    token = try_to_sign_in(sessions, clock)
    with transaction(sessions) as session:
        place = live(sessions, clock, token).actor.grants[0].org_id
        grant = accounts.GrantRole(account_id=shen, role=Role.COMMITTEE_HEAD, org_id=place)
        accounts.grant(session, SYSTEM, grant, clock=clock)
    assert live(sessions, clock, token) is None
    assert live(sessions, clock, try_to_sign_in(sessions, clock)).actor.has_role(Role.COMMITTEE_HEAD)


def test_a_role_that_makes_no_sense_at_a_place_is_refused(sessions, clock, shen) -> None:
    with transaction(sessions) as session:
        place = queries.actor_by_username(session, "shen").grants[0].org_id
        with pytest.raises(Refused, match="role_not_here"):
            accounts.grant(
                session, SYSTEM, accounts.GrantRole(account_id=shen, role=Role.JUDGE, org_id=place), clock=clock
            )


def test_a_name_is_given_once(sessions, clock, shen) -> None:
    with pytest.raises(Taken, match="username_taken"), transaction(sessions) as session:
        make_account(session, clock, username="Shen")


def test_the_trail_says_who_came_and_went_without_naming_them(sessions, clock, shen) -> None:
    found = live(sessions, clock, try_to_sign_in(sessions, clock))
    with transaction(sessions) as session:
        staff_sessions.end(session, found.actor, found.id, clock=clock)
        rows = session.scalars(select(LogEntry).order_by(LogEntry.seq.desc()).limit(2)).all()
    assert [(row.name, row.actor) for row in rows] == [
        ("staff_signed_out", f"account:{shen}"),
        ("staff_signed_in", f"account:{shen}"),
    ]
