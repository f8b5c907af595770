"""The browser's types say what `live` says."""

from pathlib import Path

from mediation.live.typescript import declarations

FILE = Path(__file__).parent.parent.parent / "static" / "src" / "messages.d.ts"


def test_the_browsers_types_are_those_of_the_messages() -> None:
    assert FILE.read_text() == declarations(), "run `npm run messages`"
