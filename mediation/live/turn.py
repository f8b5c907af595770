"""Browsers behind firewalls that let no UDP through reach us by a TURN server (RFC 8656), with credentials that end.

The server holds the same secret (coturn's `static-auth-secret`) and knows no users: the name says until when it holds,
the password is the name signed (draft-uberti-behave-turn-rest-00, section 2.2).
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mediation.live.messages import IceServer

HOLDS: Final = timedelta(hours=12)
"""Longer than any hearing's day; a reconnection gets new ones."""


@dataclass(frozen=True, slots=True)
class Turn:
    urls: tuple[str, ...] = ()
    """As browsers take them (RFC 7065): turn:host:port?transport=udp."""
    secret: str = ""

    def servers(self, seat: str, now: datetime) -> tuple[IceServer, ...]:
        """What one seat's browser gets; empty without a TURN server."""
        if not self.urls:
            return ()
        username, credential = credentials(self.secret, seat, now + HOLDS)
        return (IceServer(urls=self.urls, username=username, credential=credential),)


def credentials(secret: str, seat: str, until: datetime) -> tuple[str, str]:
    """Name and password for one seat: `<end in Unix seconds>:<seat>`, and its HMAC-SHA1 in Base64."""
    username = f"{int(until.timestamp())}:{seat}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(digest).decode()
