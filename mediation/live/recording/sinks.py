"""Where an engine hands over what a recorded seat sends: on the event loop, kept until the writer's next turn."""

from collections.abc import Callable
from dataclasses import dataclass, field

from mediation.live.recording.frames import Packet, parse
from mediation.live.recording.source import SeatClock, SourceFile


@dataclass(slots=True)
class Stream:
    """What has come of one SSRC since the last turn."""

    seat: str
    video: bool
    clock: SeatClock
    first_at: float
    packets: list[Packet] = field(default_factory=list)
    said: tuple[int, int] | None = None
    """The last sender report: NTP time, media time."""
    file: SourceFile | None = None


class SeatSink:
    """Implements `engines.contract.Sink`. Exists only while the seat is recorded."""

    def __init__(self, seat: str, now: Callable[[], float]) -> None:
        """`now`: seconds of the server's clock."""
        self.seat, self._now = seat, now
        self.clock = SeatClock()
        self.streams: dict[int, Stream] = {}
        self._said: dict[int, tuple[int, int]] = {}
        self.last_at = 0.0
        """When the last packet came."""

    def packet(self, packet: memoryview, *, video: bool) -> None:
        at = self.last_at = self._now()
        parsed = parse(bytes(packet), at)
        if parsed is None:
            return
        stream = self.streams.get(parsed.ssrc)
        if stream is None:
            stream = self.streams[parsed.ssrc] = Stream(self.seat, video, self.clock, at)
            stream.said = self._said.pop(parsed.ssrc, None)
        stream.packets.append(parsed)

    def report(self, ssrc: int, ntp: int, timestamp: int) -> None:
        self.clock.report(ntp, self._now())
        stream = self.streams.get(ssrc)
        if stream is not None:
            stream.said = (ntp, timestamp)
        else:
            self._said[ssrc] = (ntp, timestamp)
