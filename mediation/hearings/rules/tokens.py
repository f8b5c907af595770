"""Join tokens: short-lived, for one seat, opened once. Pure: the key and the time are given.

`<payload>.<signature>`, both base64url; the payload is JSON with the seat's and the hearing's public ids, an id of the
token's own, the second it ends, and the door it came through. Web signs, `live` reads; the row of UsedToken makes
"once" true.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from mediation.kernel.errors import Denied

LIFETIME: Final = timedelta(minutes=2)
KEY_PURPOSE: Final = "join-token"


@dataclass(frozen=True, slots=True)
class JoinClaims:
    seat: str
    hearing: str
    token_id: str
    expires_at: datetime
    door: str = ""
    """What has to stay open for the socket to stay: at a station's screen the visit; else nothing."""


def sign(claims: JoinClaims, key: bytes) -> str:
    payload = json.dumps(
        [claims.seat, claims.hearing, claims.token_id, int(claims.expires_at.timestamp()), claims.door],
        separators=(",", ":"),
    )
    body = _encoded(payload.encode())
    return f"{body}.{_signature(body, key)}"


def read(token: str, key: bytes, now: datetime) -> JoinClaims:
    """What the token says.

    Raises: Denied `token_unknown` when the signature is not ours, `token_expired` after LIFETIME.
    """
    body, _, signature = token.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(body, key).encode()):
        raise Denied("token_unknown")
    try:
        seat, hearing, token_id, ends, door = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (ValueError, binascii.Error) as error:  # signed by us, but of another version
        raise Denied("token_unknown") from error
    claims = JoinClaims(seat, hearing, token_id, datetime.fromtimestamp(ends, UTC), door)
    if now >= claims.expires_at:
        raise Denied("token_expired")
    return claims


def _signature(body: str, key: bytes) -> str:
    return _encoded(hmac.new(key, body.encode(), hashlib.sha256).digest())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
