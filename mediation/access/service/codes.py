"""One-time codes to a phone: 6 digits, 5 minutes, 5 tries; capped per number, per address and altogether."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mediation.access.errors import WrongAnswer
from mediation.access.events import CodeIssued, CodeLocked
from mediation.access.models import OneTimeCode
from mediation.access.service import rates
from mediation.kernel import crypto, log
from mediation.kernel.actor import VISITOR
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Refused

DIGITS: Final = 6
LIFETIME: Final = timedelta(minutes=5)
MAX_TRIES: Final = 5

Deliver = Callable[[Session, str, str, str, datetime], None]
"""(session, phone, code, locale, now): writes the message in the same transaction. The code is kept nowhere else."""


class _Delivery:
    by: Deliver | None = None


def delivered_by(deliver: Deliver) -> None:
    """Say who sends codes; `notices`, which stands higher, does so in `wiring.subscribe()`."""
    _Delivery.by = deliver


def send_code(
    session: Session,
    *,
    phone: str,
    purpose: str,
    clock: Clock,
    address: str = "",
    locale: str = "zh_Hans_CN",
) -> OneTimeCode:
    """Send a new code to `phone` (11 digits, already checked); earlier ones for the same purpose end.

    `address` is the asker's network address, for the cap by address; empty when staff ask.
    Raises: Limited `code_too_often` with `minutes`.
    """
    if _Delivery.by is None:
        raise RuntimeError("nobody delivers codes; wiring.subscribe() comes first")
    now = clock()
    _spend(session, phone, address, clock)
    subject = _subject(phone)
    session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.subject == subject, OneTimeCode.purpose == purpose, OneTimeCode.expires_at > now)
        .values(expires_at=now)
    )
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    row = OneTimeCode(
        subject=subject,
        purpose=purpose,
        code_hash=_hash(subject, purpose, code),
        created_at=now,
        expires_at=now + LIFETIME,
        n_tries=0,
    )
    session.add(row)
    session.flush()
    log.append(session, CodeIssued(code_id=row.id, purpose=purpose), actor=VISITOR, at=now)
    _Delivery.by(session, phone, code, locale, now)
    return row


def _spend(session: Session, phone: str, address: str, clock: Clock) -> None:
    now = clock()
    for limit in (rates.CODE_NUMBER_SOON, rates.CODE_NUMBER, rates.CODE_NUMBER_DAY):
        rates.spend(session, limit, phone, now, code="code_too_often")
    if address:
        rates.spend(session, rates.CODE_ADDRESS, address, now, code="code_too_often")
    rates.spend(session, rates.CODE_ALL, "", now, code="code_too_often")


def check_code(session: Session, *, phone: str, purpose: str, code: str, clock: Clock) -> None:
    """Use up the code that was sent to `phone`, or refuse it.

    Call it before anything else is written: a wrong code is counted although it is refused (the refusal keeps its
    transaction, see `kernel.db.writing`), and the count is one atomic statement, so that two guesses at once are
    two tries.
    Raises: Refused `code_wrong` with `left`, `code_locked` after MAX_TRIES wrong ones, `code_expired` when there is
    none, it is too old or it was used.
    """
    now = clock()
    subject = _subject(phone)
    row = session.scalars(
        select(OneTimeCode)
        .where(OneTimeCode.subject == subject, OneTimeCode.purpose == purpose)
        .order_by(OneTimeCode.created_at.desc(), OneTimeCode.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None or row.used_at is not None or row.expires_at <= now:
        raise Refused("code_expired", field="code")
    tries = session.scalars(
        update(OneTimeCode)
        .where(OneTimeCode.id == row.id, OneTimeCode.used_at.is_(None))
        .values(n_tries=OneTimeCode.n_tries + 1)
        .returning(OneTimeCode.n_tries)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if tries is None:  # somebody used it since it was read
        raise Refused("code_expired", field="code")
    if tries > MAX_TRIES:
        if tries == MAX_TRIES + 1:
            log.append(session, CodeLocked(code_id=row.id, purpose=purpose), actor=VISITOR, at=now)
        raise WrongAnswer("code_locked", field="code")
    if not hmac.compare_digest(row.code_hash, _hash(subject, purpose, code.strip())):
        raise WrongAnswer("code_wrong", field="code", left=MAX_TRIES - tries)
    row.used_at = now


def _subject(phone: str) -> str:
    return crypto.keyring().blind_index(phone, "phone")


def _hash(subject: str, purpose: str, code: str) -> str:
    key = crypto.keyring().signing_key("one-time-code")
    return hmac.new(key, f"{subject}\0{purpose}\0{code}".encode(), hashlib.sha256).hexdigest()
