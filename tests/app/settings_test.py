"""A setting that cannot be is named at the start, all of them at once."""

from pathlib import Path

import pytest

from mediation.settings import Settings, SettingsError

TURN = '["turn:turn.example.org:3478?transport=udp"]'
JANUS = {
    "MEDIA_ENGINE": "janus",
    "JANUS_URLS": '["ws://127.0.0.1:8188"]',
    "JANUS_ADMIN_URLS": '["ws://127.0.0.1:7188"]',
    "JANUS_SECRET": "one",
    "JANUS_ADMIN_SECRET": "two",
}


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
        (JANUS, ""),
        ({"MEDIA_ENGINE": "janus"}, "MEDIA_ENGINE=janus needs JANUS_URLS"),
        ({"MEDIA_ENGINE": "janus"}, "JANUS_SECRET and JANUS_ADMIN_SECRET"),
        (JANUS | {"MEDIA_ENGINE": "embedded"}, "MEDIA_ENGINE is not janus"),
        (JANUS | {"JANUS_ADMIN_URLS": "[]"}, "names 0 servers and JANUS_URLS names 1"),
        (JANUS | {"JANUS_ADMIN_URLS": JANUS["JANUS_URLS"]}, "an address twice"),
        (JANUS | {"JANUS_URLS": '["http://127.0.0.1:8088"]'}, "begin with ws://"),
    ],
)
def test_media_settings_that_cannot_be_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: dict[str, str], said: str
) -> None:
    found = faults(monkeypatch, tmp_path, environment)
    assert said in found
    assert bool(found) == bool(said)
