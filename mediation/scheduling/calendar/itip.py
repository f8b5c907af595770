"""Answers of calendar programs to our invitations: what a mail says, and the mails of a Maildir (RFC 5546, 6047)."""

import hashlib
import mailbox
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final, cast

from icalendar import Calendar

from mediation.kernel.clock import CHINA
from mediation.scheduling.calendar import ics
from mediation.scheduling.rules.codes import ReplyAnswer

MOST_MAIL: Final = 1_000_000
MOST_CALENDAR: Final = 100_000
AT_ONCE: Final = 50
_ANSWERS: Final = {
    "ACCEPTED": ReplyAnswer.ACCEPTED,
    "DECLINED": ReplyAnswer.DECLINED,
    "TENTATIVE": ReplyAnswer.TENTATIVE,
}


class Unclear(Exception):
    """A mail that is no answer to an invitation of ours."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What one attendee says about one booking."""

    booking: str
    """Public id."""
    attendee: str
    answer: ReplyAnswer
    sequence: int
    stamped_at: datetime
    starts_at: datetime | None = None
    """Of a COUNTER: the time they would rather have."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail of the box; `reply` is None when it is no answer that we understand."""

    key: str
    """The same for the same mail whenever it is read."""
    reply: Reply | None


def unread(folder: Path, known: frozenset[str]) -> list[Mail]:
    """The new mails of a Maildir. Those whose key is known were dealt with: they are marked as seen only now, so that
    a crash in between makes a mail be read twice and never lost.
    """
    box = mailbox.Maildir(folder, factory=None, create=False)
    found: list[Mail] = []
    for name in sorted(box.keys()):
        message = box.get_message(name)
        if message.get_subdir() != "new" or len(found) >= AT_ONCE:
            continue
        raw = box.get_bytes(name)
        key = hashlib.sha256(raw).hexdigest()[:32]
        if key in known:
            message.set_subdir("cur")
            message.add_flag("S")
            box[name] = message
            continue
        found.append(Mail(key, understood(raw)))
    return found


def understood(raw: bytes) -> Reply | None:
    """The answer in a mail; None when it is none that we understand."""
    try:
        return read(raw)
    except Unclear:
        return None


def read(raw: bytes) -> Reply:
    """Raises: Unclear. The sender must be the one attendee that the answer names."""
    if len(raw) > MOST_MAIL:
        raise Unclear
    try:
        mail = message_from_bytes(raw, policy=policy.default)
        calendar = Calendar.from_ical(_calendar_of(mail))
        (event,) = calendar.walk("VEVENT")
        reply = _reply(str(calendar.get("METHOD", "")).upper(), event)
        senders = cast("AddressHeader", mail["From"]).addresses
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, LookupError) as error:
        raise Unclear from error
    if len(senders) != 1 or senders[0].addr_spec.lower() != reply.attendee:
        raise Unclear
    return reply


def _calendar_of(mail: EmailMessage) -> bytes:
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            body = part.get_payload(decode=True)
            if isinstance(body, bytes) and len(body) <= MOST_CALENDAR:
                return body
    raise Unclear


def _reply(method: str, event: Any) -> Reply:
    uid = str(event["UID"])
    attendee = event["ATTENDEE"]
    if isinstance(attendee, list) or not uid.startswith("booking-") or not uid.endswith(f"@{ics.DOMAIN}"):
        raise Unclear
    if method not in {"REPLY", "COUNTER"}:
        raise Unclear
    said = str(attendee.params.get("PARTSTAT", "")).upper()
    return Reply(
        booking=uid.removeprefix("booking-").removesuffix(f"@{ics.DOMAIN}"),
        attendee=str(attendee).lower().removeprefix("mailto:"),
        answer=ReplyAnswer.COUNTER if method == "COUNTER" else _ANSWERS[said],
        sequence=int(event.get("SEQUENCE", 0)),
        stamped_at=event["DTSTAMP"].dt,
        starts_at=_aware(event["DTSTART"].dt) if method == "COUNTER" else None,
    )


def _aware(at: object) -> datetime:
    if not isinstance(at, datetime):
        raise Unclear
    return at if at.tzinfo else at.replace(tzinfo=CHINA)
