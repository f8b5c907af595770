"""One seat's connection: its DTLS and SRTP, its two sources, its slots, its RTCP."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from struct import Struct
from typing import Any, Final

import structlog
from aiortc import rtp
from aiortc.rtp import (
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSourceInfo,
    RtcpSrPacket,
)

from mediation.live.engines.contract import SeatKey, SeatStatistics, SlotMap
from mediation.live.engines.embedded.downlink import Downlink
from mediation.live.engines.embedded.forward import Slot, Source
from mediation.live.engines.embedded.port import Address, MediaPort
from mediation.live.engines.embedded.received import Received
from mediation.live.engines.embedded.sdp import Offer, OfferedMedia
from mediation.live.engines.embedded.seams import Certificate, Dtls, Inbound, Outbound, Undecipherable
from mediation.live.engines.embedded.uplink import FEWEST, Second, UplinkRate

log = structlog.get_logger()

CONSENT_S: Final = 30.0
"""RFC 7675: consent to send expires 30 s after the last check."""
KEY_FRAME_EVERY_S: Final = 0.5
"""At most one request to a source in this time; a key frame costs ten ordinary ones."""
KEY_FRAME_BITS: Final = 400_000
"""Twice a whole picture of 640x360: on a slow line it comes before the next one is asked for."""
MOST_PACKETS_PER_S: Final = 1500
"""Of one browser; 640x360 and sound are about 120."""
REPEATS: Final = 0.3
"""Of what was sent in the last second, as much may be sent again in this one: more would fill a full line for good."""
REPEATS_AT_LEAST: Final = 6000
"""Bytes a second."""
SOUND_PACKET: Final = 1500
"""Sound first: what is sent again of it is little, and counts for nothing."""
MOST_SOUND_LOSS: Final = 0.3
_HEADER: Final = Struct("!HII")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a connection has of its engine: the port, the certificate, and whom it tells."""

    port: MediaPort
    certificate: Certificate
    connected: Callable[[], None]
    lost: Callable[[], None]
    max_bps: int
    want_key_frame: Callable[[Source], None]
    report_to: Callable[[Slot, RtcpSenderInfo], None]


@dataclass(slots=True)
class Rates:
    """Counters of the last whole second."""

    received_bytes: int = 0
    sent_bytes: int = 0
    packets: int = 0
    received_kbps: int = 0
    sent_kbps: int = 0
    repeats_left: int = REPEATS_AT_LEAST
    """Bytes of pictures that may still be sent again in this second; sound is sent again always."""

    def turn(self) -> None:
        self.repeats_left = max(REPEATS_AT_LEAST, int(self.sent_bytes * REPEATS))
        self.received_kbps, self.sent_kbps = self.received_bytes * 8 // 1000, self.sent_bytes * 8 // 1000
        self.received_bytes = self.sent_bytes = self.packets = 0


