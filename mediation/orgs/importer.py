"""The tree from a table (CSV), as a district's office keeps it: reading, and finding every fault at once.

Columns: `name` and `level` always; `parent` (the name of a line above), `name_en`, `kind`, `address`, `phone`, `takes`
(codes of dispute types joined by `;`), and `rooms`: the number of video rooms of the station at this place. A level and
a kind may be written as code, in Chinese or in English. Parents stand before their children.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from mediation.kernel.codes import Code
from mediation.kernel.errors import Invalid
from mediation.orgs.rules import OrgKind, OrgLevel, may_hang_below

MAX_ROWS: Final = 5_000
"""The reference district has 1,949 areas; a city imports district by district."""
MAX_ROOMS: Final = 20

CodeT = TypeVar("CodeT", bound=Code)


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    name: str
    level: OrgLevel
    kind: OrgKind
    parent: str
    name_en: str
    address: str
    phone: str
    takes: tuple[str, ...]
    n_rooms: int


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line; `code` has its sentence at the edge."""

    line: int
    column: str
    code: str


def read(content: bytes) -> tuple[list[Row], list[Fault]]:
    """The rows of a table and every fault in it; with a fault nothing should be imported.

    UTF-8 with or without mark, or GB 18030, which is what spreadsheets in China save.
    Raises: Invalid `table_empty`, `table_columns`, `table_too_long`.
    """
    lines = list(_lines(content))
    if not lines:
        raise Invalid("table_empty", field="table")
    if len(lines) > MAX_ROWS:
        raise Invalid("table_too_long", field="table", most=MAX_ROWS)
    rows: list[Row] = []
    faults: list[Fault] = []
    known: dict[str, OrgLevel] = {}
    for number, line in lines:
        found = [*_format_faults(number, line)]
        found = found or [*_tree_faults(number, line, known)]
        faults += found
        level = _code(OrgLevel, line["level"])
        if line["name"] and level is not None:
            known.setdefault(line["name"], level)
        if not found:
            rows.append(_row(number, line))
    return rows, faults


def _lines(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if not {"name", "level"} <= {name.strip().lower() for name in reader.fieldnames or ()}:
        raise Invalid("table_columns", field="table")
    for line in reader:
        # A line with more cells than the head has the rest under None, one with fewer has None as value.
        values = {key.strip().lower(): (value or "").strip() for key, value in line.items() if isinstance(key, str)}
        if any(values.values()):
            yield reader.line_num, values


def _format_faults(number: int, line: Mapping[str, str]) -> Iterator[Fault]:
    if not line["name"]:
        yield Fault(number, "name", "name_missing")
    if _code(OrgLevel, line["level"]) is None:
        yield Fault(number, "level", "level_unknown")
    if line.get("kind") and _code(OrgKind, line["kind"]) is None:
        yield Fault(number, "kind", "kind_unknown")
    rooms = line.get("rooms", "")
    if rooms and not (re.fullmatch(r"[0-9]{1,3}", rooms) and int(rooms) <= MAX_ROOMS):
        yield Fault(number, "rooms", "rooms_unknown")


def _tree_faults(number: int, line: Mapping[str, str], known: Mapping[str, OrgLevel]) -> Iterator[Fault]:
    level, parent = _code(OrgLevel, line["level"]), line.get("parent", "")
    if line["name"] in known:
        yield Fault(number, "name", "name_twice")
    if parent and parent not in known:
        yield Fault(number, "parent", "parent_unknown")
    elif level is not None and not may_hang_below(level, known.get(parent)):
        yield Fault(number, "parent", "org_not_here")
    if (level is OrgLevel.BODY) != bool(line.get("kind")) and _code(OrgKind, line.get("kind", "")) is not OrgKind.AREA:
        yield Fault(number, "kind", "org_kind")


def _row(number: int, line: Mapping[str, str]) -> Row:
    return Row(
        line=number,
        name=line["name"],
        level=_code(OrgLevel, line["level"]) or OrgLevel.BODY,
        kind=_code(OrgKind, line.get("kind", "")) or OrgKind.AREA,
        parent=line.get("parent", ""),
        name_en=line.get("name_en", ""),
        address=line.get("address", ""),
        phone=line.get("phone", ""),
        takes=tuple(code for code in re.split(r"[;；,，\s]+", line.get("takes", "")) if code),
        n_rooms=int(line.get("rooms") or 0),
    )


def _code(codes: type[CodeT], text: str) -> CodeT | None:
    wanted = text.strip().lower()
    return next((code for code in codes if wanted in (code.value, code.zh, code.en.lower())), None)
