"""Time as bitmaps. Pure.

A bitmap is a Python int over a `Window`: bit i stands for quantum `window.first + i`. A month is 8,640 bits, 135
machine words, so that AND, OR and shift over it cost less than a microsecond, and nothing special happens at midnight.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from mediation.scheduling.rules.codes import QUANTUM_S

DAY: Final = 24 * 60 * 60 // QUANTUM_S
"""Quanta of a stored day; it begins at midnight UTC, because storage knows no zone."""
WORD: Final = 48
"""Bits of a stored word: six words a day, and never near the sign bit of a 64-bit integer."""
WORDS: Final = DAY // WORD


def quantum_of(at: datetime) -> int:
    """The quantum that holds an instant."""
    return int(at.timestamp()) // QUANTUM_S


def quantum_after(at: datetime) -> int:
    """The first quantum that begins at `at` or later."""
    return -(-int(-(-at.timestamp() // 1)) // QUANTUM_S)


def begin_of(quantum: int) -> datetime:
    """The instant at which a quantum begins, UTC."""
    return datetime.fromtimestamp(quantum * QUANTUM_S, UTC)


def n_quanta(minutes: int) -> int:
    """How many quanta `minutes` need, rounded up."""
    return -(-minutes * 60 // QUANTUM_S)


def on_quantum(at: datetime) -> bool:
    """Whether an instant is exactly the beginning of a quantum."""
    return at.microsecond == 0 and int(at.timestamp()) % QUANTUM_S == 0


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time: `n` quanta from `first` on."""

    first: int
    n: int

    @classmethod
    def between(cls, begin: datetime, end: datetime) -> "Window":
        """The whole quanta from `begin` to `end`; empty when there is none."""
        first = quantum_after(begin)
        return cls(first, max(0, quantum_of(end) - first))

    @property
    def all(self) -> int:
        return (1 << self.n) - 1

    def stretch(self, first: int, end: int) -> int:
        """Bits of the quanta from `first` up to but not with `end`; what lies outside the window is left out."""
        low, high = max(first - self.first, 0), min(end - self.first, self.n)
        return ((1 << (high - low)) - 1) << low if high > low else 0

    def period(self, begin: datetime, end: datetime) -> int:
        """Bits of the whole quanta between two instants."""
        return self.stretch(quantum_after(begin), quantum_of(end))

    def quanta(self, quanta: Iterable[int]) -> int:
        """Bits of single quanta."""
        marks = bytearray(self.n // 8 + 1)
        for quantum in quanta:
            i = quantum - self.first
            if 0 <= i < self.n:
                marks[i >> 3] |= 1 << (i & 7)
        return int.from_bytes(marks, "little")

    @property
    def stored_days(self) -> range:
        """The stored days that the window touches."""
        return range(self.first // DAY, -(-(self.first + self.n) // DAY))

    def grid(self, minutes: int) -> int:
        """Bits of the quanta that begin at a whole multiple of `minutes` since the epoch."""
        step = n_quanta(minutes)
        bits, block = 1 << (-self.first % step), step
        while block < self.n:
            bits |= bits << block
            block *= 2
        return bits & self.all

    def at(self, bit: int) -> datetime:
        """The instant at which bit number `bit` begins."""
        return begin_of(self.first + bit)


def words_of(quanta: Iterable[int]) -> tuple[int, ...]:
    """The words of a stored day with the bits of these quanta, all of that day."""
    words = [0] * WORDS
    for quantum in quanta:
        place = quantum % DAY
        words[place // WORD] |= 1 << place % WORD
    return tuple(words)


def of_words(words: Iterable[int]) -> int:
    """The bits of a stored day out of its words."""
    bits = 0
    for i, word in enumerate(words):
        bits |= word << i * WORD
    return bits


def runs(bits: int, length: int) -> int:
    """The bits at which a run of at least `length` set bits begins."""
    for step in shifts(length):
        bits &= bits >> step
    return bits


@cache
def shifts(length: int) -> tuple[int, ...]:
    """The shifts that find runs of this length, each time with what was found before."""
    steps, done = [], 1
    while done < length:
        steps.append(min(done, length - done))
        done += steps[-1]
    return tuple(steps)


def around(bits: int, before: int, after: int) -> int:
    """Each set bit with the `before` bits ahead of it and the `after` bits behind it."""
    for step in shifts(before + 1 + after):
        bits |= bits << step
    return bits >> before


def ones(bits: int) -> Iterator[int]:
    """The numbers of the set bits, rising."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def stretches(bits: int) -> Iterator[tuple[int, int]]:
    """Where each unbroken run of set bits begins, and how long it is."""
    at = 0
    while bits:
        gap = (bits & -bits).bit_length() - 1
        bits >>= gap
        n = (~bits & bits + 1).bit_length() - 1
        yield at + gap, n
        bits >>= n
        at += gap + n


def lasting(n: int) -> timedelta:
    """How long `n` quanta last."""
    return timedelta(seconds=n * QUANTUM_S)
