"""People known once, shown on purpose, protected from each other; and who may mediate what."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from mediation.access.permissions import Relation, Role, Scope
from mediation.kernel.actor import SYSTEM
from mediation.kernel.errors import Denied, Invalid, Missing, Refused
from mediation.kernel.log import LogEntry
from mediation.orgs.rules import OrgKind, OrgLevel
from mediation.people import queries, service
from mediation.people.rules import MediatorKind, Need, PersonKind, Sex
from mediation.people.service import RecordPerson, Reveal
from tests.cast import LUO, ZHAO, ZHOU
from tests.factories.access import make_staff
from tests.factories.orgs import Tree, make_org, make_tree
from tests.factories.people import make_mediator, make_person

pytestmark = pytest.mark.db


@pytest.fixture
def tree(session: Session, clock) -> Tree:
    return make_tree(session, clock)


def record(session: Session, clock, **known: object):
    return service.record(session, SYSTEM, RecordPerson(**known), clock=clock)


def test_an_id_number_tells_birth_and_sex(session: Session, clock) -> None:
    luo = make_person(session, clock, LUO)
    assert (luo.sex, luo.born_on) == (Sex.FEMALE, date(1946, 3, 12))


def test_the_same_name_and_number_are_one_person(session: Session, clock) -> None:
    zhao = make_person(session, clock)
    assert record(session, clock, name="赵晓明", id_number=ZHAO.id_number).id == zhao.id
    assert record(session, clock, name="赵 晓明", phone="+86 138 0000 0001").id == zhao.id


def test_a_family_that_shares_a_phone_is_not_one_person(session: Session, clock) -> None:
    zhao = make_person(session, clock)
    assert record(session, clock, name="赵小红", phone=ZHAO.phone).id != zhao.id


def test_father_and_son_of_one_name_and_phone_differ_by_their_numbers(session: Session, clock) -> None:
    zhao = make_person(session, clock)
    assert record(session, clock, name=ZHAO.name, phone=ZHAO.phone, id_number=ZHOU.id_number).id != zhao.id


def test_who_types_another_persons_id_number_does_not_end_up_in_their_record(session: Session, clock) -> None:
    zhao = make_person(session, clock)
    stranger = record(session, clock, name="不是他", id_number=ZHAO.id_number, phone="13900000009")
    assert stranger.id != zhao.id
    assert zhao.phone == ZHAO.phone


def test_what_is_new_is_added_and_what_is_known_is_not_overwritten(session: Session, clock) -> None:
    first = record(session, clock, name="赵晓明", phone=ZHAO.phone, address="旧地址", needs=(Need.LARGE_PRINT,))
    again = record(
        session,
        clock,
        name="赵晓明",
        phone=ZHAO.phone,
        address="新地址",
        occupation="厨师",
        needs=(Need.WHEELCHAIR,),
    )
    assert again.id == first.id
    assert (again.address, again.occupation) == ("旧地址", "厨师")
    assert again.needs == ["large_print", "wheelchair"]


def test_a_proved_phone_takes_the_place_of_the_old_one(session: Session, clock) -> None:
    zhao = make_person(session, clock)
    record(session, clock, name="赵晓明", id_number=ZHAO.id_number, phone="13900000009")
    assert zhao.phone == ZHAO.phone
    record(session, clock, name="赵晓明", id_number=ZHAO.id_number, phone="13900000009", phone_proved=True)
    assert zhao.phone == "13900000009"
    assert [person.id for person in queries.persons_with_phone(session, "13900000009")] == [zhao.id]


@pytest.mark.parametrize(
    ("known", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "赵", "phone": "12345"}, "phone"),
        ({"name": "赵", "id_number": ZHAO.id_number[:17] + "0"}, "id_number"),
        ({"name": "甲公司", "kind": PersonKind.ORGANISATION, "id_number": ZHAO.id_number}, "id_number"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(session: Session, clock, known, field) -> None:
    with pytest.raises(Invalid) as refusal:
        record(session, clock, **known)
    assert refusal.value.field == field


def test_an_organisation_is_known_by_its_credit_code(session: Session, clock) -> None:
    known = {"name": "桃溪物业公司", "kind": PersonKind.ORGANISATION, "id_number": "91350100M000100Y43"}
    assert record(session, clock, **known).id == record(session, clock, **known).id


def test_a_correction_replaces_and_names_the_fields_in_the_trail_not_the_values(session: Session, clock) -> None:
    zhao = make_person(session, clock)
    service.update(session, SYSTEM, zhao.id, RecordPerson(name="赵晓鸣", phone="13900000009"), clock=clock)
    entry = session.query(LogEntry).order_by(LogEntry.id.desc()).first()
    assert entry.payload == {"person_id": zhao.id, "fields": ["name", "phone"]}
    assert zhao.name == "赵晓鸣"
    assert zhao.address == ZHAO.address


def test_a_correction_cannot_take_another_persons_number(session: Session, clock) -> None:
    zhao, zhou = make_person(session, clock), make_person(session, clock, ZHOU)
    with pytest.raises(Refused, match="id_number_of_another"):
        service.update(session, SYSTEM, zhou.id, RecordPerson(name=ZHOU.name, id_number=ZHAO.id_number), clock=clock)
    with pytest.raises(Missing, match="person_unknown"):
        service.update(session, SYSTEM, zhao.id + 99, RecordPerson(name="x"), clock=clock)


def test_the_file_of_the_database_shows_no_personal_value(session: Session, clock, tmp_path) -> None:
    make_person(session, clock)
    session.flush()
    rows = session.execute(text("select * from person union all select * from person")).all()
    flat = b"".join(str(value).encode() if not isinstance(value, bytes) else value for row in rows for value in row)
    for value in (ZHAO.name, ZHAO.phone, ZHAO.id_number, ZHAO.address):
        assert value.encode() not in flat


def reveal(session, actor, person, clock, **more):
    command = {"field": "phone", "purpose": "通知开会", "case_id": 5, "scope": Scope(), "relation": Relation.NONE}
    return service.reveal(session, actor, Reveal(person_id=person.id, **(command | more)), clock=clock)


def test_showing_a_phone_is_written_to_the_case_with_its_purpose(session: Session, clock, tree: Tree) -> None:
    zhao, clerk = make_person(session, clock), make_staff(session, clock, (Role.CLERK, tree.community))
    assert reveal(session, clerk, zhao, clock, scope=Scope((tree.community.path,))) == ZHAO.phone
    entry = session.query(LogEntry).filter_by(case_id=5).one()
    assert (entry.name, entry.actor, entry.payload["purpose"]) == ("personal_shown", clerk.ref, "通知开会")


def test_nobody_is_shown_to_who_may_not_or_says_not_why(session: Session, clock, tree: Tree) -> None:
    zhao, clerk = make_person(session, clock), make_staff(session, clock, (Role.CLERK, tree.community))
    here = Scope((tree.community.path,))
    with pytest.raises(Denied, match="may_not_reveal"):
        reveal(session, clerk, zhao, clock, scope=Scope((tree.other_community.path,)))
    with pytest.raises(Invalid, match="purpose_missing"):
        reveal(session, clerk, zhao, clock, scope=here, purpose=" ")
    with pytest.raises(Missing, match="field_unknown"):
        reveal(session, clerk, zhao, clock, scope=here, field="id_number_index")
    assert session.query(LogEntry).filter_by(case_id=5).all() == []


def test_protection_holds_both_ways_until_its_day(session: Session, clock) -> None:
    a, b, c = make_person(session, clock), make_person(session, clock, ZHOU), make_person(session, clock, LUO)
    service.protect(
        session,
        SYSTEM,
        person_id=a.id,
        from_person_id=b.id,
        reason="人身安全保护令",
        until=date(2026, 12, 1),
        clock=clock,
    )
    pair = frozenset({frozenset({a.id, b.id})})
    assert queries.protected(session, [b.id, c.id, a.id]) == pair
    assert queries.protected(session, [a.id, b.id], today=date(2026, 12, 1)) == pair
    assert queries.protected(session, [a.id, b.id], today=date(2026, 12, 2)) == frozenset()
    assert queries.protected(session, [a.id, c.id]) == frozenset()
    with pytest.raises(Invalid, match="same_person"):
        service.protect(session, SYSTEM, person_id=a.id, from_person_id=a.id, reason="", until=None, clock=clock)


def test_mediators_are_those_with_the_skill_whose_committee_covers_the_place(session: Session, clock, tree) -> None:
    street = make_org(session, clock, OrgLevel.BODY, "街道", tree.street, kind=OrgKind.COMMITTEE_STREET)
    special = make_org(session, clock, OrgLevel.BODY, "专业", tree.district, kind=OrgKind.COMMITTEE_PROFESSIONAL)
    local = make_mediator(session, clock, tree.committee, "neighbour")
    wide = make_mediator(session, clock, street, "neighbour", "contract")
    expert = make_mediator(session, clock, special, "neighbour")
    make_mediator(session, clock, tree.court, "neighbour", kind=MediatorKind.JUDGE)

    def found(place, **more) -> list[int]:
        rows = queries.mediators_for(session, dispute_type="neighbour", place_path=place.path, **more)
        return [row.id for row in rows]

    assert found(tree.community) == [local.id, wide.id, expert.id]
    assert found(tree.other_community) == [wide.id, expert.id]
    assert found(tree.community, exclude={wide.id}) == [local.id, expert.id]
    expert.active = False
    session.flush()
    assert found(tree.other_community) == [wide.id]


def test_an_account_is_a_mediator_once_and_can_be_appointed_anew(session: Session, clock, tree: Tree) -> None:
    row = make_mediator(session, clock, tree.committee, "neighbour")
    command = service.AppointMediator(row.account_id, tree.court.id, MediatorKind.JUDGE, ("contract",), weight=50)
    assert service.appoint(session, SYSTEM, command, clock=clock).id == row.id
    found = queries.mediator_of(session, row.account_id)
    assert (found.org_name, found.weight) == ("桃溪区人民法院", 50)
    assert queries.mediator_of(session, None) is None
    assert queries.mediator_by_public_id(session, row.public_id) == queries.mediator(session, row.id) == found
    with pytest.raises(Missing, match="mediator_unknown"):
        queries.mediator(session, 9999)
    with pytest.raises(Invalid, match="weight"):
        service.appoint(
            session, SYSTEM, service.AppointMediator(1, tree.court.id, MediatorKind.JUDGE, (), weight=0), clock=clock
        )