class Connection:
    """Lives from the offer until it is replaced, lost or closed; only the event loop's thread touches it."""

    def __init__(self, key: SeatKey, generation: int, offer: Offer, around: Surroundings) -> None:
        self.key, self.generation, self.offer = key, generation, offer
        self._port, self._around = around.port, around
        self._loop = asyncio.get_running_loop()
        self.ufrag = self.password = ""
        self.renew()
        self.address: Address | None = None
        self.alive_at = self._loop.time()
        self.connected = False
        self._dtls = Dtls(around.certificate, self._send_raw)
        self._rx: Inbound | None = None
        self._tx: Outbound | None = None
        self.ssrc = secrets.randbits(31) | 1
        """Ours, as the sender of reports."""
        self.sources = {media.video: self._source(media) for media in offer.own}
        self._by_ssrc: dict[int, tuple[Source, Received]] = {}
        self._payload_types = {media.payload_type: media for media in offer.own}
        self.slots = [(self._slot(audio), self._slot(video)) for audio, video in offer.slots]
        self._slots_by_ssrc = {slot.ssrc: slot for pair in self.slots for slot in pair}
        self.rates = Rates()
        self.received_packets = self.sent_packets = self.dropped_packets = 0
        self.downlink = Downlink()
        self._uplink = UplinkRate(around.max_bps)
        self._missed = 0.0
        self._task = self._loop.create_task(self._run())

    # ---- beginning and end

    def renew(self) -> None:
        """New ICE credentials: at the beginning, and for an ICE restart. The old ones stay good for a while."""
        self.ufrag, self.password = secrets.token_hex(4), secrets.token_hex(12)
        self._port.expect(self.ufrag, self.password, self)

    async def _run(self) -> None:
        try:
            self._rx, self._tx = await self._dtls.handshake(list(self.offer.fingerprints))
        except (ConnectionError, asyncio.CancelledError):
            return
        self.connected = True
        self._around.connected()
        for pair in self.slots:
            for slot in pair:
                if slot.source is not None and slot.video:
                    self._want(slot)
        await self._dtls.closed()
        self._around.lost()

    def close(self) -> None:
        self._port.forget(self)
        for pair in self.slots:
            for slot in pair:
                slot.put(None, [0])
        for source in self.sources.values():
            for slot in source.slots:
                slot.put(None, [0])
            source.record(None)
        self._task.cancel()
        self.connected = False
        self._loop.create_task(self._dtls.close())

    # ---- the wire

    def checked(self, address: Address, *, nominated: bool) -> None:
        """The browser proved that it is there; media go to the address it nominates."""
        self.alive_at = self._loop.time()
        if nominated or self.address is None:
            self.address = address

    def _send_raw(self, data: Any) -> None:
        if self.address is not None:
            self.rates.sent_bytes += len(data)
            self._port.send(data, self.address)

    def datagram(self, data: bytes) -> None:
        first = data[0]
        if 127 < first < 192:  # noqa: PLR2004 - RFC 7983: SRTP
            self._srtp(data)
        elif 19 < first < 64:  # noqa: PLR2004 - DTLS
            self._dtls.feed(data)

    def _srtp(self, data: bytes) -> None:
        rates = self.rates
        rates.packets += 1
        if self._rx is None or rates.packets > MOST_PACKETS_PER_S or len(data) < 12:  # noqa: PLR2004
            self.dropped_packets += 1
            return
        rates.received_bytes += len(data)
        try:
            if 191 < data[1] < 224:  # noqa: PLR2004 - RFC 5761: RTCP
                self._rtcp(self._rx.rtcp(data))
            else:
                self._rtp(self._rx.rtp(data))
        except Undecipherable:
            self.dropped_packets += 1

    def _rtp(self, packet: memoryview) -> None:
        seq, timestamp, ssrc = _HEADER.unpack_from(packet, 2)
        known = self._by_ssrc.get(ssrc)
        if known is None:
            known = self._learn(ssrc, packet[1] & 0x7F)
            if known is None:
                self.dropped_packets += 1
                return
        source, received = known
        now = self._loop.time()
        self.received_packets += 1
        received.packet(seq, timestamp, now)
        if source.outlets:
            source.packet(packet, seq, timestamp, now)

    def _learn(self, ssrc: int, payload_type: int) -> tuple[Source, Received] | None:
        """A first packet: only of an SSRC that the offer names, or the first one where it names none."""
        media = self._payload_types.get(payload_type)
        if media is None:
            return None
        taken = any(source is self.sources[media.video] for source, _ in self._by_ssrc.values())
        if (media.ssrcs and ssrc not in media.ssrcs) or (not media.ssrcs and taken):
            return None
        source = self.sources[media.video]
        source.ssrc = ssrc
        known = (source, Received(ssrc, 90_000 if media.video else 48_000))
        self._by_ssrc[ssrc] = known
        return known

    def _source(self, media: OfferedMedia) -> Source:
        return Source(min(media.ssrcs, default=0), video=media.video, repeats="nack" in media.feedback)

    def _slot(self, media: OfferedMedia) -> Slot:
        ssrc = secrets.randbits(31) | 1
        slot = Slot(media.mid, ssrc, media.payload_type, video=media.video, send=self._send_rtp)
        slot.abs_send_time = media.abs_send_time
        return slot

    def _send_rtp(self, packet: bytearray) -> None:
        if self._tx is None or self.address is None:
            return
        try:
            protected = self._tx.rtp(packet)
        except Undecipherable:
            self.dropped_packets += 1
            return
        self.sent_packets += 1
        self.rates.sent_bytes += len(protected)
        self._port.send(protected, self.address)

    def _send_rtcp(self, packets: Iterable[Any]) -> None:
        if self._tx is not None and self.address is not None:
            data = b"".join(bytes(packet) for packet in packets)
            with contextlib.suppress(Undecipherable):
                self._send_raw(self._tx.rtcp(data))

    # ---- RTCP in

    def _rtcp(self, data: bytes) -> None:
        try:
            packets = RtcpPacket.parse(data)
        except (ValueError, IndexError):
            self.dropped_packets += 1
            return
        for packet in packets:
            self._heard(packet)

    def _heard(self, packet: Any) -> None:
        match packet:
            case RtcpSrPacket():
                self._pass_on(packet)
                self._line_report(packet.reports)
            case RtcpRrPacket():
                self._line_report(packet.reports)
            case RtcpRtpfbPacket(fmt=rtp.RTCP_RTPFB_NACK):
                self._repeat(packet)
            case RtcpPsfbPacket(fmt=rtp.RTCP_PSFB_PLI | 4):  # 4: FIR (RFC 5104)
                self._wanted(packet)

    def _repeat(self, packet: RtcpRtpfbPacket) -> None:
        slot = self._slots_by_ssrc.get(packet.media_ssrc)
        if slot is None:
            return
        now, rates = self._loop.time(), self.rates
        for seq in packet.lost[:128]:
            budget = rates.repeats_left if slot.video else SOUND_PACKET
            n_bytes = slot.again(seq & 0xFFFF, now, self.downlink.rtt_s, budget)
            if slot.video:
                rates.repeats_left -= n_bytes

    def _wanted(self, packet: RtcpPsfbPacket) -> None:
        """The browser cannot show a slot without a key frame."""
        ssrc = packet.media_ssrc or int.from_bytes(packet.fci[:4], "big")
        slot = self._slots_by_ssrc.get(ssrc)
        if slot is not None:
            self._want(slot)

    def _want(self, slot: Slot) -> None:
        if slot.source is not None:
            self._around.want_key_frame(slot.source)

    def _line_report(self, reports: Iterable[rtp.RtcpReceiverInfo]) -> None:
        now = self._loop.time()
        for report in reports:
            if report.ssrc in self._slots_by_ssrc:
                self.downlink.told(report, now)

    def _pass_on(self, report: RtcpSrPacket) -> None:
        """A sender report goes on to every listener in their slot's numbers: lips and voice stay together."""
        known = self._by_ssrc.get(report.ssrc)
        if known is None:
            return
        source, received = known
        info = report.sender_info
        received.sender_report(info.ntp_timestamp, self._loop.time())
        if source.tap is not None:
            source.tap.sink.report(report.ssrc, info.ntp_timestamp, info.rtp_timestamp)
        for slot in source.slots:
            if slot.started:
                self._around.report_to(slot, info)

    def report(self, slot: Slot, info: RtcpSenderInfo) -> None:
        """Send a sender report of one of this connection's slots."""
        pair = next(index for index, both in enumerate(self.slots) if slot in both)
        sender = RtcpSenderInfo(info.ntp_timestamp, slot.shifted(info.rtp_timestamp), slot.n_packets, slot.n_bytes)
        self.downlink.sent(slot.ssrc, info.ntp_timestamp, self._loop.time())
        name = RtcpSourceInfo(ssrc=slot.ssrc, items=[(1, f"slot{pair}".encode())])
        self._send_rtcp([RtcpSrPacket(slot.ssrc, sender), RtcpSdesPacket([name])])

    # ---- RTCP out, by the engine's timers

    def ask_for_lost(self, now: float) -> None:
        """Generic NACK for what is missing, of browsers that offered to send it again."""
        for source, received in self._by_ssrc.values():
            if received.missing:
                ask = received.to_ask(now, self.downlink.rtt_s)
                if ask and source.repeats:
                    self._send_rtcp([RtcpRtpfbPacket(rtp.RTCP_RTPFB_NACK, self.ssrc, received.ssrc, ask)])

    def ask_for_key_frame(self, source: Source, now: float) -> None:
        every_s = max(KEY_FRAME_EVERY_S, KEY_FRAME_BITS / self._uplink.bps)
        if source.ssrc and now - source.asked_at >= every_s:
            source.asked_at = now
            self._send_rtcp([RtcpPsfbPacket(rtp.RTCP_PSFB_PLI, self.ssrc, source.ssrc)])

    def look_back(self) -> None:
        """A second is over."""
        self.rates.turn()
        self.downlink.look_back()
        for pair in self.slots:
            for slot in pair:
                slot.look_back()

    def report_reception(self, now: float) -> None:
        """Receiver report and bit rate to the browser, once a second; without both Chromium stays at a low one."""
        if not self._by_ssrc:
            return
        reports = []
        for source, received in self._by_ssrc.values():
            report = received.report(now)
            if not source.video:
                report.fraction_lost = int(255 * self._sound_loss(source, received))
            reports.append(report)
        ssrcs = [received.ssrc for _, received in self._by_ssrc.values()]
        second = self._second()
        self._missed = second.missed / second.expected if second.expected >= FEWEST else 0.0
        bps = self._uplink.turn(second, now)
        remb = RtcpPsfbPacket(rtp.RTCP_PSFB_APP, self.ssrc, 0, rtp.pack_remb_fci(bps, ssrcs))
        self._send_rtcp([RtcpRrPacket(self.ssrc, reports), remb])

    def _sound_loss(self, source: Source, received: Received) -> float:
        """What the speaker's Opus is told to expect (RFC 7587 section 3.1.7), here and to the worst listener.

        It puts as much of each word into the next packet as that asks for, within the same bit rate.
        """
        here = received.missed_lately / received.expected_lately if received.expected_lately else 0.0
        return min(MOST_SOUND_LOSS, max(here, *(slot.missed_lately for slot in source.slots), 0.0))

    def _second(self) -> Second:
        all_received = [received for _, received in self._by_ssrc.values()]
        return Second(
            expected=sum(received.expected_lately for received in all_received),
            missed=sum(received.missed_lately for received in all_received),
            received_bps=self.rates.received_kbps * 1000,
            queued_s=max(received.queued_s for received in all_received),
        )

    # ---- for the engine

    def slot_map(self, seats: dict[int, tuple[str, bool, bool]]) -> tuple[SlotMap, ...]:
        """`seats`: index of the slot -> seat, audio, video."""
        rows = []
        for index, (audio, video) in enumerate(self.slots):
            seat, hears, sees = seats.get(index, (None, False, False))
            rows.append(SlotMap(index, audio.mid, video.mid, seat, audio=hears, video=sees))
        return tuple(rows)

    def statistics(self) -> SeatStatistics:
        return SeatStatistics(
            key=self.key,
            connected=self.connected,
            received_packets=self.received_packets,
            sent_packets=self.sent_packets,
            lost_packets=sum(received.lost for _, received in self._by_ssrc.values()),
            dropped_packets=self.dropped_packets,
            received_kbps=self.rates.received_kbps,
            sent_kbps=self.rates.sent_kbps,
            loss_to_seat=self.downlink.loss,
            missed_to_seat=max((slot.missed_lately for pair in self.slots for slot in pair), default=0.0),
            missed_from_seat=self._missed,
            rtt_ms=round(self.downlink.rtt_s * 1000) or None,
            allowed_kbps=self._uplink.bps // 1000,
        )
