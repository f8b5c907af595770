"""One page as a picture: a child without secrets, that can write nothing, with little memory and time draws it.

PDFium is a big reader written in C++ and the files come from strangers: whatever a hostile one does to it ends there.
"""

import json
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

WITHIN_S: Final = 8.0
"""Of waiting; the child's own limit of processor time is shorter."""
_CHILD: Final = Path(__file__).with_name("child.py")
_HEAD: Final = struct.Struct(">I")


class Unreadable(Exception):
    """Why there is no picture: `damaged`, `locked` (a password), `too_long` (pages), `too_slow`, `no_page`."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it is shown."""

    n_pages: int
    picture: bytes
    """WebP."""
    text: str
    """What stands on the page, if the file says so; empty for a scan or a photo."""


def sheet(content: bytes, *, is_pdf: bool, page: int, width: int) -> Sheet:
    """Page `page` (from 1 on) of `content`, `width` pixels wide; of a picture the one page that it is.

    Raises: Unreadable.
    """
    order = json.dumps({"pdf": is_pdf, "page": page, "width": width}).encode()
    try:
        # The interpreter and a file of ours: nothing of the command comes from outside; the environment stays here.
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", str(_CHILD)],
            input=_HEAD.pack(len(order)) + order + content,
            capture_output=True,
            timeout=WITHIN_S,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable("too_slow") from error
    if done.returncode != 0 or len(done.stdout) < _HEAD.size:
        raise Unreadable("too_slow" if -done.returncode in _TIME_SIGNALS else "damaged")
    n_facts = _HEAD.unpack_from(done.stdout)[0]
    facts = json.loads(done.stdout[_HEAD.size : _HEAD.size + n_facts])
    if "fault" in facts:
        raise Unreadable(facts["fault"])
    return Sheet(facts["n_pages"], done.stdout[_HEAD.size + n_facts :], facts["text"])


_TIME_SIGNALS: Final = {9, 24}
"""SIGKILL and SIGXCPU: the processor time was used up."""
