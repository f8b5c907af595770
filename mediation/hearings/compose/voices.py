"""The sound: of each person a line of samples without a gap, and all of them mixed."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import av

from mediation.hearings.compose.decoding import decoded
from mediation.hearings.compose.parts import Placed
from mediation.hearings.storage import RecordingFiles

RATE: Final = 48_000
_SAMPLE: Final = 2
"""Bytes: 16 bits, one channel."""
_JITTER: Final = RATE // 20
"""A frame that comes up to 50 ms off its place is put on the end: the clock of a file is in milliseconds."""


class Voice:
    """One person's sound in the order of its time."""

    def __init__(self, files: RecordingFiles, parts: Sequence[Placed]) -> None:
        self._coming = _samples(files, sorted(parts, key=lambda one: one.at_ms))
        self._next = next(self._coming, None)
        self._kept, self._kept_at = bytearray(), 0

    def take(self, at: int, n: int) -> bytes:
        """`n` samples from the place `at`, silence where nothing was said."""
        while self._next is not None and self._next[0] < at + n:
            place, samples = self._next
            ends = self._kept_at + len(self._kept) // _SAMPLE
            if not self._kept:
                self._kept_at = ends = max(place, at)
            if place - ends > _JITTER:
                self._kept.extend(bytes((place - ends) * _SAMPLE))
            self._kept.extend(samples)
            self._next = next(self._coming, None)
        before = min(n, max(0, self._kept_at - at)) if self._kept else n
        said = bytes(self._kept[: (n - before) * _SAMPLE])
        del self._kept[: len(said)]
        self._kept_at += len(said) // _SAMPLE
        return bytes(before * _SAMPLE) + said + bytes((n - before) * _SAMPLE - len(said))


def _samples(files: RecordingFiles, parts: Sequence[Placed]) -> Iterator[tuple[int, bytes]]:
    for one in parts:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        for ms, frame in decoded(files, one.part):
            place = (one.at_ms + ms) * RATE // 1000
            frame.pts = None
            for mono in resampler.resample(frame):
                yield place, bytes(mono.planes[0])[: mono.samples * _SAMPLE]
                place += mono.samples


class Mixer:
    """Several lines of samples in, one out; loud moments are held back, not cut."""

    def __init__(self, n_voices: int) -> None:
        self._graph = av.filter.Graph()
        self._inputs = [self._graph.add_abuffer(sample_rate=RATE, format="s16", layout="mono") for _ in range(n_voices)]
        mixed = self._graph.add("amix", f"inputs={n_voices}:normalize=0:duration=longest")
        limited = self._graph.add("alimiter", "limit=0.95:level=0")
        plain = self._graph.add("aformat", "sample_fmts=fltp:sample_rates=48000:channel_layouts=mono")
        self._sink = self._graph.add("abuffersink")
        for number, one in enumerate(self._inputs):
            one.link_to(mixed, 0, number)
        mixed.link_to(limited)
        limited.link_to(plain)
        plain.link_to(self._sink)
        self._graph.configure()
        self._at = 0

    def mix(self, lines: Sequence[bytes]) -> Iterator[Any]:
        """One stretch of each voice, all of the same length; gives what is mixed so far."""
        n = len(lines[0]) // _SAMPLE
        for number, line in enumerate(lines):
            frame = av.AudioFrame(format="s16", layout="mono", samples=n)
            frame.sample_rate, frame.pts = RATE, self._at
            frame.planes[0].update(line)
            self._inputs[number].push(frame)
        self._at += n
        while True:
            try:
                yield self._sink.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
