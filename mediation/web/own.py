"""What this browser has begun: only the browser that made a draft opens it, even if its address is seen by others."""

from typing import Final

from flask import session

from mediation.kernel.errors import Missing

_KEY: Final = "own"
_MOST: Final = 6


def remember(identifier: str) -> None:
    """Note in the signed cookie that this browser made it; the latest few are kept."""
    known = [one for one in session.get(_KEY, []) if one != identifier]
    session[_KEY] = [*known, identifier][-_MOST:]


def check(identifier: str) -> None:
    """Raises: Missing `draft_unknown`, the same whether it exists elsewhere or not."""
    if identifier not in session.get(_KEY, []):
        raise Missing("draft_unknown")


def latest() -> tuple[str, ...]:
    """The newest first."""
    return tuple(reversed(session.get(_KEY, [])))
