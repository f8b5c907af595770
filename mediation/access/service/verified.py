"""Remembering, in the browser's signed cookie, that a code came back from a phone.

A person who signs, uploads and moves a booking on one afternoon types one code.
"""

from collections.abc import MutableMapping
from datetime import datetime, timedelta
from typing import Any, Final

from mediation.kernel import crypto

LIFETIME: Final = timedelta(hours=12)
_KEY: Final = "verified"
_MOST: Final = 4
"""Phones remembered at once: a family at one computer."""


def remember(jar: MutableMapping[str, Any], phone: str, now: datetime) -> None:
    """Note in `jar` (Flask's session) that the phone was proved now; the phone itself is not in it."""
    kept = {subject: until for subject, until in _kept(jar).items() if until > now.timestamp()}
    kept[_subject(phone)] = int((now + LIFETIME).timestamp())
    latest = sorted(kept.items(), key=lambda item: item[1])[-_MOST:]
    jar[_KEY] = dict(latest)


def is_verified(jar: MutableMapping[str, Any], phone: str, now: datetime) -> bool:
    return _kept(jar).get(_subject(phone), 0) > now.timestamp()


def forget(jar: MutableMapping[str, Any]) -> None:
    jar.pop(_KEY, None)


def _kept(jar: MutableMapping[str, Any]) -> dict[str, int]:
    kept = jar.get(_KEY, {})
    return kept if isinstance(kept, dict) else {}


def _subject(phone: str) -> str:
    return crypto.keyring().blind_index(phone, "verified-phone")[:16]
