"""Personal links: a party's way in without an account. Signed, per person and purpose, revocable, expiring.

The address carries `<public_id>.<signature>`. The database alone opens nothing (the signature is made with a key that
it does not hold), and a row's address can be made again from the row, so that a reminder carries the same link.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mediation.access.models import PersonalLink
from mediation.kernel import crypto
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Missing
from mediation.kernel.ids import public_id

LIFETIME: Final = timedelta(days=180)
"""From issue: 30 days of mediation, its extension, 30 days for joint confirmation, performance and follow-up."""
RENEW_BEFORE: Final = timedelta(days=60)
"""A link that is sent again with less time left gets its full lifetime back."""
_ID_LENGTH: Final = 16
_SIGNATURE_BYTES: Final = 16
_ABSENT: Final = "0" * _ID_LENGTH


def issue(session: Session, *, party_id: int, case_id: int, purpose: str = "case", clock: Clock) -> str:
    """The token of the party's link for `purpose`: the living one when there is one, else a new one."""
    now = clock()
    link = session.scalars(
        select(PersonalLink)
        .where(
            PersonalLink.party_id == party_id,
            PersonalLink.case_id == case_id,
            PersonalLink.purpose == purpose,
            PersonalLink.revoked_at.is_(None),
            PersonalLink.expires_at > now,
        )
        .order_by(PersonalLink.id.desc())
    ).first()
    if link is None:
        link = PersonalLink(
            public_id=public_id(_ID_LENGTH),
            party_id=party_id,
            case_id=case_id,
            purpose=purpose,
            created_at=now,
            expires_at=now + LIFETIME,
        )
        session.add(link)
        session.flush()
    elif link.expires_at - now < RENEW_BEFORE:
        link.expires_at = now + LIFETIME
    return token_of(link)


def token_of(link: PersonalLink) -> str:
    return f"{link.public_id}.{_signature(link.public_id)}"


def url_path(token: str) -> str:
    return f"/p/{token}"


def open_link(session: Session, token: str, *, clock: Clock) -> PersonalLink:
    """The link that `token` opens.

    Unknown, altered, revoked and expired give the same answer after the same work: one signature, one look-up, one
    comparison, so that neither the answer nor its time tells whether a link ever existed.
    Raises: Missing `link_unknown`.
    """
    identifier, _, given = token[:80].partition(".")
    expected = _signature(identifier)
    signed = hmac.compare_digest(given.encode(), expected.encode())
    wanted = identifier if signed else _ABSENT
    link = session.scalars(select(PersonalLink).where(PersonalLink.public_id == wanted)).one_or_none()
    if link is None or not _alive(link, clock()):
        raise Missing("link_unknown")
    return link


def _alive(link: PersonalLink, now: datetime) -> bool:
    return link.revoked_at is None and link.expires_at > now


def revoke(session: Session, *, party_id: int, purpose: str | None = None, clock: Clock) -> None:
    """End the party's links at once: all, or those of one purpose."""
    query = update(PersonalLink).where(PersonalLink.party_id == party_id, PersonalLink.revoked_at.is_(None))
    if purpose is not None:
        query = query.where(PersonalLink.purpose == purpose)
    session.execute(query.values(revoked_at=clock()))


def _signature(identifier: str) -> str:
    key = crypto.keyring().stable_key("personal-link")
    digest = hmac.new(key, identifier.encode(), hashlib.sha256).digest()[:_SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
