"""Constants of signing in, and how a browser is called. Pure."""

from typing import Final

DEMO_PASSWORD: Final = "tiaohe-demo"  # noqa: S105 - of the fictional district; shown on its sign-in page
STAFF_HOME: Final = "/desk"
"""Where staff begin: the desk stands higher, so its address is known here by its path."""


def own_path(text: str | None) -> str:
    r"""A path of ours to go to after signing in; anything else becomes STAFF_HOME.

    Browsers read `//host`, `/\host` and addresses with tabs or line ends as another site's.
    """
    if not text or not text.startswith("/") or text.startswith("//"):
        return STAFF_HOME
    if "\\" in text or any(ord(sign) <= ord(" ") or ord(sign) == 127 for sign in text):  # noqa: PLR2004 - DEL
        return STAFF_HOME
    return text


_BROWSERS: Final = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(agent: str) -> str:
    """What a person would call the browser of this User-Agent: "Chrome · Windows"; empty for one nobody knows.

    The first match counts: every browser also names those it descends from.
    """
    found = (next((name for sign, name in table if sign in agent), "") for table in (_BROWSERS, _SYSTEMS))
    return " · ".join(name for name in found if name)
