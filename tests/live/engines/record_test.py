"""What the embedded engine hands to the recorder besides the contract (recording_contract_test): numbers and clocks."""

from aiortc.rtp import RtcpSenderInfo, RtcpSrPacket

from mediation.live.engines.contract import Lost
from tests.live.engines.embedded_test import QIN, ZHAO, H, asked_for_key_frame, opened, seq_of, ssrc_of


class Kept:
    """A sink that keeps what it is handed."""

    def __init__(self) -> None:
        self.sound: list[bytes] = []
        self.picture: list[bytes] = []
        self.reports: list[tuple[int, int, int]] = []

    def packet(self, packet: memoryview, *, video: bool) -> None:
        (self.picture if video else self.sound).append(bytes(packet))

    def report(self, ssrc: int, ntp: int, timestamp: int) -> None:
        self.reports.append((ssrc, ntp, timestamp))


async def test_what_a_recorded_seat_sends_is_handed_over_as_it_came() -> None:
    kept = Kept()
    async with opened() as room:
        qin, zhao = await room.join(QIN), await room.join(ZHAO)
        room.engine.record(ZHAO, kept)
        assert room.engine.recorded(H) == {"zhao"}
        zhao.send_audio(b"\xfcguten tag")
        zhao.send_picture(picture_id=4)
        await zhao.until(lambda: asked_for_key_frame(zhao))
        zhao.send_picture(key=True, picture_id=5)
        qin.send_audio(b"\xfcnobody records me")
        room.together(QIN, ZHAO)
        seq = zhao.send_audio(b"\xfcend")
        await qin.until(lambda: bool(qin.packets))
        assert [packet[12:] for packet in kept.sound] == [b"\xfcguten tag", b"\xfcend"]
        assert (ssrc_of(kept.sound[-1]), seq_of(kept.sound[-1])) == (zhao.audio_ssrc, seq)
        assert [ssrc_of(packet) for packet in kept.picture] == [zhao.video_ssrc] * 2
        assert kept.picture[1][12:][4] & 1 == 0, "a recording begins with a whole picture, so one was asked for"


async def test_a_recording_goes_on_over_a_new_connection_and_its_truth_follows_the_line() -> None:
    kept = Kept()
    async with opened() as room:
        first = await room.join(ZHAO)
        room.engine.record(ZHAO, kept)
        await first.leave()
        await room.until(lambda: Lost(ZHAO, 1) in room.events)
        assert room.engine.recorded(H) == frozenset(), "nobody is there to be recorded"
        again = await room.join(ZHAO, generation=2)
        assert room.engine.recorded(H) == {"zhao"}
        qin = await room.join(QIN)
        room.together(QIN, ZHAO)
        again.send_audio(b"\xfcback")
        await qin.until(lambda: bool(qin.packets))
        assert [ssrc_of(packet) for packet in kept.sound] == [again.audio_ssrc]
        room.engine.close(H)
        assert room.engine.recorded(H) == frozenset()


async def test_the_recorder_is_told_the_clock_of_each_source() -> None:
    kept = Kept()
    async with opened() as room:
        qin, zhao = await room.join(QIN), await room.join(ZHAO)
        room.together(QIN, ZHAO)
        room.engine.record(ZHAO, kept)
        zhao.send_audio()
        await qin.until(lambda: bool(qin.packets))
        info = RtcpSenderInfo(ntp_timestamp=77 << 32, rtp_timestamp=4711, packet_count=1, octet_count=1)
        zhao.send_rtcp(RtcpSrPacket(zhao.audio_ssrc, info))
        await qin.until(lambda: any(isinstance(packet, RtcpSrPacket) for packet in qin.rtcp))
        assert kept.reports == [(zhao.audio_ssrc, 77 << 32, 4711)]
