"""Every address of the product, tried by every role, on a case of theirs and on one far away.

What must be answered is worked out from the table of rights alone, not from the code under test. A new address is
tried by itself; one that declares nothing, or whose parts this test does not know, fails.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from mediation.access import links
from mediation.access import queries as access
from mediation.access.models import Account
from mediation.access.permissions import Permission, Relation, Role, Scope, allowed, holds
from mediation.access.service import accounts
from mediation.disputes import queries, service
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import PartyRole
from mediation.documents import service as documents
from mediation.documents.catalogue import DocumentKind
from mediation.hearings.models import Hearing, Recording
from mediation.hearings.rules.codes import RecordingPurpose, RecordingState
from mediation.kernel.actor import SYSTEM, Actor
from mediation.orgs import queries as orgs
from mediation.orgs.rules import OrgLevel
from mediation.people import queries as people
from mediation.scheduling import search
from mediation.scheduling import service as scheduling
from mediation.scheduling.service import BookTime
from mediation.supervision.models import Timer
from mediation.web.security import LINK, OPEN, STAFF, VISIT, declared
from tests import cast
from tests.factories.disputes import accepted_case, community, party_of, ready_case
from tests.factories.files import picture
from tests.factories.scheduling import book

pytestmark = pytest.mark.db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
EVERYBODY = (
    cast.SHEN,
    cast.HU,
    cast.QIN,
    cast.WU,
    cast.HE,
    cast.GAO,
    cast.LIN,
    cast.TANG,
    cast.ZHENG,
    cast.REN,
    cast.MA,
    cast.GUO,
)
OWN_SEAT = {"hearings.room", "hearings.staff_token", "hearings.staff_device", "hearings.papers", "hearings.paper_page"}
"""The right opens the door; behind it only those who have a seat of their own are let in."""
DENIALS = {
    "not_allowed",
    "case_unknown",
    "booking_unknown",
    "hearing_unknown",
    "document_unknown",
    "file_unknown",
    "timer_unknown",
    "recording_unknown",
}


@dataclass(frozen=True)
class Target:
    """A case with one of everything that can hang on it, by the names of the addresses' parts."""

    case: Case
    mediator_account: int
    parts: dict[str, dict[str, Any]]
    """Kind -> part -> value; `""` for every kind."""

    def address(self, rule: Rule, app: Flask) -> str | None:
        """None when this test knows no value for a part."""
        of_case = rule.rule.startswith("/cases/")
        known = self.parts[""] | ({} if of_case else self.parts.get(kind_of(rule), {}))
        if not rule.arguments <= known.keys():
            return None
        return _built(app, rule, known)


def kind_of(rule: Rule) -> str:
    """Of what the address is: the blueprint's own thing, or a recording."""
    return "recordings" if "/recordings/" in rule.rule else rule.endpoint.partition(".")[0]


def _built(app: Flask, rule: Rule, known: dict[str, Any]) -> str:
    return app.url_map.bind("localhost").build(rule.endpoint, {name: known[name] for name in rule.arguments})


