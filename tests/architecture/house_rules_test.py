"""The house's rules that no linter knows: who commits, how long files and functions are, what an ignore names."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = sorted((ROOT / "mediation").rglob("*.py"))
MOST_LINES = 400
MOST_FUNCTION_LINES = 60


def commits(source: str) -> list[int]:
    """Lines that call something's `.commit()`."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]


def bare_ignores(source: str) -> list[str]:
    """Ignores of the type checker that name no code."""
    return re.findall(r"#\s*type:\s*ignore(?!\[)", source)


def test_the_rules_see_what_they_should_and_nothing_else() -> None:
    assert commits("with write() as s:\n    db.session.commit()") == [2]
    assert commits("commit = 1\nlog.append(commit)") == []
    assert bare_ignores("x = 1  # type: ignore") != []
    assert bare_ignores("x = 1  # type: ignore[misc]") == []


@pytest.mark.parametrize("path", PACKAGE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_keeps_the_house_rules(path: Path) -> None:
    source = path.read_text()
    if path != ROOT / "mediation" / "kernel" / "db.py":
        assert commits(source) == [], "only kernel/db.py commits"
    assert bare_ignores(source) == [], "say which rule is ignored"
    assert len(source.splitlines()) <= MOST_LINES, "split it by use-case"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno
            assert length <= MOST_FUNCTION_LINES, f"{node.name} has {length} lines"
