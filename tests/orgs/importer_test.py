"""The tree from a table, as offices save it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from mediation.kernel.actor import SYSTEM
from mediation.kernel.errors import Invalid
from mediation.orgs import importer, queries, service
from mediation.orgs.rules import OrgKind, OrgLevel

TABLE = """name,level,parent,kind,takes,rooms,address
桃溪区,区,,,,,
桃溪街道,street,桃溪区,,,,
桃溪社区,Community,桃溪街道,,,2,桃花巷12号
物业调委会,机构,桃溪区,专业性调解委员会,property_mgmt;house_homestead,,
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_as_a_spreadsheet_saves_it(encoding: str) -> None:
    rows, faults = importer.read(TABLE.replace("\n", "\r\n").encode(encoding))
    assert faults == []
    assert [(row.name, row.level) for row in rows][:3] == [
        ("桃溪区", OrgLevel.DISTRICT),
        ("桃溪街道", OrgLevel.STREET),
        ("桃溪社区", OrgLevel.COMMUNITY),
    ]
    assert (rows[3].kind, rows[3].takes) == (OrgKind.COMMITTEE_PROFESSIONAL, ("property_mgmt", "house_homestead"))


@pytest.mark.db
def test_what_was_read_becomes_the_tree(session: Session, clock) -> None:
    rows, _ = importer.read(TABLE.encode())
    service.import_rows(session, SYSTEM, rows, clock=clock)
    assert [place.name for place in queries.tree(session)] == ["桃溪区", "桃溪街道", "桃溪社区", "物业调委会"]
    (station,) = queries.stations(session)
    assert [room.name for room in station.rooms] == ["第1视频室", "第2视频室"]


def test_every_fault_is_named_with_its_line_at_once() -> None:
    table = """name,level,parent,kind,rooms
桃溪区,区,,,
,街道,桃溪区,,
甲,镇,桃溪区,,
乙,社区,桃溪区,,
丙,街道,没有这个,,
丁,机构,桃溪区,,
戊,机构,桃溪区,足球俱乐部,
己,街道,桃溪区,,999
桃溪区,街道,桃溪区,,
庚,街道,桃溪区,court,
"""
    _, faults = importer.read(table.encode())
    assert [(fault.line, fault.column, fault.code) for fault in faults] == [
        (3, "name", "name_missing"),
        (4, "level", "level_unknown"),
        (5, "parent", "org_not_here"),
        (6, "parent", "parent_unknown"),
        (7, "kind", "org_kind"),
        (8, "kind", "kind_unknown"),
        (9, "rooms", "rooms_unknown"),
        (10, "name", "name_twice"),
        (11, "kind", "org_kind"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "table_columns"),
        (b"a,b\n1,2\n", "table_columns"),
        (b"name,level\n", "table_empty"),
        (b"name,level\n" + b"x,grid\n" * 5_001, "table_too_long"),
    ],
)
def test_what_is_no_table_of_the_tree_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        importer.read(content)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: b"name,level,parent\n" + text.encode()))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        importer.read(content)
    except Invalid:
        return