def furnished(session: Session, clock: Any, place: str, mediator: Actor) -> Target:
    case = ready_case(session, clock, mediator, community=community(session, place), summary=f"{place}的一件")
    wish = BookTime(case.id, clock(), "")
    find = scheduling.times_for_case(session, SYSTEM, wish, now=clock())
    booking = book(session, SYSTEM, case.id, search.free_times(session, find, now=clock())[0].starts_at, clock=clock)
    hearing = session.scalars(select(Hearing).where(Hearing.booking_id == booking.id)).one()
    recording = Recording(
        hearing_id=hearing.id, purpose=RecordingPurpose.READ_BACK, state=RecordingState.READY, started_at=clock()
    )
    session.add(recording)
    session.flush()
    evidence = service.file_evidence(
        session, SYSTEM, service.FileEvidence(case.id, "照片.png", picture("PNG")), clock=clock
    )
    paper = documents.request_paper(session, SYSTEM, DocumentKind.AGREEMENT, "x", case_id=case.id, at=clock())
    documents.keep(session, {"document": paper.id, "pdf": PDF}, clock())
    timer = session.scalars(select(Timer).where(Timer.case_id == case.id, Timer.done_at.is_(None))).first()
    assert timer is not None
    assert mediator.account_id is not None
    return Target(
        case,
        mediator.account_id,
        {
            "": {
                "public_id": case.public_id,
                "party": party_of(case, PartyRole.RESPONDENT).public_id,
                "timer_id": timer.id,
                "on": "2026-12-01",
                "of": "all",
                "session_id": 1,
                "mediator": people.mediator_of(session, mediator.account_id).public_id,  # type: ignore[union-attr]
                "closure": "none",
                "signal": "none",
                "alert": "none",
                "room": "none",
                "wish": "none",
                "seat": "none",
                "row": 0,
                "paper": "none",
                "station": "none",
                "screen": "none",
                "visit": "none",
                "page": 1,
                "size": "small",
            },
            "hearings": {"public_id": hearing.public_id},
            "recordings": {"public_id": recording.public_id},
            "scheduling": {"public_id": booking.public_id},
            "files": {"public_id": evidence.file.public_id},
            "documents": {"public_id": paper.public_id},
        },
    )


@pytest.fixture
def targets(session: Session, clock, staff) -> tuple[Target, Target]:
    """A case in 桃溪社区, whose mediator is 秦海燕, and one in 望江社区 on the other street."""
    near = furnished(session, clock, cast.COMMUNITY, staff(cast.QIN))
    far = furnished(session, clock, cast.OTHER_COMMUNITY, elsewhere(session, clock))
    session.commit()
    return near, far


def elsewhere(session: Session, clock: Any) -> Actor:
    """A mediator of 望江社区's own committee, who has nothing to do with 桃溪社区."""
    probe = accepted_case(session, clock, community=community(session, cast.OTHER_COMMUNITY), summary="试")
    row = next(
        one.mediator
        for one in queries.mediators_to_choose(session, probe)
        if one.mediator.org_name.startswith(cast.OTHER_COMMUNITY)
    )
    return access.actor_of(session.get_one(Account, row.account_id))


def staff_rules(app: Flask) -> Iterator[tuple[Rule, Permission]]:
    """The addresses that ask for a right, and the right."""
    for rule in app.url_map.iter_rules():
        mark = declared(app.view_functions[rule.endpoint])
        if rule.endpoint != "static" and mark not in (OPEN, LINK, STAFF, VISIT):
            assert mark is not None, f"{rule.endpoint} declares nothing"
            yield rule, Permission(mark)


def is_about_a_case(rule: Rule) -> bool:
    return "public_id" in rule.arguments


def expected(actor: Actor, rule: Rule, permission: Permission, target: Target) -> bool:
    if not is_about_a_case(rule):
        return holds(actor, permission)
    mine = actor.account_id == target.mediator_account
    if rule.endpoint in OWN_SEAT:
        return mine
    where = Scope((target.case.place_path, target.case.handler_path))
    return allowed(actor, permission, scope=where, relation=Relation.ASSIGNED if mine else Relation.NONE)


def signed_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    client.post("/sign-in", data={"username": username, "password": cast.PASSWORD})
    return client


def ask(client: FlaskClient, method: str, address: str) -> TestResponse:
    return client.open(address, method=method, headers={"Accept": "application/json"})


def denied(answer: TestResponse) -> bool:
    """Refused for who asks, not for what was asked."""
    if answer.status_code not in (403, 404):
        return False
    problem = (answer.get_json(silent=True) or {}).get("problem", {})
    return problem.get("code") in DENIALS


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) & {"GET", "POST"})


def test_every_address_declares_who_may_reach_it(app: Flask) -> None:
    undeclared = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and declared(app.view_functions[rule.endpoint]) is None
    ]
    assert undeclared == []


def test_this_test_knows_the_parts_of_every_address(app: Flask, targets) -> None:
    unknown = [rule.rule for rule, _permission in staff_rules(app) if targets[0].address(rule, app) is None]
    assert unknown == []


