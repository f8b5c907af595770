"""Addresses that open one seat and nothing else: the same seat on a second device, the seat of a guest.

The address carries `<public_id>.<signature>`, like a personal link: the database alone opens nothing.
"""

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mediation.hearings.events import PassOpened
from mediation.hearings.models import Seat, SeatPass
from mediation.hearings.rules.codes import PassKind
from mediation.hearings.rules.life import OVER
from mediation.kernel import crypto, log
from mediation.kernel.actor import VISITOR
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Missing, Refused
from mediation.kernel.ids import public_id

DEVICE_LIFETIME: Final = timedelta(minutes=3)
"""A code on a screen that others may see: short, and opened once."""
_KEY: Final = "seat-pass"


def pass_token(pass_id: str) -> str:
    signed = hmac.new(crypto.keyring().stable_key(_KEY), pass_id.encode(), hashlib.sha256).digest()[:16]
    return f"{pass_id}.{base64.urlsafe_b64encode(signed).rstrip(b'=').decode()}"


def lend_seat(session: Session, seat: Seat, *, clock: Clock) -> str:
    """A token that opens this seat on another device, once, within 3 minutes; earlier ones open nothing any more.

    Raises: Refused `hearing_closed`.
    """
    if seat.hearing.state in OVER:
        raise Refused("hearing_closed")
    unopened = (SeatPass.seat_id == seat.id, SeatPass.kind == PassKind.DEVICE, SeatPass.opened_at.is_(None))
    session.execute(update(SeatPass).where(*unopened).values(expires_at=clock()))
    row = SeatPass(public_id=public_id(16), seat_id=seat.id, kind=PassKind.DEVICE, expires_at=clock() + DEVICE_LIFETIME)
    session.add(row)
    session.flush()
    return pass_token(row.public_id)


def look_at_pass(session: Session, token: str, *, clock: Clock) -> SeatPass:
    """The pass that the address would open now. Raises: Missing `pass_unknown`, whatever is wrong with it."""
    identifier, _, given = token[:60].partition(".")
    if not hmac.compare_digest(f"{identifier}.{given}".encode(), pass_token(identifier).encode()):
        raise Missing("pass_unknown")
    row = session.scalars(select(SeatPass).where(SeatPass.public_id == identifier)).one_or_none()
    if row is None or row.expires_at <= clock() or row.seat.hearing.state in OVER:
        raise Missing("pass_unknown")
    if row.kind is PassKind.DEVICE and row.opened_at is not None:
        raise Missing("pass_unknown")
    return row


def open_pass(session: Session, token: str, *, clock: Clock) -> SeatPass:
    """Open the seat here; a device's pass opens once. Emits: PassOpened. Raises: Missing `pass_unknown`."""
    row = look_at_pass(session, token, clock=clock)
    locked = session.get_one(SeatPass, row.id, with_for_update=True, populate_existing=True)
    if locked.kind is PassKind.DEVICE and locked.opened_at is not None:
        raise Missing("pass_unknown")
    locked.opened_at = clock()
    session.flush()
    seat = locked.seat
    opened = PassOpened(
        case_id=seat.hearing.case_id, hearing_id=seat.hearing_id, seat_id=seat.id, kind=locked.kind.value
    )
    log.append(session, opened, actor=VISITOR, at=clock())
    return locked


def seat_of_pass(session: Session, pass_id: str) -> Seat:
    """The seat of an opened pass. Raises: Missing `pass_unknown`, also once taken back or the hearing is over."""
    row = session.scalars(select(SeatPass).where(SeatPass.public_id == pass_id)).one_or_none()
    if row is None or row.opened_at is None or row.seat.hearing.state in OVER:
        raise Missing("pass_unknown")
    return row.seat
