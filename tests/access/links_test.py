"""Personal links: one answer for whatever does not open."""

import statistics
from time import perf_counter_ns

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access import links
from mediation.access.models import PersonalLink
from mediation.kernel import crypto
from mediation.kernel.errors import Missing
from tests.fixtures.db import SECRET

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def _own_keys():
    yield
    crypto.install(crypto.Keyring([SECRET]))


@pytest.fixture
def token(session: Session, clock) -> str:
    return links.issue(session, party_id=7, case_id=5, clock=clock)


def test_a_link_opens_the_party_and_case_it_was_made_for(session: Session, clock, token: str) -> None:
    link = links.open_link(session, token, clock=clock)
    assert (link.party_id, link.case_id) == (7, 5)
    assert links.url_path(token) == f"/p/{token}"


def test_issued_again_it_is_the_same_link(session: Session, clock, token: str) -> None:
    assert links.issue(session, party_id=7, case_id=5, clock=clock) == token
    assert links.token_of(links.open_link(session, token, clock=clock)) == token


def test_another_purpose_has_another_link(session: Session, clock, token: str) -> None:
    other = links.issue(session, party_id=7, case_id=5, purpose="sign", clock=clock)
    links.revoke(session, party_id=7, purpose="case", clock=clock)
    assert links.open_link(session, other, clock=clock).purpose == "sign"
    with pytest.raises(Missing):
        links.open_link(session, token, clock=clock)


def altered(token: str) -> list[str]:
    identifier, signature = token.split(".")
    other = "0" if identifier[0] != "0" else "1"
    return [
        other + token[1:],
        token[:-1],
        token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1],
        f"{identifier}.",
        identifier,
        signature,
        f".{signature}",
        "",
        ".",
        token + "\x00",
        "é.é",
        "0" * 16 + "." + "A" * 22,
        "x" * 10_000,
    ]


def test_unknown_altered_revoked_and_expired_give_the_same_answer(session: Session, clock, token: str) -> None:
    answers = set()

    def answer(given: str) -> None:
        with pytest.raises(Missing) as refusal:
            links.open_link(session, given, clock=clock)
        answers.add((type(refusal.value), refusal.value.code, refusal.value.field, str(refusal.value.params)))

    for given in altered(token):
        answer(given)
    expired = links.issue(session, party_id=8, case_id=5, clock=clock)
    links.revoke(session, party_id=7, clock=clock)
    answer(token)
    clock.pass_(days=181)
    answer(expired)
    assert answers == {(Missing, "link_unknown", None, "{}")}


def test_a_revoked_link_is_never_issued_again(session: Session, clock, token: str) -> None:
    links.revoke(session, party_id=7, clock=clock)
    fresh = links.issue(session, party_id=7, case_id=5, clock=clock)
    assert fresh != token
    assert links.open_link(session, fresh, clock=clock).party_id == 7


def test_a_link_that_is_sent_again_lives_on(session: Session, clock, token: str) -> None:
    clock.pass_(days=150)
    assert links.issue(session, party_id=7, case_id=5, clock=clock) == token
    clock.pass_(days=150)
    assert links.open_link(session, token, clock=clock).party_id == 7


def test_the_database_alone_opens_nothing(session: Session, clock, token: str) -> None:
    row = session.scalars(select(PersonalLink)).one()
    assert token.split(".")[1] not in {str(value) for value in vars(row).values()}
    crypto.install(crypto.Keyring(["a thief who has the file but not the key"]))
    with pytest.raises(Missing):
        links.open_link(session, token, clock=clock)


def test_a_link_outlives_a_new_secret(session: Session, clock, token: str) -> None:
    crypto.install(crypto.Keyring(["a new secret", SECRET]))
    assert links.open_link(session, token, clock=clock).party_id == 7


def test_time_does_not_tell_whether_a_link_exists(session: Session, clock, token: str) -> None:
    """Timing class: a signed but revoked link and a made-up one do the same work (one signature, one look-up, one
    comparison). Medians of interleaved runs; a comparison that stops early or a look-up left out is a factor."""
    unknown = "0123456789abcdef.AAAAAAAAAAAAAAAAAAAAAA"
    links.revoke(session, party_id=7, clock=clock)
    times: dict[str, list[int]] = {token: [], unknown: []}
    for _ in range(300):
        for given, taken in times.items():
            start = perf_counter_ns()
            with pytest.raises(Missing):
                links.open_link(session, given, clock=clock)
            taken.append(perf_counter_ns() - start)
    revoked, made_up = (statistics.median(taken) for taken in times.values())
    assert 0.4 < revoked / made_up < 2.5
