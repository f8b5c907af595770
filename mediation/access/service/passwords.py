"""Password hashes: argon2id with the library's parameters (RFC 9106, second recommended option)."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mediation.kernel.errors import Invalid

MIN_LENGTH = 10
MAX_LENGTH = 128
"""Longer ones are refused before hashing: hashing a megabyte is work for the attacked only."""
_NAME_LENGTH = 4
"""Shorter names (`he`, `wu`) stand in many words by chance."""


class _Hashing:
    by = PasswordHasher()


def use(hasher: PasswordHasher) -> None:
    """Hash with other parameters; the test suite takes the cheapest, because it signs in hundreds of times."""
    _Hashing.by = hasher
    _nobody.cache_clear()


def hashed(password: str) -> str:
    return _Hashing.by.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether `password` made `stored`; takes as long when there is no account at all (`stored` is None)."""
    try:
        _Hashing.by.verify(stored or _nobody(), password[:MAX_LENGTH])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _Hashing.by.check_needs_rehash(stored)


def check(password: str, *, username: str) -> None:
    """Raises: Invalid `password_short` (with `least`), `password_long`, `password_has_name`; field `new`."""
    if len(password) < MIN_LENGTH:
        raise Invalid("password_short", field="new", least=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        raise Invalid("password_long", field="new", most=MAX_LENGTH)
    if len(username) >= _NAME_LENGTH and username.lower() in password.lower():
        raise Invalid("password_has_name", field="new")


@cache
def _nobody() -> str:
    return _Hashing.by.hash("nobody has this password")