def test_the_people_here_hold_every_role(session: Session, staff) -> None:
    assert {grant.role for name in EVERYBODY for grant in staff(name).grants} == {role.value for role in Role}


@pytest.mark.parametrize("username", EVERYBODY)
def test_a_role_reaches_what_its_rights_say_and_nothing_else(app: Flask, targets, staff, username: str) -> None:
    assert strays(app, targets, staff(username), username) == []


def test_two_posts_do_not_lend_each_other_their_rights(app: Flask, session: Session, clock, targets, staff) -> None:
    """Clerk of 望江社区 who also watches the whole district: sees every case, works only on those of 望江社区."""
    district = next(row for row in orgs.tree(session) if row.level is OrgLevel.DISTRICT)
    second = accounts.GrantRole(staff(cast.HU).account_id, Role.DISTRICT_SUPERVISOR, district.id)
    accounts.grant(session, SYSTEM, second, clock=clock)
    session.commit()
    assert strays(app, targets, staff(cast.HU), cast.HU) == []


def strays(app: Flask, targets: tuple[Target, Target], actor: Actor, username: str) -> list[str]:
    """Where the answer is not what the rights say."""
    client = signed_in(app, username)
    wrong: list[str] = []
    for rule, permission in staff_rules(app):
        for target in targets:
            address = target.address(rule, app)
            assert address is not None
            let_in = expected(actor, rule, permission, target)
            # Who may not is refused by every method; who may only looks where looking is possible.
            for method in methods(rule)[:1] if let_in else methods(rule):
                if let_in and method == "POST" and not is_about_a_case(rule):
                    continue
                answer = ask(client, method, address)
                if denied(answer) is let_in or answer.status_code >= 500:
                    wrong.append(f"{method} {address}: {answer.status_code}, {'may' if let_in else 'may not'}")
    return wrong


def test_without_sign_in_every_staff_address_leads_to_the_sign_in(app: Flask, targets) -> None:
    client = app.test_client()
    wrong = []
    for rule, _permission in staff_rules(app):
        address = targets[0].address(rule, app)
        assert address is not None
        for method in methods(rule):
            answer = client.open(address, method=method)
            led = answer.status_code == 303 and "/sign-in" in answer.location
            if not (led if method == "GET" else answer.status_code == 403):
                wrong.append(f"{method} {address}: {answer.status_code}")
    assert wrong == []


def link_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if declared(app.view_functions[rule.endpoint]) == LINK]


def test_an_unknown_link_opens_nothing(app: Flask, targets, session: Session, clock) -> None:
    near, _far = targets
    known = links.issue(
        session, party_id=party_of(near.case, PartyRole.APPLICANT).id, case_id=near.case.id, clock=clock
    )
    session.commit()
    altered = known[:-1] + ("A" if known[-1] != "A" else "B")
    n_asked = 0
    for rule in link_rules(app):
        for token in ("nonsense", altered):
            parts = near.parts[""] | (near.parts[kind_of(rule)] if is_about_a_case(rule) else {})
            address = _built(app, rule, {**parts, "token": token})
            for method in methods(rule):
                # Each from an address of its own: whoever guesses is soon told to wait, which is another test's.
                n_asked += 1
                asks = {"REMOTE_ADDR": f"10.0.{n_asked // 250}.{n_asked % 250 + 1}"}
                answer = app.test_client().open(address, method=method, environ_overrides=asks)
                assert answer.status_code == 404, address


def test_a_link_of_one_case_opens_no_file_or_paper_of_another(app: Flask, targets, session: Session, clock) -> None:
    near, far = targets
    token = links.issue(session, party_id=party_of(far.case, PartyRole.APPLICANT).id, case_id=far.case.id, clock=clock)
    session.commit()
    rules = [rule for rule in link_rules(app) if is_about_a_case(rule)]
    assert {rule.endpoint for rule in rules} >= {"files.show_to_party", "documents.show_to_party"}
    for rule in rules:
        address = _built(app, rule, {**near.parts[kind_of(rule)], "token": token})
        assert app.test_client().get(address).status_code == 404, address
