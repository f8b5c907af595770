"""The private address of a calendar feed: signed with a key that the database does not hold, revocable in one step."""

import base64
import hashlib
import hmac
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.kernel import crypto
from mediation.kernel.errors import Missing
from mediation.scheduling.errors import Gone
from mediation.scheduling.models import CalendarFeed

_SIGNATURE_BYTES: Final = 16


def token_of(feed: CalendarFeed) -> str:
    return f"{feed.public_id}.{_signature(feed.public_id)}"


def open_feed(session: Session, token: str) -> CalendarFeed:
    """The feed of an address. Raises: Missing `feed_unknown`; Gone `feed_revoked`."""
    identifier, _, given = token[:80].partition(".")
    if not hmac.compare_digest(given.encode(), _signature(identifier).encode()):
        raise Missing("feed_unknown")
    found = session.scalars(select(CalendarFeed).where(CalendarFeed.public_id == identifier)).one_or_none()
    if found is None:
        raise Missing("feed_unknown")
    if found.revoked_at is not None:
        raise Gone("feed_revoked")
    return found


def _signature(identifier: str) -> str:
    key = crypto.keyring().stable_key("calendar-feed")
    digest = hmac.new(key, identifier.encode(), hashlib.sha256).digest()[:_SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
