"""Field encryption (AES-256-GCM), blind indexes, signing keys, and their rotation.

Ciphertext: one byte format, four bytes key id, 12 bytes nonce, ciphertext and tag. The key id lets old rows be
read after a rotation; new rows are written with the first key.
"""

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_FORMAT = b"\x01"
_KEY_ID, _NONCE = 4, 12
_HEAD = len(_FORMAT) + _KEY_ID + _NONCE


class Undecipherable(ValueError):
    """The bytes were changed, or their key is not in the ring."""


class Keyring:
    """Keys derived from secrets, newest first."""

    def __init__(self, secrets: Sequence[str]) -> None:
        if not secrets or not all(secrets):
            msg = "a keyring needs at least one secret"
            raise ValueError(msg)
        self._secrets = [secret.encode() for secret in secrets]
        field_keys = [_derive(secret, b"field") for secret in self._secrets]
        self._aead = {_key_id(key): AESGCM(key) for key in field_keys}
        self._first = _key_id(field_keys[0])
        # The blind index must find old rows, so it stays with the oldest secret.
        self._index_key = _derive(self._secrets[-1], b"blind-index")

    def encrypt(self, plain: bytes, *, context: bytes = b"") -> bytes:
        nonce = os.urandom(_NONCE)
        return _FORMAT + self._first + nonce + self._aead[self._first].encrypt(nonce, plain, context)

    def decrypt(self, sealed: bytes, *, context: bytes = b"") -> bytes:
        """Raises: Undecipherable."""
        key = self._aead.get(sealed[1:5])
        if key is None or sealed[:1] != _FORMAT or len(sealed) < _HEAD:
            raise Undecipherable
        try:
            return key.decrypt(sealed[5:_HEAD], sealed[_HEAD:], context)
        except InvalidTag as error:
            raise Undecipherable from error

    def blind_index(self, value: str, purpose: str) -> str:
        """A keyed hash that finds equal values without showing them."""
        return hmac.new(self._index_key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()[:32]

    def signing_key(self, purpose: str) -> bytes:
        """A key of its own for each use (personal links, join tokens, the log's chain)."""
        return _derive(self._secrets[0], purpose.encode())

    def stable_key(self, purpose: str) -> bytes:
        """As `signing_key`, but from the oldest secret: what must verify after a rotation."""
        return _derive(self._secrets[-1], purpose.encode())


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return hmac.new(hashlib.sha256(secret).digest(), b"tiaohe/" + purpose, hashlib.sha256).digest()


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"id" + key).digest()[:_KEY_ID]


class _Installed:
    ring: Keyring | None = None


def install(ring: Keyring) -> None:
    """Called once by each process when its settings are known."""
    _Installed.ring = ring


def keyring() -> Keyring:
    if _Installed.ring is None:
        msg = "no keyring installed; wiring.configure() comes first"
        raise RuntimeError(msg)
    return _Installed.ring
