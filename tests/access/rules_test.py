"""How a browser is called on the page of one's own sign-ins."""

import pytest

from mediation.access.rules import browser_name


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36",
            "Chrome · Windows",
        ),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 MicroMessenger/8.0", "WeChat · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Safari/604", "Safari · iPhone"),
        ("curl/8.0", ""),
    ],
)
def test_people_recognise_their_browser(agent: str, name: str) -> None:
    assert browser_name(agent) == name
