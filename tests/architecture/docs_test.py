"""Documentation that fails when it lies: the settings table, the links, the commands it names."""

import os
import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from mediation.cli import demo_district
from mediation.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
BEGIN, END = "<!-- settings: generated from mediation/settings.py by `make golden` -->", "<!-- /settings -->"


def settings_table() -> str:
    lines = ["| variable | default | what it is |", "| --- | --- | --- |"]
    for name, info in Settings.model_fields.items():
        default = info.default
        shown = default.get_secret_value() if isinstance(default, SecretStr) else default
        text = "" if shown in ("", ()) else f"`{shown}`"
        lines.append(f"| `{name.upper()}` | {text} | {info.description or ''} |")
    return "\n".join(lines)


def test_the_settings_table_is_the_settings() -> None:
    path = ROOT / "docs" / "operations.md"
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    written, after = rest.split(END)
    table = f"\n{settings_table()}\n"
    if os.environ.get("GOLDEN"):
        path.write_text(f"{before}{BEGIN}{table}{END}{after}", encoding="utf-8")
    else:
        assert written == table, "run `make golden` and read the difference"


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, info in Settings.model_fields.items() if not info.description] == []


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_points_to_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)]+)\)", text)]
    gone = [target for target in targets if target and "://" not in target and not (page.parent / target).exists()]
    assert gone == []


def test_the_readme_names_commands_and_people_that_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`?make ([a-z-]+)", readme):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    staff = {somebody.username: somebody.name for somebody in demo_district.STAFF}
    people = re.findall(r"^\| (`[^|]+) \| ([^|]+) \|", readme, re.MULTILINE)
    named = [username for names, _ in people for username in re.findall(r"`([a-z]+)`", names) if username in staff]
    assert {"shen", "qin", "wu", "guo"} <= set(named)
    for names, who in people:
        for username in re.findall(r"`([a-z]+)`", names):
            assert username not in staff or staff[username] in who, username


def test_the_folders_a_newcomer_is_sent_to_exist() -> None:
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "docs" / "architecture.md"):
        for path in re.findall(
            r"`((?:mediation|templates|static|tests|docs|migrations)/[\w./-]*)`", page.read_text("utf-8")
        ):
            assert "NNNN" in path or (ROOT / path).exists(), f"{page.name}: {path}"
