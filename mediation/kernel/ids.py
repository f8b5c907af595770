"""Public ids: short, unguessable, speakable. Internal ids stay inside the database."""

import secrets
from typing import Final

# Crockford base 32: no I, L, O, U, so that a person can read one aloud.
ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_CONFUSED: Final = str.maketrans("oil", "011")


def public_id(length: int = 12) -> str:
    """A random id; 12 characters carry 60 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def case_number(year: int) -> str:
    """A number for people: `2026-4F7K-92QM`; 40 random bits, so that nobody guesses the next one."""
    raw = public_id(8).upper()
    return f"{year}-{raw[:4]}-{raw[4:]}"


def normalised(text: str) -> str:
    """What a person typed or read aloud, as the id it means."""
    return text.strip().lower().translate(_CONFUSED)


def idempotency_key() -> str:
    return secrets.token_urlsafe(18)
