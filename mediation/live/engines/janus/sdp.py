"""One browser's offer for Janus: its own sound and picture go to a publisher, the slots come from a subscriber.

Janus never sees the receive-only pairs. Its answer is completed with them, refused (port 0, RFC 3264 section 6), so
that the browser's connection stands with what it sends.
"""

import re
from typing import Final

N_OWN: Final = 2


def _parts(text: str) -> tuple[str, list[str]]:
    """The session's lines, and each medium's."""
    head, *media = re.split(r"(?m)^(?=m=)", text)
    return head, media


def for_publisher(offer: str) -> str:
    """The offer without its slots."""
    head, media = _parts(offer)
    return _bundled(head, media[:N_OWN]) + "".join(media[:N_OWN])


def completed(answer: str, offer: str) -> str:
    """Janus' answer, as long as the offer."""
    _, offered = _parts(offer)
    refused = [_refused(one) for one in offered[N_OWN:]]
    return answer.rstrip() + "\r\n" + "".join(refused)


def _bundled(head: str, media: list[str]) -> str:
    mids = " ".join(_mid(one) for one in media)
    return re.sub(r"(?m)^a=group:BUNDLE .*?(\r?)$", rf"a=group:BUNDLE {mids}\1", head)


def _mid(medium: str) -> str:
    found = re.search(r"(?m)^a=mid:(\S+)", medium)
    return found.group(1) if found else ""


def _refused(medium: str) -> str:
    kind, _, rest = medium.splitlines()[0].removeprefix("m=").partition(" ")
    formats = rest.partition(" ")[2]
    return f"m={kind} 0 {formats}\r\nc=IN IP4 0.0.0.0\r\na=mid:{_mid(medium)}\r\na=inactive\r\n"
