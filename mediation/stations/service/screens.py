"""Making a browser a station's screen, and taking that back. The database holds hashes only."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.access.service import rates
from mediation.access.service.sessions import hash_of
from mediation.kernel import crypto, log
from mediation.kernel.actor import VISITOR, Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Missing, Refused
from mediation.stations import policy
from mediation.stations.events import ScreenEnrolled, ScreenRevoked
from mediation.stations.models import Screen, ScreenCode
from mediation.stations.rules import SETUP_LIFETIME

DIGITS: Final = 8
SEEN_EVERY: Final = timedelta(minutes=1)
KINDS: Final = ("videoinput", "audioinput", "audiooutput")
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class SetUpScreen:
    station: str
    """Public id."""
    room: str
    """Public id; empty: the board of the waiting area."""


def make_code(session: Session, actor: Actor, command: SetUpScreen, *, clock: Clock) -> str:
    """Eight digits that make one browser this room's screen, once, within 10 minutes.

    Raises: Missing `station_unknown`, `room_unknown`.
    """
    station = policy.station_for(session, actor, command.station, Permission.SET_UP_SCREEN)
    room = next((row for row in station.rooms if row.public_id == command.room), None)
    if room is None and command.room:
        raise Missing("room_unknown")
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    session.add(
        ScreenCode(
            station_id=station.id,
            room_id=room.id if room else None,
            code_hash=_hash(code),
            expires_at=clock() + SETUP_LIFETIME,
        )
    )
    session.flush()
    return code


def _hash(code: str) -> str:
    return hmac.new(crypto.keyring().signing_key("screen-code"), code.encode(), hashlib.sha256).hexdigest()


def enrol(session: Session, code: str, *, clock: Clock) -> str:
    """Make this browser a screen; the token for its cookie. The try was counted before (`attempt`).

    Emits: ScreenEnrolled. Raises: Refused `screen_code_wrong`: the same for wrong, used and too old.
    """
    found, now = _unused(session, code, clock), clock()
    found.used_at = now
    token = secrets.token_urlsafe(32)
    screen = Screen(
        station_id=found.station_id, room_id=found.room_id, token_hash=hash_of(token), enrolled_at=now, seen_at=now
    )
    session.add(screen)
    session.flush()
    log.append(session, ScreenEnrolled(screen_id=screen.id, room_id=screen.room_id), actor=VISITOR, at=now)
    return token


def _unused(session: Session, code: str, clock: Clock) -> ScreenCode:
    """The code that was typed, held until the transaction ends. Raises: Refused `screen_code_wrong`."""
    digits = "".join(one for one in code if one.isdecimal())
    query = select(ScreenCode).where(ScreenCode.code_hash == _hash(digits)).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None or found.used_at is not None or found.expires_at <= clock():
        raise Refused("screen_code_wrong", field="code")
    return found


def open_devices(session: Session, screen: Screen, code: str, *, clock: Clock) -> None:
    """Staff are at the screen: the code of its room, used up. The try was counted before (`count_code`).

    Raises: Refused `screen_code_wrong`: the same for wrong, used, too old and another room's.
    """
    found = _unused(session, code, clock)
    if (found.station_id, found.room_id) != (screen.station_id, screen.room_id):
        raise Refused("screen_code_wrong", field="code")
    found.used_at = clock()


def screen_of(session: Session, token: str) -> Screen:
    """The screen whose cookie this is. Raises: Missing `screen_unknown`, also once taken back."""
    query = select(Screen).where(Screen.token_hash == hash_of(token), Screen.revoked_at.is_(None))
    screen = session.scalars(query).one_or_none()
    if screen is None:
        raise Missing("screen_unknown")
    return screen


def note_seen(session: Session, screen_id: int, *, clock: Clock) -> None:
    session.get_one(Screen, screen_id).seen_at = clock()


def choose_media(session: Session, screen_id: int, chosen: dict[str, tuple[str, str]]) -> None:
    """Keep which camera, microphone and loudspeaker the room uses: kind -> the browser's id and name of it."""
    session.get_one(Screen, screen_id).media = {
        kind: {"id": identifier[:_LONGEST], "label": label[:_LONGEST]}
        for kind, (identifier, label) in chosen.items()
        if kind in KINDS and (identifier or label)
    }


def revoke(session: Session, actor: Actor, public_id: str, *, clock: Clock) -> Screen:
    """The browser is no screen of the station any more. Emits: ScreenRevoked. Raises: Missing `screen_unknown`."""
    screen = policy.screen_for(session, actor, public_id)
    if screen.revoked_at is None:
        screen.revoked_at = clock()
        session.flush()
        log.append(session, ScreenRevoked(screen_id=screen.id), actor=actor, at=clock())
    return screen


def count_code(session: Session, address: str, *, clock: Clock) -> None:
    """Count a typed set-up code, in a transaction of its own. Raises: Limited `station_tries`."""
    rates.spend(session, rates.SCREEN_CODE, address, clock(), code="station_tries")
