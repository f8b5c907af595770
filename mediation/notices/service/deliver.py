"""Messages leave: taken from the outbox, carried by a channel, noted as sent."""

from datetime import datetime, timedelta
from email.utils import parseaddr
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.kernel import outbox
from mediation.notices import queries, render
from mediation.notices.catalogue import ChannelKind, NoticeKind
from mediation.notices.channels import Channels, Kept, Parcel, Undeliverable, choose
from mediation.notices.models import Notice
from mediation.notices.service.write import SEND
from mediation.settings import Settings

__all__ = ["SEND", "SEND_TRIES", "carry", "configure", "forget_codes", "sent"]

KEEP_CODES: Final = timedelta(hours=1)
SEND_TRIES: Final = outbox.MAX_TRIES + 14 * 24
"""Two weeks: a mail server that is down over a long holiday loses no invitation."""
OUTDATED: Final = "outdated"
"""What waited for the mail server until it was of no use: a reminder whose hearing was moved, cancelled or had begun;
a code that ran out."""


class _Installed:
    channels: Channels = MappingProxyType(dict.fromkeys(ChannelKind, Kept()))


def configure(settings: Settings) -> None:
    """Choose the channels and what messages name, as the settings say."""
    _Installed.channels = choose(settings)
    render.configure(
        site=settings.site,
        help_phone=settings.help_phone,
        district=settings.district_name,
        sender=parseaddr(settings.mail_from)[1],
    )


def carry(session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Hand one message to its channel; no transaction is open for writing meanwhile.

    Raises whatever a channel raises when it may work later. At least once: a crash before `sent` commits carries
    it again, with the same message id, so that a mail program shows it once.
    """
    notice = session.get_one(Notice, int(payload["notice"]))
    if notice.sent_at is not None or notice.refused:
        return {"sent_by": notice.sent_by, "refused": notice.refused}
    if not notice.address:  # emptied by `forget_codes`
        return {"sent_by": "", "refused": OUTDATED}
    if notice.booking_id is not None and not queries.still_ahead(
        session, notice.booking_id, notice.booking_sequence, now
    ):
        return {"sent_by": "", "refused": OUTDATED}
    parcel = Parcel(
        public_id=notice.public_id,
        to=notice.address,
        subject=notice.subject,
        body=notice.body,
        calendar=notice.attachment,
    )
    channel = _Installed.channels[notice.channel]
    try:
        channel.send(parcel)
    except Undeliverable as error:
        return {"sent_by": "", "refused": str(error)[:200]}
    return {"sent_by": channel.name, "refused": ""}


def sent(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Note how it went, in the transaction that also closes the outbox row."""
    notice = session.get_one(Notice, int(payload["notice"]))
    if notice.sent_at is not None:
        return
    notice.refused = str(payload["refused"])
    if not notice.refused:
        notice.sent_at, notice.sent_by = now, str(payload["sent_by"])


def forget_codes(session: Session, now: datetime) -> int:
    """Empty the bodies of one-time codes that are long over; returns how many."""
    query = select(Notice).where(
        Notice.kind == NoticeKind.CODE, Notice.created_at < now - KEEP_CODES, Notice.address_index != ""
    )
    notices = list(session.scalars(query))
    for notice in notices:
        notice.body, notice.address, notice.address_index = "", "", ""
    return len(notices)
