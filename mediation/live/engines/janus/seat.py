"""One seat in Janus: a publisher that the browser offers, and a subscriber with fixed slots that Janus offers.

An empty slot is fed by the room's dummy publisher, which never sends. So each change of who is heard is a `switch`,
and nothing is negotiated anew.
"""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mediation.live.engines.contract import BadOffer, SeatKey, SeatStatistics, SlotMap
from mediation.live.engines.embedded.sdp import Offer
from mediation.live.engines.janus import sdp
from mediation.live.engines.janus.instance import Instance
from mediation.live.engines.janus.tap import HOST, SUITE
from mediation.live.engines.janus.wire import Event, JanusError, said
from mediation.live.engines.seating import Placed

Fed = tuple[str, int]
"""Speaker and their feed in Janus."""
EMPTY: Final[Fed] = ("", 0)
KEY_FRAME_EVERY_S: Final = 0.5
FEWEST: Final = 20
"""Packets that a share of loss is taken from."""


@dataclass(frozen=True, slots=True)
class JanusRoom:
    """One VideoRoom for a whole hearing: who hears whom in it is set stream by stream."""

    number: int
    dummy: int
    secret: str
    """Who has it may change the room."""


@dataclass(slots=True)
class Traffic:
    """As Janus counted at the last look."""

    at: float = 0.0
    received: int = 0
    lost: int = 0
    lost_there: int = 0
    """Of what was sent to the seat, as its browser counts."""
    received_bytes: int = 0
    sent_bytes: int = 0
    received_kbps: int = 0
    sent_kbps: int = 0
    loss_to_seat: float = 0.0
    sent: dict[str, int] = field(default_factory=dict)
    """Packets by medium of the subscriber."""
    came: dict[str, int] = field(default_factory=dict)
    """Packets by medium of the publisher."""


