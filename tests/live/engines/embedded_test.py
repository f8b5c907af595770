"""The embedded engine among stand-ins for browsers, over real UDP, DTLS and SRTP on loopback."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from struct import unpack_from

import pytest
from aiortc import rtp
from aiortc.rtp import RtcpPsfbPacket, RtcpRrPacket, RtcpRtpfbPacket, RtcpSenderInfo, RtcpSrPacket

from mediation.hearings.rules.forwarding import Link
from mediation.live.engines.contract import BadOffer, Connected, EngineEvent, Lost, SeatKey, SlotsChanged
from mediation.live.engines.embedded import EmbeddedEngine, EngineSettings
from tests.fixtures.rtp_peer import RtpPeer

H = "hearing"
QIN, ZHAO, ZHOU = (SeatKey(H, name) for name in ("qin", "zhao", "zhou"))
Join = Callable[..., Awaitable[RtpPeer]]


class Room:
    """An engine with its people."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        self.engine = engine
        self.events: list[EngineEvent] = []
        self.peers: list[RtpPeer] = []
        self.answers: dict[SeatKey, str] = {}
        self.happened = asyncio.Event()
        engine.listen(self._heard)

    def _heard(self, event: EngineEvent) -> None:
        self.events.append(event)
        self.happened.set()

    async def join(self, key: SeatKey, *, generation: int = 1, slots: int = 3, repeats_sound: bool = True) -> RtpPeer:
        peer = RtpPeer(slots, repeats_sound=repeats_sound)
        answer = await self.engine.connect(key, generation, peer.offer())
        self.answers[key] = answer
        self.peers.append(peer)
        await peer.join(answer)
        await self.until(lambda: Connected(key, generation) in self.events)
        return peer

    def together(self, *keys: SeatKey, room: str = "main", audio: bool = True, video: bool = True) -> None:
        """All of them hear and see each other."""
        links = [Link(a.seat, b.seat, audio, video) for a in keys for b in keys if a != b]
        self.engine.forward(H, links, {key.seat: room for key in keys})

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not true():
                self.happened.clear()
                await self.happened.wait()


@asynccontextmanager
async def opened() -> AsyncIterator[Room]:
    engine = EmbeddedEngine(EngineSettings(host="127.0.0.1", addresses=("127.0.0.1",)))
    await engine.start()
    room = Room(engine)
    try:
        yield room
    finally:
        for peer in room.peers:
            peer.cut()
        await engine.stop()


def ssrc_of(packet: bytes) -> int:
    return int(unpack_from("!I", packet, 8)[0])


def seq_of(packet: bytes) -> int:
    return int(unpack_from("!H", packet, 2)[0])


def of(peer: RtpPeer, mid: str) -> list[bytes]:
    return [packet for packet in peer.packets if ssrc_of(packet) == peer.ssrcs[mid]]


def asked_for_key_frame(peer: RtpPeer) -> bool:
    return any(isinstance(p, RtcpPsfbPacket) and p.fmt == rtp.RTCP_PSFB_PLI for p in peer.rtcp)


async def test_what_one_says_the_others_hear_and_nobody_else() -> None:
    async with opened() as room:
        qin, zhao, zhou = [await room.join(key) for key in (QIN, ZHAO, ZHOU)]
        room.together(QIN, ZHAO)
        qin.send_audio(b"\xfcguten tag")
        await zhao.until(lambda: bool(zhao.packets))
        assert zhao.packets[0][12:] == b"\xfcguten tag"
        assert qin.packets == []
        assert zhou.packets == []
        assert room.engine.counts(H) == {("main", "main"): 1}


async def test_a_picture_begins_with_a_whole_one_that_was_asked_for() -> None:
    async with opened() as room:
        qin, zhao = await room.join(QIN), await room.join(ZHAO)
        room.together(QIN, ZHAO)
        qin.send_picture()  # makes the stream known
        qin.send_picture()
        await qin.until(lambda: asked_for_key_frame(qin))
        assert zhao.packets == []
        qin.send_picture(key=True, picture_id=7)
        qin.send_picture(picture_id=8)
        await zhao.until(lambda: len(zhao.packets) == 2)
        assert zhao.packets[0][16] == 0, "a key frame"


