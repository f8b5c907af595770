"""What is put together out of what: plain values, so that another process can be told."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mediation.hearings.storage import RecordingFiles
from mediation.kernel.sealed import CHUNK, SealedReader


@dataclass(frozen=True, slots=True)
class Part:
    """One file of one person, as it was recorded."""

    seat: int
    video: bool
    take: int
    begins_ms: int
    """After the recording's start."""
    file: str
    data_key: bytes


@dataclass(frozen=True, slots=True)
class Order:
    """What to put together, and where to."""

    files: RecordingFiles
    parts: tuple[Part, ...]
    file: str
    data_key: bytes


@dataclass(frozen=True, slots=True)
class Composed:
    sha256: str
    """Of the plain bytes."""
    n_bytes: int
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A part with its place in the film."""

    part: Part
    at_ms: int
    length_ms: int


def placed(parts: Sequence[tuple[Part, int]]) -> tuple[Placed, ...]:
    """Takes one after another, without the pauses between them; within a take each part at its own time.

    `parts`: with the length of each in milliseconds.
    """
    found: list[Placed] = []
    base = 0
    for take in sorted({part.take for part, _ in parts}):
        own = [(part, length) for part, length in parts if part.take == take]
        starts = min(part.begins_ms for part, _ in own)
        found += [Placed(part, base + part.begins_ms - starts, length) for part, length in own]
        base = max(one.at_ms + one.length_ms for one in found)
    return tuple(found)


def grid(n: int) -> tuple[int, int]:
    """Columns and rows for `n` faces."""
    columns = next(size for size in range(1, n + 1) if size * size >= n)
    return columns, -(-n // columns)


LARGE: Final = (640, 360)
SMALL: Final = (416, 234)


def tile(n: int) -> tuple[int, int]:
    """Width and height of a face among `n`, so that the whole stays within 1280 x 720."""
    return LARGE if grid(n)[0] <= 2 else SMALL  # noqa: PLR2004 - two beside each other


def reader(files: RecordingFiles, file: str, key: bytes) -> SealedReader:
    """Raises: Missing; Undecipherable."""
    return SealedReader(files.open(file), key, file)


def hash_of(sealed: SealedReader) -> str:
    """Read all of it: what is played later is what is hashed now. Raises: Undecipherable."""
    digest = hashlib.sha256()
    sealed.seek(0)
    while block := sealed.read(CHUNK):
        digest.update(block)
    return digest.hexdigest()
