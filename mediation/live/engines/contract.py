"""What a media engine is to the rest: it moves packets as it is told and reports what it moved.

An engine knows seats and rooms by name only. Who may hear whom is decided by `hearings.rules.forwarding`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from mediation.hearings.rules.forwarding import Link
from mediation.kernel.errors import Invalid, Refused


class BadOffer(Invalid):
    """An SDP offer that cannot be answered; `params["why"]` says it for the log."""

    def __init__(self, why: str) -> None:
        super().__init__("bad_sdp", why=why)


class NoMedia(Refused):
    """No engine can take the seat now; the browser tries again, the seat goes on with text."""

    def __init__(self, why: str) -> None:
        super().__init__("media_failed", why=why)


@dataclass(frozen=True, slots=True)
class SeatKey:
    hearing: str
    seat: str


@dataclass(frozen=True, slots=True)
class SlotMap:
    """One receiving pair of a seat's connection, and whose media is in it."""

    slot: int
    audio_mid: str
    video_mid: str
    seat: str | None
    audio: bool
    video: bool


@dataclass(frozen=True, slots=True)
class Connected:
    """The seat's connection is encrypted and carries media."""

    key: SeatKey
    generation: int


@dataclass(frozen=True, slots=True)
class Lost:
    """Nothing came from the seat's browser for the time its consent lasts, or it said goodbye."""

    key: SeatKey
    generation: int


@dataclass(frozen=True, slots=True)
class SlotsChanged:
    key: SeatKey


@dataclass(frozen=True, slots=True)
class Offered:
    """The slots come by a second connection, which the engine offers: the browser's answer goes to `answered`.

    Offered again with the same generation, it changes that connection.
    """

    key: SeatKey
    generation: int
    sdp: str


@dataclass(frozen=True, slots=True)
class AvailabilityChanged:
    """`MediaEngine.available` is another one now."""


EngineEvent = Connected | Lost | SlotsChanged | Offered | AvailabilityChanged
Listener = Callable[[EngineEvent], None]


@dataclass(frozen=True, slots=True)
class SeatStatistics:
    """Since the connection began; bit rates over the last second."""

    key: SeatKey
    connected: bool
    received_packets: int
    sent_packets: int
    lost_packets: int
    """From the browser to us, after retransmission."""
    dropped_packets: int
    """Refused: not decipherable, of an SSRC that is not the seat's, or too many."""
    received_kbps: int
    sent_kbps: int
    loss_to_seat: float
    """Share that the browser last reported as lost on its way there, 0 to 1."""
    missed_to_seat: float = 0.0
    """Share that the browser asked for again lately."""
    missed_from_seat: float = 0.0
    """Share that was not there in its turn lately, whatever came of it."""
    rtt_ms: int | None = None
    """To the browser and back; None: not measured."""
    allowed_kbps: int | None = None
    """What the browser may send now; None: the engine leaves that to the browser."""


class Sink(Protocol):
    """Takes what a recorded seat sends, as it comes. Called on the event loop; must not wait."""

    def packet(self, packet: memoryview, *, video: bool) -> None:
        """One RTP packet, numbered so that a gap is a loss; perhaps twice or out of order; valid during the call."""

    def report(self, ssrc: int, ntp: int, timestamp: int) -> None:
        """A sender report: at `ntp` of its own clock (64 bits, RFC 3550) the sender's media clock showed `timestamp`.

        An engine that is not told them never calls it; the time of arrival stands in.
        """


class MediaEngine(Protocol):
    """The same tests run against every implementation (tests/live/engines/contract_test.py)."""

    async def start(self) -> None:
        """Bind what it needs. Raises: OSError when it cannot."""

    async def stop(self) -> None: ...

    @property
    def available(self) -> bool:
        """Whether it takes hearings now: it is reached, and nobody is draining it."""

    def listen(self, listener: Listener) -> None:
        """Be told what happens; called on the event loop."""

    async def connect(self, key: SeatKey, generation: int, offer: str) -> str:
        """The SDP answer to a seat's offer.

        The same generation again is an ICE restart of the same connection; a higher one replaces it.
        Raises: BadOffer, NoMedia.
        """

    async def answered(self, key: SeatKey, generation: int, answer: str) -> None:
        """The browser's SDP answer to `Offered`. Raises: BadOffer when it cannot be used or nothing was offered."""

    def disconnect(self, key: SeatKey) -> None:
        """Forget the seat's connection. Nothing is forwarded from or to it any more."""

    def forward(self, hearing: str, links: Iterable[Link], rooms: Mapping[str, str]) -> None:
        """Replace what flows in a hearing; `rooms` names the room of each seat, for the counters."""

    async def settled(self, hearing: str) -> None:
        """Return when what `forward` and `disconnect` said holds, and `counts` has all that flowed before.

        Who is told of a move before that could be heard where they were.
        """

    def close(self, hearing: str) -> None:
        """Disconnect everybody of a hearing and forget it."""

    def slots(self, key: SeatKey) -> tuple[SlotMap, ...]: ...

    def request_key_frame(self, key: SeatKey) -> None:
        """Ask the seat's browser for a whole picture; asked too often, it is asked once."""

    def counts(self, hearing: str) -> Mapping[tuple[str, str], int]:
        """Packets forwarded per (room of the speaker, room of the listener)."""

    def statistics(self) -> tuple[SeatStatistics, ...]: ...

    def record(self, key: SeatKey, sink: Sink | None, *, audio: bool = True, video: bool = True) -> None:
        """Hand what the seat sends to `sink` too, from now on and over each new connection of it; None: no more.

        Of a seat that is not recorded nothing is handed, copied or kept anywhere, and forwarding costs what it cost.
        """

    def recorded(self, hearing: str) -> frozenset[str]:
        """The seats that are connected and handed to a sink now: the truth that the banner on each screen shows."""