async def test_a_slot_stays_one_stream_when_another_person_takes_it() -> None:
    async with opened() as room:
        qin, zhao, zhou = [await room.join(key) for key in (QIN, ZHAO, ZHOU)]
        room.together(QIN, ZHAO)
        for n in range(3):
            zhao.send_picture(key=n == 0, picture_id=100 + n)
        await qin.until(lambda: len(qin.packets) == 3)
        room.together(QIN, ZHOU)
        for n in range(3):
            zhou.send_picture(key=n == 0, picture_id=9000 + n)
        await qin.until(lambda: len(qin.packets) == 6)
        seqs = [seq_of(packet) for packet in qin.packets]
        assert [(b - a) & 0xFFFF for a, b in pairwise(seqs)] == [1] * 5
        pids = [unpack_from("!H", packet, 14)[0] & 0x7FFF for packet in qin.packets]
        assert [(b - a) & 0x7FFF for a, b in pairwise(pids)] == [1] * 5
        stamps = [unpack_from("!I", packet, 4)[0] for packet in qin.packets]
        assert all(0 < (b - a) & 0xFFFFFFFF < 90_000 * 5 for a, b in pairwise(stamps))
        assert len({ssrc_of(packet) for packet in qin.packets}) == 1


async def test_muted_nothing_is_heard_and_the_picture_stays() -> None:
    async with opened() as room:
        qin, zhao = await room.join(QIN), await room.join(ZHAO)
        room.together(QIN, ZHAO)
        room.engine.forward(H, [Link("zhao", "qin", audio=False, video=True)], {"qin": "main", "zhao": "main"})
        zhao.send_audio()
        zhao.send_picture(key=True)
        await qin.until(lambda: bool(qin.packets))
        assert [packet[1] & 0x7F for packet in qin.packets] == [96]


async def test_the_map_of_slots_names_who_is_where_and_keeps_them_there() -> None:
    async with opened() as room:
        await room.join(QIN)
        await room.join(ZHAO)
        room.together(QIN, ZHAO)
        assert [row.seat for row in room.engine.slots(QIN)] == ["zhao", None, None]
        await room.join(ZHOU)
        room.together(QIN, ZHAO, ZHOU)
        assert [row.seat for row in room.engine.slots(QIN)] == ["zhao", "zhou", None]
        room.together(QIN, ZHOU)
        assert [row.seat for row in room.engine.slots(QIN)] == [None, "zhou", None]
        assert SlotsChanged(QIN) in room.events


async def test_what_the_listener_missed_is_sent_again() -> None:
    async with opened() as room:
        qin, zhao = await room.join(QIN), await room.join(ZHAO)
        room.together(QIN, ZHAO)
        zhao.send_picture(key=True, picture_id=1)
        await qin.until(lambda: len(qin.packets) == 1)
        losses = iter([True])
        qin.lose = lambda data: 127 < data[0] < 192 and not 191 < data[1] < 224 and next(losses, False)
        zhao.send_picture(picture_id=2)
        zhao.send_picture(picture_id=3)
        await qin.until(lambda: len(qin.packets) == 2)
        first, third = map(seq_of, qin.packets)
        assert third - first == 2
        qin.send_rtcp(RtcpRtpfbPacket(rtp.RTCP_RTPFB_NACK, 1, ssrc_of(qin.packets[0]), [first + 1]))
        await qin.until(lambda: len(qin.packets) == 3)
        assert seq_of(qin.packets[2]) == first + 1


async def test_what_we_missed_is_asked_for_and_passed_on() -> None:
    async with opened() as room:
        qin, zhao = await room.join(QIN), await room.join(ZHAO)
        room.together(QIN, ZHAO)
        for send, ssrc in ((zhao.send_picture, zhao.video_ssrc), (zhao.send_audio, zhao.audio_ssrc)):
            qin.packets.clear()
            zhao.on_rtcp = lambda packet, ssrc=ssrc: [zhao.send_again(ssrc, seq) for seq in asked_for(packet, ssrc)]
            send(**({"key": True} if send == zhao.send_picture else {}))
            wire, zhao._send = zhao._send, lambda _data: None
            send()
            zhao._send = wire
            send()
            await qin.until(lambda: len(qin.packets) == 3)
            seqs = sorted(seq_of(packet) for packet in qin.packets)
            assert seqs == [seqs[0], seqs[0] + 1, seqs[0] + 2]


def asked_for(packet: object, ssrc: int) -> list[int]:
    return packet.lost if isinstance(packet, RtcpRtpfbPacket) and packet.media_ssrc == ssrc else []


async def test_a_browser_that_does_not_repeat_sound_is_not_asked_to() -> None:
    async with opened() as room:
        zhao = await room.join(ZHAO, repeats_sound=False)
        zhao.send_audio()
        zhao.seq[False] += 1
        zhao.send_audio()
        await zhao.until(lambda: any(isinstance(p, RtcpRrPacket) and p.reports[0].packets_lost for p in zhao.rtcp))
        assert not any(isinstance(packet, RtcpRtpfbPacket) for packet in zhao.rtcp)


