"""Pages of a stored file as pictures, for those who look at it together: a phone needs no reader of PDF.

Nothing of it is written anywhere. The last ones stay in this process's memory, because everybody in a room asks for
the same page at the same moment.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from mediation.files import render
from mediation.files.models import StoredFile
from mediation.files.render import Sheet, Unreadable
from mediation.files.rules import FileKind
from mediation.files.service.store import original_key, shown_key, unsealed
from mediation.kernel.errors import Refused

WIDTHS: Final = {"small": 800, "large": 1800}
"""Pixels: a phone held upright, sharp on its screen; a large screen, or a phone that looks closer."""
KEPT: Final = 48
"""Pages in memory, some 200 kB each."""
_Key = tuple[str, int, str]


@dataclass
class _Kept:
    """The newest pages, and one lock for each that is being drawn: asked for five times at once, drawn once."""

    lock: Lock = field(default_factory=Lock)
    sheets: OrderedDict[_Key, Sheet | Unreadable] = field(default_factory=OrderedDict)
    drawing: dict[_Key, Lock] = field(default_factory=dict)

    def get(self, key: _Key) -> Sheet | Unreadable | None:
        with self.lock:
            found = self.sheets.get(key)
            if found is not None:
                self.sheets.move_to_end(key)
            return found

    def put(self, key: _Key, sheet: Sheet | Unreadable) -> None:
        with self.lock:
            self.sheets[key] = sheet
            self.drawing.pop(key, None)
            while len(self.sheets) > KEPT:
                self.sheets.popitem(last=False)

    def turn(self, key: _Key) -> Lock:
        with self.lock:
            return self.drawing.setdefault(key, Lock())


_MEMORY: Final = _Kept()


def page_of(file: StoredFile, page: int, size: str) -> Sheet:
    """The page as a picture of one of WIDTHS. Whether the reader may see it, the caller has asked.

    Takes up to half a second: call it outside a writing transaction.
    Raises: Refused `paper_unreadable` (damaged or hostile), `paper_locked`, `paper_too_long`, `paper_no_page`; Missing
    `file_gone`.
    """
    key = (file.public_id, page, size)
    found = _MEMORY.get(key)
    if found is None:
        with _MEMORY.turn(key):
            found = _MEMORY.get(key) or _drawn(file, page, WIDTHS[size])
            _MEMORY.put(key, found)
    if isinstance(found, Unreadable):
        codes = {"locked": "paper_locked", "too_long": "paper_too_long", "no_page": "paper_no_page"}
        raise Refused(codes.get(str(found), "paper_unreadable")) from found
    return found


def _drawn(file: StoredFile, page: int, width: int) -> Sheet | Unreadable:
    """A page that cannot be drawn is remembered too: each try may cost seconds."""
    is_pdf = file.media_type == FileKind.PDF.value
    content = unsealed(file, original_key(file) if is_pdf else shown_key(file))
    try:
        return render.sheet(content, is_pdf=is_pdf, page=page, width=width)
    except Unreadable as fault:
        return fault
