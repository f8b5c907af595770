"""What may be written where: words that were said in confidence reach no paper and nobody else's page. Pure."""

import re
from collections.abc import Iterable
from typing import Final

from mediation.hearings.rules.codes import NoteTag
from mediation.kernel.errors import Invalid, Refused

NOTE_LIMIT: Final = 2000
"""Characters of one note or one entry of the minutes."""
SHORTEST: Final = 6
"""A confidential sentence of fewer characters is too common to be recognised in another text."""
_BREAKS: Final = re.compile(r"[。．.！!？?；;，,\n]+")
_MARKS: Final = re.compile(r"[\s\W_]+")


def checked_note(text: str) -> str:
    """The text as it is kept: line ends stay, other control characters go.

    Raises: Invalid `note_empty` or `note_too_long`.
    """
    kept = "".join(c for c in text.replace("\r\n", "\n") if c.isprintable() or c == "\n").strip()
    if not kept:
        raise Invalid("note_empty", field="text")
    if len(kept) > NOTE_LIMIT:
        raise Invalid("note_too_long", field="text", limit=NOTE_LIMIT)
    return kept


def check_not_kept(text: str, notes: Iterable[tuple[NoteTag, str]]) -> None:
    """Refuse a text that repeats a sentence tagged *keep*, whatever its spaces and marks.

    Raises: Refused `words_kept`.
    """
    plain = _plain(text)
    for tag, note in notes:
        if tag is not NoteTag.KEEP:
            continue
        whole, sentences = _plain(note), [_plain(part) for part in _BREAKS.split(note)]
        if (whole and whole in plain) or any(len(one) >= SHORTEST and one in plain for one in sentences):
            raise Refused("words_kept")


def _plain(text: str) -> str:
    return _MARKS.sub("", text).casefold()