class Lossy:
    """A network that loses 5 % each way between two peers who ask for what they missed, as browsers do."""

    def __init__(self, speaker: RtpPeer, listener: RtpPeer) -> None:
        self.dice = random.Random(7)
        self.speaker, self.listener = speaker, listener
        self.first = seq_of(listener.packets[0])
        self._send = speaker._send
        speaker._send = self._maybe  # type: ignore[method-assign]
        speaker.on_rtcp = self._again
        listener.lose = lambda _data: self.dice.random() < 0.05

    def _maybe(self, data: object) -> None:
        if self.dice.random() >= 0.05:
            self._send(data)

    def _again(self, packet: object) -> None:
        if isinstance(packet, RtcpRtpfbPacket):
            for seq in packet.lost:
                self.speaker.send_again(self.speaker.video_ssrc, seq)

    def got(self) -> set[int]:
        return {(seq_of(packet) - self.first) & 0xFFFF for packet in self.listener.packets}

    def ask(self) -> None:
        got = self.got()
        lost = [(self.first + seq) & 0xFFFF for seq in range(max(got)) if seq not in got]
        if lost:
            nack = RtcpRtpfbPacket(rtp.RTCP_RTPFB_NACK, 1, self.listener.ssrcs["3"], lost[-60:])
            self.listener.send_rtcp(nack)


@pytest.mark.slow
async def test_five_percent_lost_each_way_loses_no_picture() -> None:
    async with opened() as room:
        qin, zhao = await room.join(QIN), await room.join(ZHAO)
        room.together(QIN, ZHAO)
        zhao.send_picture(key=True)
        await qin.until(lambda: bool(qin.packets))
        network = Lossy(zhao, qin)
        for n in range(1, 300):
            zhao.send_picture(picture_id=n)
            await asyncio.sleep(0.004)  # the pace of a picture, sped up tenfold
            if n % 5 == 0:
                network.ask()
        network.ask()
        await qin.until(lambda: network.got() >= set(range(260)))


async def test_another_seats_ssrc_is_refused_and_counted() -> None:
    async with opened() as room:
        qin, zhao = await room.join(QIN), await room.join(ZHAO)
        zhou = await room.join(ZHOU)
        room.together(QIN, ZHAO, ZHOU)
        zhou.audio_ssrc = zhao.audio_ssrc
        zhou.send_audio(b"\xfcas zhao")
        zhao.send_audio(b"\xfcreal")
        await qin.until(lambda: bool(qin.packets))
        assert [packet[12:] for packet in qin.packets] == [b"\xfcreal"]
        dropped = {row.key: row.dropped_packets for row in room.engine.statistics()}
        assert dropped[ZHOU] == 1


async def test_a_flood_from_one_is_cut_and_the_others_still_hear_each_other() -> None:
    async with opened() as room:
        qin, zhao, zhou = [await room.join(key) for key in (QIN, ZHAO, ZHOU)]
        room.together(QIN, ZHAO)
        for n in range(4000):
            zhou.send_audio()
            if n % 50 == 0:
                await asyncio.sleep(0)
        zhao.send_audio(b"\xfcstill here")
        await qin.until(lambda: bool(qin.packets))
        dropped = {row.key: row.dropped_packets for row in room.engine.statistics()}
        assert dropped[ZHOU] > 0
        assert dropped[ZHAO] == 0


async def test_garbage_on_the_port_disturbs_nobody() -> None:
    async with opened() as room:
        qin, zhao = await room.join(QIN), await room.join(ZHAO)
        room.together(QIN, ZHAO)
        dice = random.Random(1)
        for size in (1, 2, 12, 13, 20, 100, 1400):
            for _ in range(40):
                zhao._send(dice.randbytes(size))
        zhao.send_audio()
        await qin.until(lambda: bool(qin.packets))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _offer: "garbage",
        lambda _offer: "",
        lambda _offer: "v=0\r\n",
        lambda offer: offer.replace("a=ice-ufrag", "a=x-ufrag"),
        lambda offer: offer.replace("a=fingerprint", "a=x-fingerprint"),
        lambda offer: offer.replace("opus", "pcmu"),
        lambda offer: offer.replace("m=audio", "m=application"),
        lambda offer: offer.replace("a=mid:1", "a=mid:0"),
        lambda offer: offer.replace("a=sendonly", "a=recvonly"),
        lambda offer: offer + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n" * 60,
        lambda offer: offer.replace("m=audio 9", "m=audio nine"),
        lambda offer: offer.replace("a=rtpmap:111", "a=rtpmap:many"),
    ],
)
async def test_an_offer_that_cannot_be_answered_is_refused(spoil: Callable[[str], str]) -> None:
    async with opened() as room:
        with pytest.raises(BadOffer):
            await room.engine.connect(QIN, 1, spoil(RtpPeer().offer()))
        await room.join(ZHAO)