class JanusSeat:
    """Lives from the offer until it is replaced, lost or closed."""

    def __init__(self, key: SeatKey, generation: int, instance: Instance, room: JanusRoom, offer: Offer) -> None:
        self.key, self.generation = key, generation
        self.instance, self.room = instance, room
        self.own = tuple(media.mid for media in offer.own)
        self.n_slots = len(offer.slots)
        self.feed = secrets.randbits(50) | 1
        self.publisher = self.subscriber = 0
        self.sends = self.receives = False
        self.placed: dict[int, Placed] = {}
        self.fed: dict[str, Fed] = {}
        """Medium of the subscriber -> who is in it, as Janus confirmed."""
        self.traffic = Traffic()
        self.tell: Callable[[str, str], None] = _unheard
        """`up`, `down`, or `offer` with its SDP."""
        self._asked_at = 0.0

    @property
    def connected(self) -> bool:
        return self.sends and self.receives

    # ---- connections; each raises JanusError

    async def publish(self, offer: str, max_kbps: int) -> str:
        """The answer for the browser."""
        self.publisher = await self.instance.attach(self._publisher_says)
        body = {
            "request": "joinandconfigure",
            "ptype": "publisher",
            "room": self.room.number,
            "id": self.feed,
            "bitrate": max_kbps * 1000,
        }
        return await self._answered(body, offer)

    async def restart(self, offer: str) -> str:
        """Another way through the network for both connections."""
        answer = await self._answered({"request": "configure"}, offer)
        if self.subscriber:
            event = await self.instance.say(self.subscriber, {"request": "configure", "restart": True})
            self._offered(event)
        return answer

    async def _answered(self, body: Mapping[str, Any], offer: str) -> str:
        jsep = {"type": "offer", "sdp": sdp.for_publisher(offer)}
        event = await self.instance.say(self.publisher, body, jsep)
        answer = event.get("jsep", {}).get("sdp")
        if not answer:
            raise JanusError("no answer to the offer")
        await self.instance.no_more_candidates(self.publisher)
        return sdp.completed(str(answer), offer)

    async def subscribe(self) -> None:
        self.subscriber = await self.instance.attach(self._subscriber_says)
        streams = [{"feed": self.room.dummy, "mid": mid} for _ in range(self.n_slots) for mid in ("0", "1")]
        event = await self.instance.say(
            self.subscriber,
            {
                "request": "join",
                "ptype": "subscriber",
                "room": self.room.number,
                "streams": streams,
                "autoupdate": False,
            },
        )
        self.fed = {str(n): EMPTY for n in range(len(streams))}
        self._offered(event)

    async def take_answer(self, answer: str) -> None:
        if not self.subscriber:
            raise BadOffer("nothing was offered")
        await self.instance.say(self.subscriber, {"request": "start"}, {"type": "answer", "sdp": answer})
        await self.instance.no_more_candidates(self.subscriber)

    async def switch(self, wanted: Mapping[str, tuple[Fed, str]]) -> None:
        """Feed these media from these feeds and their media; EMPTY is the dummy. Raises also when Janus did not."""
        if not wanted:
            return
        streams = [
            {"feed": feed or self.room.dummy, "mid": mid, "sub_mid": sub_mid}
            for sub_mid, ((_, feed), mid) in wanted.items()
        ]
        event = await self.instance.say(self.subscriber, {"request": "switch", "streams": streams})
        now = {row["mid"]: row.get("feed_id") for row in said(event).get("streams", [])}
        for stream in streams:
            if now.get(stream["sub_mid"]) != stream["feed"]:
                raise JanusError("not switched")

    async def forward_to(self, medium: str, port: int, key: str) -> int:
        """Let Janus send what comes of this medium to a port of this machine too, sealed with `key`; its number."""
        sealed = {"srtp_suite": SUITE, "srtp_crypto": key}
        to = {"host": HOST, "streams": [{"mid": medium, "port": port}], **sealed}
        event = await self.instance.say(self.publisher, {"request": "rtp_forward", **to, **self._own_feed()})
        found = said(event).get("forwarders", [])
        if len(found) != 1:
            raise JanusError("not forwarded")
        stream = int(found[0]["stream_id"])
        if not found[0].get("srtp"):
            await self.forward_no_more(stream)
            raise JanusError("forwarded, and not sealed")
        return stream

    async def forward_no_more(self, stream: int) -> None:
        body = {"request": "stop_rtp_forward", "stream_id": stream, **self._own_feed()}
        await self.instance.say(self.publisher, body)

    def _own_feed(self) -> dict[str, Any]:
        return {"room": self.room.number, "secret": self.room.secret, "publisher_id": self.feed}

    async def leave(self) -> None:
        for handle in (self.subscriber, self.publisher):
            if handle:
                await self.instance.detach(handle)

    async def ask_for_key_frame(self) -> None:
        now = asyncio.get_running_loop().time()
        if self.sends and now - self._asked_at >= KEY_FRAME_EVERY_S:
            self._asked_at = now
            await self.instance.say(self.publisher, {"request": "configure", "keyframe": True})

    # ---- what Janus says

    def _publisher_says(self, event: Event) -> None:
        if event.get("janus") == "webrtcup":
            self.sends = True
            self.tell("up", "")
        elif event.get("janus") in {"hangup", "detached"}:
            self.sends = False
            self.tell("down", "")

    def _subscriber_says(self, event: Event) -> None:
        if event.get("janus") == "webrtcup":
            self.receives = True
            self.tell("up", "")
        elif event.get("janus") in {"hangup", "detached"}:
            self.receives = False
            self.tell("down", "")
        else:
            self._offered(event)

    def _offered(self, event: Event) -> None:
        jsep = event.get("jsep", {})
        if jsep.get("type") == "offer":
            self.tell("offer", str(jsep["sdp"]))

    # ---- for the engine

    def media_of(self, slot: int) -> tuple[str, str]:
        """Sound and picture of a slot, by their names in the subscriber's connection."""
        return str(2 * slot), str(2 * slot + 1)

    def slot_map(self) -> tuple[SlotMap, ...]:
        rows = []
        for slot in range(self.n_slots):
            audio_mid, video_mid = self.media_of(slot)
            seat, hears, sees = self.placed.get(slot, (None, False, False))
            rows.append(SlotMap(slot, audio_mid, video_mid, seat, audio=hears, video=sees))
        return tuple(rows)

    async def look(self) -> dict[str, int]:
        """Packets that left to the seat since the last look, by medium of the subscriber."""
        traffic, now = self.traffic, asyncio.get_running_loop().time()
        received = await self.instance.look(self.publisher) if self.publisher else {}
        sent = await self.instance.look(self.subscriber) if self.subscriber else {}
        new = {str(row["mid"]): _packets(row, "out") for row in sent.values()}
        grown = {mid: n - traffic.sent.get(mid, 0) for mid, n in new.items()}
        traffic.sent = new
        traffic.came = {str(row["mid"]): _packets(row, "in") for row in received.values()}
        traffic.received = sum(traffic.came.values())
        traffic.lost = sum(_rtcp(row, "lost") for row in received.values())
        lost = sum(_rtcp(row, "lost-by-remote") for row in sent.values())
        gone = sum(grown.values())
        traffic.loss_to_seat = min(1.0, max(0, lost - traffic.lost_there) / gone) if gone >= FEWEST else 0.0
        traffic.lost_there = lost
        in_bytes, out_bytes = (
            sum(int(row["stats"][side].get("bytes", 0)) for row in rows.values())
            for rows, side in ((received, "in"), (sent, "out"))
        )
        seconds = max(now - traffic.at, 0.001)
        if traffic.at:
            traffic.received_kbps = int((in_bytes - traffic.received_bytes) * 8 / 1000 / seconds)
            traffic.sent_kbps = int((out_bytes - traffic.sent_bytes) * 8 / 1000 / seconds)
        traffic.at, traffic.received_bytes, traffic.sent_bytes = now, in_bytes, out_bytes
        return grown

    def statistics(self) -> SeatStatistics:
        traffic = self.traffic
        return SeatStatistics(
            key=self.key,
            connected=self.connected,
            received_packets=traffic.received,
            sent_packets=sum(traffic.sent.values()),
            lost_packets=traffic.lost,
            dropped_packets=0,  # Janus does not count what it refuses
            received_kbps=traffic.received_kbps,
            sent_kbps=traffic.sent_kbps,
            loss_to_seat=traffic.loss_to_seat,
        )


def _unheard(_what: str, _sdp: str) -> None:
    return


def _packets(row: Mapping[str, Any], side: str) -> int:
    return int(row["stats"][side].get("packets", 0))


def _rtcp(row: Mapping[str, Any], what: str) -> int:
    return int(row.get("rtcp", {}).get("main", {}).get(what, 0))
