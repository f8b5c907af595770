"""A folder of answers on a mail server (IMAP4rev1, RFC 3501), over TLS only.

The folder is opened read-only, and no flag decides: a person who looks into it, or another program that marks mails
as seen, hides none from us. What was dealt with is known by UIDVALIDITY and UID, which a server never gives to two
mails and which only grow (RFC 3501 2.3.1.1); the caller keeps them in the transaction that keeps the answer.
"""

import hashlib
import imaplib
import re
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from mediation.scheduling.calendar import itip
from mediation.scheduling.calendar.itip import AT_ONCE, MOST_MAIL, Mail

TIMEOUT_S: Final = 30
_PORTS: Final = {"imaps": 993, "imap": 143}


class BoxDown(Exception):
    """The server cannot be reached, does not prove who it is, or refuses the user or the folder."""


@dataclass(frozen=True, slots=True)
class Box:
    """A folder of a mail account."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str
    tls_first: bool
    """True: TLS from the first byte (imaps); False: STARTTLS before anything else is said."""

    @property
    def mark(self) -> str:
        """Tells the mails of one folder from those of another."""
        return hashlib.sha256(f"{self.user}@{self.host}:{self.port}/{self.folder}".encode()).hexdigest()[:8]


def box_of(url: str) -> Box:
    """`imaps://user:password@host:993/Folder`, or imap:// for STARTTLS; the folder is INBOX when none is named."""
    parts = urlsplit(url)
    return Box(
        host=parts.hostname or "",
        port=parts.port or _PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.lstrip("/")) or "INBOX",
        tls_first=parts.scheme == "imaps",
    )


def unread(box: Box, last_of: Callable[[str], int]) -> list[Mail]:
    """The oldest mails that were not dealt with, at most `AT_ONCE`.

    `last_of(prefix)`: the highest UID that was dealt with among the keys that begin so; 0 for none.
    Raises: BoxDown.
    """
    try:
        with _signed_in(box) as server:
            prefix = f"{box.mark}.{_open(server, box)}."
            after = last_of(prefix)
            return [_mail(server, uid, f"{prefix}{uid:010d}") for uid in _uids(server, after)[:AT_ONCE]]
    except (OSError, imaplib.IMAP4.error) as error:
        raise BoxDown(str(error)) from error


def _signed_in(box: Box) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if box.tls_first:
        server: imaplib.IMAP4 = imaplib.IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=TIMEOUT_S)
    else:
        server = imaplib.IMAP4(box.host, box.port, timeout=TIMEOUT_S)
    try:
        if not box.tls_first:
            server.starttls(context)
        server.login(box.user, box.password)
    except BaseException:
        server.shutdown()
        raise
    return server


def _open(server: imaplib.IMAP4, box: Box) -> int:
    """The folder's UIDVALIDITY."""
    name = box.folder.replace("\\", "\\\\").replace('"', '\\"')
    _good(server.select(f'"{name}"', readonly=True))
    _, known = server.response("UIDVALIDITY")
    if not known or not isinstance(known[0], bytes):
        raise imaplib.IMAP4.error("the server names no UIDVALIDITY")
    return int(known[0])


def _uids(server: imaplib.IMAP4, after: int) -> list[int]:
    """UIDs above `after`, rising. `n:*` also finds the last mail when it is below n (RFC 3501 6.4.8)."""
    found = _good(server.uid("SEARCH", f"UID {after + 1}:*"))
    numbers = found[0].split() if found and isinstance(found[0], bytes) else []
    return sorted(uid for uid in map(int, numbers) if uid > after)


def _mail(server: imaplib.IMAP4, uid: int, key: str) -> Mail:
    """One that is too large is not fetched; one that was removed meanwhile has nothing to say."""
    size = re.search(rb"RFC822\.SIZE (\d+)", _line(_good(server.uid("FETCH", str(uid), "(RFC822.SIZE)"))))
    if size is None or int(size[1]) > MOST_MAIL:
        return Mail(key, None)
    parts = _good(server.uid("FETCH", str(uid), "(BODY.PEEK[])"))
    raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    return Mail(key, itip.understood(raw))


def _line(parts: Sequence[object]) -> bytes:
    return next((part for part in parts if isinstance(part, bytes)), b"")


def _good(answer: tuple[str, Sequence[object]]) -> Sequence[object]:
    kind, parts = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(f"{kind} {parts!r}")
    return parts
