"""One source while it is recorded: its packets become frames, its frames a sealed file, its clock the server's."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from mediation.hearings.service import OpenSource, SourceProgress
from mediation.hearings.storage import RecordingFiles
from mediation.kernel.sealed import SealedLog
from mediation.live.recording.frames import Order, Packet, Pictures, Sounds
from mediation.live.recording.matroska import MatroskaFile

_STAMPS: Final = 1 << 32
_NTP: Final = 1 << 32


class SeatClock:
    """The clock of one person's device beside the server's: the least delay of any report tells the difference."""

    def __init__(self) -> None:
        self.ahead: float | None = None
        """Seconds to add to the device's clock, with the shortest way that a report took."""

    def report(self, ntp: int, at: float) -> None:
        ahead = at - ntp / _NTP
        self.ahead = ahead if self.ahead is None else min(self.ahead, ahead)


class SourceFile:
    """Only one thread at a time works on it."""

    def __init__(self, opened: OpenSource, files: RecordingFiles, clock: SeatClock, *, video: bool) -> None:
        """Raises: OSError."""
        self.id = opened.id
        self._video, self._clock = video, clock
        self._log = SealedLog(files.create(opened.file), opened.data_key, opened.file)
        self._order, self._media = Order(), Pictures() if video else Sounds()
        self._film: MatroskaFile | None = None
        self._first_at = 0.0
        self._said: tuple[int, int] | None = None
        """Of the last report: NTP time, media time."""
        self._sha256 = ""

    @property
    def wants_key_frame(self) -> bool:
        return self._media.wants_key_frame

    def report(self, ntp: int, timestamp: int) -> None:
        self._said = (ntp, timestamp)

    def write(self, packets: Iterable[Packet]) -> None:
        """Raises: OSError."""
        for packet in packets:
            for due, lost in self._order.add(packet):
                self._take(due, lost=lost)

    def _take(self, packet: Packet, *, lost: bool) -> None:
        for frame in self._media.frames(packet, lost=lost):
            if self._film is None:
                self._film = MatroskaFile(self._log.append, video=self._video, size=self._media.size)
                self._first_at = packet.at
            self._film.add(frame)

    def sync(self) -> None:
        """Raises: OSError."""
        self._log.sync()

    def close(self) -> None:
        """Raises: OSError; the file is closed in any case."""
        try:
            for packet, lost in self._order.rest():
                self._take(packet, lost=lost)
            if self._film is not None:
                self._film.close()
            self._log.sync()
            self._sha256 = self._log.sha256
        finally:
            self._log.close()

    def progress(self) -> SourceProgress | None:
        """None before the first frame."""
        if self._film is None:
            return None
        began_at = datetime.fromtimestamp(self._began(), UTC)
        return SourceProgress(self.id, began_at, self._log.n_bytes, self._sha256)

    def _began(self) -> float:
        """When the first frame was taken: by the device's reports on the server's clock, or when it came."""
        first = self._media.stamps.first
        if self._said is None or self._clock.ahead is None or first is None:
            return self._first_at
        ntp, timestamp = self._said
        since = (timestamp - first + _STAMPS // 2) % _STAMPS - _STAMPS // 2
        return self._clock.ahead + ntp / _NTP - since / self._media.clock
