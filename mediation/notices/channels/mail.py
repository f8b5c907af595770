"""Mail by SMTP; with a calendar, in the shape that calendar programs act on (RFC 6047)."""

import html
import re
import smtplib
import ssl
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final
from urllib.parse import unquote, urlsplit

from mediation.notices.channels.contract import Parcel, Undeliverable

TIMEOUT_S: Final = 20
_ADDRESS: Final = re.compile(r"https?://[^\s<>&\"]+")


class Smtp:
    """`smtp://user:password@host:port` takes STARTTLS when the server offers it; `smtps://` is TLS from the start."""

    name = "smtp"

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._tls = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if self._tls else 25)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._sender = sender

    def send(self, parcel: Parcel) -> None:
        message = compose(parcel, self._sender)
        with self._connect() as server:
            try:
                server.send_message(message)
            except smtplib.SMTPRecipientsRefused as error:
                code, reason = next(iter(error.recipients.values()))
                if code >= 500:  # noqa: PLR2004 - RFC 5321 4.2.1: 5yz is for good, 4yz is for now
                    raise Undeliverable(f"{code} {reason.decode(errors='replace')}") from error
                raise

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_S)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
        if self._user:
            server.login(self._user, self._password)
        return server


def compose(parcel: Parcel, sender: str) -> EmailMessage:
    """The message as RFC 5322 has it. No header can be smuggled in: each is one line and the address is parsed.

    Raises: Undeliverable for what is no mail address.
    """
    message = EmailMessage(policy=SMTP)
    try:
        message["To"] = Address(addr_spec=parcel.to)
    except (HeaderParseError, ValueError, IndexError) as error:
        raise Undeliverable("not a mail address") from error
    message["From"] = sender
    message["Subject"] = " ".join(parcel.subject.split())
    message["Message-ID"] = f"<{parcel.public_id}@{sender.rpartition('@')[2].rstrip('>')}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(parcel.body, cte="quoted-printable")
    if parcel.calendar is not None:
        _add_calendar(message, parcel.body, parcel.calendar)
    return message


def _add_calendar(message: EmailMessage, body: str, calendar: bytes) -> None:
    """mixed{ alternative{ plain, html, calendar }, file }: the calendar part in the first child, or Outlook and Gmail
    show a file only; the file for the programs that show nothing else.
    """
    message.add_alternative(_html(body), subtype="html", cte="base64")
    params = {"method": _method(calendar)}
    message.add_alternative(calendar.decode(), subtype="calendar", cte="base64", params=params)
    message.add_attachment(calendar, maintype="application", subtype="ics", filename="hearing.ics")


def _html(body: str) -> str:
    """The same text for programs that show HTML first; addresses can be pressed."""
    lines = html.escape(body.strip()).replace("\n", "<br>\n")
    linked = _ADDRESS.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', lines)
    return f'<!doctype html>\n<meta charset="utf-8">\n<p>{linked}</p>\n'


def _method(calendar: bytes) -> str:
    """The method that the calendar names: the part must name the same (RFC 6047 2.4)."""
    found = re.search(rb"^METHOD:([A-Z]+)\r?$", calendar, re.MULTILINE)
    return found[1].decode() if found else "PUBLISH"
