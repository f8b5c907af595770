"""One-time codes: what a person with a phone, and one without it, meets."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from mediation.access.models import OneTimeCode
from mediation.access.service import codes, rates
from mediation.kernel.db import transaction
from mediation.kernel.errors import Limited, Refused

pytestmark = pytest.mark.db
PHONE = "13800000001"


@pytest.fixture(autouse=True)
def phones():
    """What arrives on each phone."""
    inbox: dict[str, list[str]] = {}
    before = codes._Delivery.by
    codes.delivered_by(lambda _session, phone, code, _locale, _now: inbox.setdefault(phone, []).append(code))
    yield inbox
    codes._Delivery.by = before


def send(
    sessions: sessionmaker[Session], clock, *, phone: str = PHONE, purpose: str = "book", address: str = ""
) -> None:
    with transaction(sessions) as session:
        codes.send_code(session, phone=phone, purpose=purpose, address=address, clock=clock)


def enter(sessions: sessionmaker[Session], clock, code: str, *, phone: str = PHONE, purpose: str = "book") -> str:
    """The outcome as a word: `right`, or the refusal's code."""
    try:
        with transaction(sessions) as session:
            codes.check_code(session, phone=phone, purpose=purpose, code=code, clock=clock)
    except Refused as refusal:
        return refusal.code
    return "right"


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_code_that_arrived_is_right_once(sessions, clock, phones) -> None:
    send(sessions, clock)
    (code,) = phones[PHONE]
    assert len(code) == 6
    assert code.isdigit()
    assert enter(sessions, clock, f" {code} ") == "right"
    assert enter(sessions, clock, code) == "code_expired"


def test_a_code_is_kept_nowhere(sessions, clock, phones) -> None:
    send(sessions, clock)
    with sessions() as session:
        row = session.scalars(select(OneTimeCode)).one()
        kept = " ".join(str(value) for value in vars(row).values())
    assert phones[PHONE][0] not in kept
    assert PHONE not in kept


def test_five_wrong_codes_are_counted_and_the_sixth_locks_even_when_right(sessions, clock, phones) -> None:
    send(sessions, clock)
    (code,) = phones[PHONE]
    lefts = []
    for _ in range(5):
        with pytest.raises(Refused) as refusal, transaction(sessions) as session:
            codes.check_code(session, phone=PHONE, purpose="book", code=wrong(code), clock=clock)
        lefts.append((refusal.value.code, refusal.value.params["left"]))
    assert lefts == [("code_wrong", left) for left in (4, 3, 2, 1, 0)]
    assert enter(sessions, clock, code) == "code_locked"
    assert enter(sessions, clock, code) == "code_locked"


def test_two_who_guess_at_once_have_five_tries_together(sessions, clock, phones) -> None:
    send(sessions, clock)
    guess = wrong(phones[PHONE][0])
    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(lambda _: enter(sessions, clock, guess), range(10)))
    assert outcomes == ["code_locked"] * 5 + ["code_wrong"] * 5


def test_a_right_code_can_be_used_by_one_of_two_at_once(sessions, clock, phones) -> None:
    for _round in range(4):
        clock.pass_(minutes=30)
        send(sessions, clock)
        code = phones[PHONE][-1]
        together = Barrier(2)

        def once(_who: int, code: str = code, together: Barrier = together) -> str:
            together.wait(10)
            return enter(sessions, clock, code)

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(once, range(2))) == ["code_expired", "right"]


def test_after_five_minutes_it_is_too_old(sessions, clock, phones) -> None:
    send(sessions, clock)
    clock.pass_(minutes=5)
    assert enter(sessions, clock, phones[PHONE][0]) == "code_expired"


def test_a_new_code_ends_the_old_one(sessions, clock, phones) -> None:
    send(sessions, clock)
    clock.pass_(seconds=60)
    send(sessions, clock)
    first, second = phones[PHONE]
    assert enter(sessions, clock, first) == ("right" if first == second else "code_wrong")
    assert enter(sessions, clock, second) in ("right", "code_expired")


def test_a_code_opens_only_what_it_was_asked_for_and_only_for_its_phone(sessions, clock, phones) -> None:
    send(sessions, clock)
    code = phones[PHONE][0]
    assert enter(sessions, clock, code, purpose="sign") == "code_expired"
    assert enter(sessions, clock, code, phone="13800000002") == "code_expired"


def until_limited(send_one, clock, **passing: float) -> int:
    for n in range(2000):
        try:
            send_one(n)
        except Limited:
            return n
        clock.pass_(**passing)
    raise AssertionError("never limited")


def test_one_number_gets_five_an_hour_and_ten_a_day(sessions, clock) -> None:
    assert until_limited(lambda _: send(sessions, clock), clock, seconds=31) == 5
    clock.pass_(hours=1)
    assert until_limited(lambda _: send(sessions, clock), clock, seconds=31) == 5
    clock.pass_(hours=1)
    with pytest.raises(Limited, match="code_too_often") as refusal:
        send(sessions, clock)
    assert refusal.value.params["minutes"] > 60
    clock.pass_(days=1)
    send(sessions, clock)


def test_one_address_cannot_ask_for_many_numbers(sessions, clock) -> None:
    def send_one(n: int) -> None:
        send(sessions, clock, phone=f"1390000{n:04d}", address="192.0.2.7")

    assert until_limited(send_one, clock, seconds=1) == 20
    send(sessions, clock, phone="13911111111", address="192.0.2.8")


def test_many_addresses_together_cannot_spend_without_end(session: Session, clock, monkeypatch) -> None:
    monkeypatch.setattr(rates, "CODE_ALL", replace(rates.CODE_ALL, n=30))

    def send_one(n: int) -> None:
        codes.send_code(session, phone=f"137{n:08d}", purpose="book", address=f"10.0.0.{n}", clock=clock)

    assert until_limited(send_one, clock, seconds=0) == 30


def test_what_was_written_with_a_wrong_code_in_the_same_step_is_only_its_count(sessions, clock, phones) -> None:
    send(sessions, clock)
    assert enter(sessions, clock, wrong(phones[PHONE][0])) == "code_wrong"
    with sessions() as session:
        assert session.scalars(select(OneTimeCode.n_tries)).one() == 1


def test_any_other_refusal_undoes_its_step(sessions, clock) -> None:
    def send_and_stumble() -> None:
        with transaction(sessions) as session:
            codes.send_code(session, phone=PHONE, purpose="book", clock=clock)
            raise Refused("something_else")

    with pytest.raises(Refused, match="something_else"):
        send_and_stumble()
    with sessions() as session:
        assert session.scalars(select(OneTimeCode)).all() == []
