"""Encoded frames into Matroska as they come, without transcoding: a cluster each second, flushed at once."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import av

_OPTIONS: Final = {"cluster_time_limit": "1000", "flush_packets": "1"}
VIDEO_CLOCK: Final = 90_000
AUDIO_CLOCK: Final = 48_000


@dataclass(frozen=True, slots=True)
class Frame:
    """One encoded frame; `at` counts the clock of its kind (RFC 7741, RFC 7587) from the file's beginning."""

    at: int
    data: bytes
    key: bool


class _Out:
    """What PyAV takes for a file that cannot seek."""

    def __init__(self, append: Callable[[bytes], None]) -> None:
        self._append = append
        self.failed: OSError | None = None

    def write(self, data: Any) -> int:
        if self.failed is None:
            try:
                self._append(bytes(data))
            except OSError as error:  # the muxer would turn it into an error of its own
                self.failed = error
        return len(data)


class MatroskaFile:
    """One track: VP8 or Opus."""

    def __init__(self, append: Callable[[bytes], None], *, video: bool, size: tuple[int, int] = (0, 0)) -> None:
        self._out = _Out(append)
        self._container: Any = av.open(self._out, "w", format="matroska", options=_OPTIONS)
        if video:
            self._stream = self._container.add_mux_stream("vp8", width=size[0], height=size[1])
        else:
            self._stream = self._container.add_mux_stream("opus", rate=AUDIO_CLOCK)
        self._base = Fraction(1, VIDEO_CLOCK if video else AUDIO_CLOCK)
        self._stream.time_base = self._base

    def add(self, frame: Frame) -> None:
        """Raises: OSError when it could not be written."""
        packet = av.Packet(frame.data)
        packet.stream, packet.time_base = self._stream, self._base
        packet.pts = packet.dts = frame.at
        packet.is_keyframe = frame.key
        self._container.mux(packet)
        self._check()

    def close(self) -> None:
        """Raises: OSError when the rest could not be written."""
        self._container.close()
        self._check()

    def _check(self) -> None:
        if self._out.failed is not None:
            raise self._out.failed