async def test_a_newer_connection_takes_the_place_of_the_old_one() -> None:
    async with opened() as room:
        old, zhao = await room.join(QIN), await room.join(ZHAO)
        room.together(QIN, ZHAO)
        new = await room.join(QIN, generation=2)
        zhao.send_audio()
        await new.until(lambda: bool(new.packets))
        assert old.packets == []


async def test_an_ice_restart_goes_on_with_the_same_keys() -> None:
    async with opened() as room:
        qin, zhao = await room.join(QIN), await room.join(ZHAO)
        room.together(QIN, ZHAO)
        again = await room.engine.connect(QIN, 1, qin.offer())
        assert again.partition("a=ice-ufrag:")[2][:8] != room.answers[QIN].partition("a=ice-ufrag:")[2][:8]
        qin.checked.clear()
        qin.check_again(again)
        await asyncio.wait_for(qin.checked.wait(), 5)
        zhao.send_audio()
        await qin.until(lambda: bool(qin.packets))


async def test_a_goodbye_is_told_and_the_slot_is_empty() -> None:
    async with opened() as room:
        qin, _zhao = await room.join(QIN), await room.join(ZHAO)
        room.together(QIN, ZHAO)
        await qin.leave()
        await room.until(lambda: Lost(QIN, 1) in room.events)
        assert [row.seat for row in room.engine.slots(ZHAO)] == ["qin", None, None], "the seat is ours, not the line"


async def test_a_wrong_password_is_no_answer() -> None:
    async with opened() as room:
        peer = RtpPeer()
        answer = await room.engine.connect(QIN, 1, peer.offer())
        pwd = answer.partition("a=ice-pwd:")[2].split()[0]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await peer.join(answer.replace(pwd, "0" * len(pwd)))
        peer.cut()


async def test_the_sender_hears_how_it_arrives_and_how_much_it_may_send() -> None:
    async with opened() as room:
        qin = await room.join(QIN)
        qin.send_picture(key=True)
        await qin.until(lambda: any(isinstance(p, RtcpRrPacket) for p in qin.rtcp))
        remb = next(p for p in qin.rtcp if isinstance(p, RtcpPsfbPacket) and p.fmt == rtp.RTCP_PSFB_APP)
        bitrate, ssrcs = rtp.unpack_remb_fci(remb.fci)
        assert 790_000 < bitrate < 810_000
        assert ssrcs == [qin.video_ssrc]


async def test_a_sender_report_reaches_the_listener_in_the_slots_numbers() -> None:
    async with opened() as room:
        qin, zhao = await room.join(QIN), await room.join(ZHAO)
        room.together(QIN, ZHAO)
        zhao.send_audio()
        await qin.until(lambda: bool(qin.packets))
        zhao.send_rtcp(RtcpSrPacket(zhao.audio_ssrc, RtcpSenderInfo(1 << 40, zhao.timestamp[False], 1, 10)))
        await qin.until(lambda: any(isinstance(p, RtcpSrPacket) for p in qin.rtcp))
        report = next(p for p in qin.rtcp if isinstance(p, RtcpSrPacket))
        assert report.ssrc == ssrc_of(qin.packets[0])
        assert report.sender_info.ntp_timestamp == 1 << 40
        assert report.sender_info.rtp_timestamp == unpack_from("!I", qin.packets[0], 4)[0]


async def test_two_hundred_random_moves_let_no_packet_cross_rooms() -> None:
    dice = random.Random(20261124)
    async with opened() as room:
        keys = [SeatKey(H, f"s{n}") for n in range(5)]
        peers = [await room.join(key, slots=5) for key in keys]
        for _ in range(200):
            rooms = {key.seat: dice.choice(["waiting", "main", "caucus-1"]) for key in keys}
            links = [
                Link(a, b, audio=True, video=True)
                for a, at in rooms.items()
                for b, there in rooms.items()
                if a != b and at == there != "waiting"
            ]
            room.engine.forward(H, links, rooms)
            for peer in peers:
                peer.send_audio()
                peer.send_picture(key=True)
            await asyncio.sleep(0)
        counts = room.engine.counts(H)
        assert sum(counts.values()) > 500
        assert {pair for pair, n in counts.items() if n and (pair[0] != pair[1] or "waiting" in pair)} == set()
