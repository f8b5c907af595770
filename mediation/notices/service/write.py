"""One message becomes a row and due work, in the transaction of the fact it tells."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.kernel import outbox
from mediation.notices import queries, render
from mediation.notices.catalogue import ChannelKind, NoticeKind
from mediation.notices.models import Notice

SEND: Final = "notices.send"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is said to one person. `about` and `reader` make the key: said twice, one message."""

    kind: NoticeKind
    about: str
    reader: str
    phone: str
    email: str
    locale: str
    facts: dict[str, Any]
    due_at: datetime
    case_id: int | None = None
    party_id: int | None = None
    attachment: bytes | None = None
    booking: tuple[int, int] | None = None
    """Id and sequence of the booking that a reminder is about: moved since, it is not sent."""


def write(session: Session, letter: Letter, *, now: datetime) -> None:
    """An SMS when there is a number, and a mail when there is an address; each when the kind has one."""
    if letter.phone and render.has_sms(letter.kind):
        text = render.sms(letter.kind, letter.locale, letter.facts)
        _put(session, letter, now, channel=ChannelKind.SMS, address=letter.phone, subject="", body=text)
    if letter.email and render.has_mail(letter.kind):
        subject, body = render.mail(letter.kind, letter.locale, letter.facts)
        _put(session, letter, now, channel=ChannelKind.MAIL, address=letter.email, subject=subject, body=body)


def _put(
    session: Session, letter: Letter, now: datetime, *, channel: ChannelKind, address: str, subject: str, body: str
) -> None:
    key = f"{letter.kind.value}:{letter.about}:{letter.reader}:{channel.value}"
    if session.scalar(select(Notice.id).where(Notice.key == key)) is not None:
        return
    notice = Notice(
        key=key,
        kind=letter.kind,
        channel=channel,
        case_id=letter.case_id,
        party_id=letter.party_id,
        address=address,
        address_index=queries.address_index(address),
        locale=letter.locale,
        subject=subject,
        body=body,
        attachment=letter.attachment if channel is ChannelKind.MAIL else None,
        created_at=now,
        booking_id=letter.booking[0] if letter.booking else None,
        booking_sequence=letter.booking[1] if letter.booking else None,
    )
    session.add(notice)
    session.flush()
    outbox.put(session, SEND, {"notice": notice.id}, key=f"{SEND}:{notice.id}", due_at=letter.due_at)
