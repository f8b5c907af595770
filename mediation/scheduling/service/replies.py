"""Answers of calendar programs: who says yes, no, or another time. Staff see them; nothing moves by itself."""

from datetime import datetime
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mediation.kernel import outbox
from mediation.scheduling import queries
from mediation.scheduling.calendar import imap, itip
from mediation.scheduling.calendar.imap import Box, BoxDown
from mediation.scheduling.calendar.itip import Mail, Reply
from mediation.scheduling.models import AttendeeReply, Booking, ReplyMail
from mediation.scheduling.rules.codes import MailResult

READ_REPLIES: Final = "scheduling.read_replies"


log = structlog.get_logger()


class _Installed:
    folder: Path | None = None
    box: Box | None = None


def read_replies_from(folder: Path | None, url: str = "") -> None:
    """Where the mail server puts what is sent to MAIL_FROM: a Maildir, an IMAP folder, or both; neither: not read."""
    _Installed.folder = folder
    _Installed.box = imap.box_of(url) if url else None


def ask_for_replies(session: Session, now: datetime) -> None:
    """Chore: have the box read, when there is one."""
    if _Installed.folder is not None or _Installed.box is not None:
        outbox.put(session, READ_REPLIES, {}, key=f"{READ_REPLIES}:{int(now.timestamp())}", due_at=now)


def fetch_replies(session: Session, _payload: dict[str, Any], _now: datetime) -> dict[str, Any]:
    """Outbox READ_REPLIES, before its transaction: the mails that nobody has dealt with."""
    mails: list[Mail] = []
    if _Installed.folder is not None:
        mails += itip.unread(_Installed.folder, frozenset(session.scalars(select(ReplyMail.key))))
    if _Installed.box is not None:
        mails += _of_server(session, _Installed.box)
    return {"mails": mails}


def _of_server(session: Session, box: Box) -> list[Mail]:
    """Nothing while the server is away: the mails wait there, and the next minute asks again."""

    def last_of(prefix: str) -> int:
        key = session.scalar(select(func.max(ReplyMail.key)).where(ReplyMail.key.startswith(prefix)))
        return int(key.rpartition(".")[2]) if key else 0

    try:
        return imap.unread(box, last_of)
    except BoxDown as error:
        log.warning("scheduling.replies_unreachable", host=box.host, folder=box.folder, why=str(error))
        return []


def take_replies(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Outbox READ_REPLIES: keep what was answered; each mail is noted with what became of it."""
    mails: list[Mail] = payload["mails"]
    for mail in mails:
        if session.get(ReplyMail, mail.key) is None:
            result = MailResult.UNCLEAR if mail.reply is None else _take(session, mail.reply)
            session.add(ReplyMail(key=mail.key, result=result, read_at=now))
            session.flush()


def _take(session: Session, reply: Reply) -> MailResult:
    booking = session.scalars(select(Booking).where(Booking.public_id == reply.booking)).one_or_none()
    if booking is None or booking.case_id is None:
        return MailResult.UNKNOWN
    invited = queries.attendees(session, booking).get(reply.attendee)
    if invited is None:
        return MailResult.STRANGER
    who, _ = invited
    query = select(AttendeeReply).where(AttendeeReply.booking_id == booking.id, AttendeeReply.who == who)
    known = session.scalars(query).one_or_none()
    newest = (known.sequence, known.stamped_at) if known is not None else None
    if reply.sequence != booking.sequence or (newest and newest > (reply.sequence, reply.stamped_at)):
        return MailResult.OLDER
    row = known or AttendeeReply(booking_id=booking.id, who=who)
    row.answer, row.sequence = reply.answer, reply.sequence
    row.stamped_at, row.starts_at = reply.stamped_at, reply.starts_at
    session.add(row)
    session.flush()
    return MailResult.TAKEN
