"""A setting that cannot be is named at the start, all of them at once."""

from pathlib import Path

import pytest

from mediation.settings import Settings, SettingsError

TURN = '["turn:turn.example.org:3478?transport=udp"]'


def faults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: dict[str, str]) -> str:
    for name, value in {"INSTANCE": str(tmp_path), **environment}.items():
        monkeypatch.setenv(name, value)
    try:
        Settings.from_env()
    except SettingsError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"TURN_URLS": TURN, "TURN_SECRET": "s" * 16}, ""),
        ({"TURN_URLS": TURN}, "TURN_URLS needs TURN_SECRET"),
        ({"TURN_URLS": TURN, "TURN_SECRET": "short"}, "16 characters"),
        ({"TURN_URLS": '["https://turn.example.org"]', "TURN_SECRET": "s" * 16}, "TURN_URLS is a JSON list"),
        ({"TURN_SECRET": "s" * 16}, "TURN_URLS is not"),
    ],
)
def test_media_settings_that_cannot_be_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: dict[str, str], said: str
) -> None:
    found = faults(monkeypatch, tmp_path, environment)
    assert said in found
    assert bool(found) == bool(said)
