"""Packets to frames: any order, any loss, nothing made up."""

from random import Random
from struct import pack

from hypothesis import given, settings
from hypothesis import strategies as st

from mediation.live.recording.frames import Order, Packet, Pictures, Sounds, Stamps, parse
from mediation.live.recording.source import SeatClock
from tests.fixtures.recorded import pictures, sounds


def rtp(seq: int, timestamp: int, payload: bytes, *, marker: bool = False) -> bytes:
    return pack("!BBHII", 0x80, 96 | (0x80 if marker else 0), seq & 0xFFFF, timestamp & 0xFFFFFFFF, 7) + payload


def packed(start_seq: int, start_stamp: int, seconds: float = 2, size: int = 300) -> list[bytes]:
    """A real picture stream as packets."""
    rows: list[bytes] = []
    for number, frame in enumerate(pictures(seconds)):
        parts = [frame.data[at : at + size] for at in range(0, len(frame.data), size)]
        for index, part in enumerate(parts):
            descriptor = bytes([0x90 if index == 0 else 0x80, 0x80]) + pack("!H", 0x8000 | number)
            stamp = start_stamp + frame.at
            rows.append(rtp(start_seq + len(rows), stamp, descriptor + part, marker=index == len(parts) - 1))
    return rows


def through(raws: list[bytes], media: Pictures | Sounds, gap_s: float = 0.005) -> list[tuple[int, bytes, bool]]:
    order, frames = Order(), []
    for number, raw in enumerate(raws):
        packet = parse(raw, number * gap_s)
        for due, lost in order.add(packet) if packet is not None else ():
            frames += [(frame.at, frame.data, frame.key) for frame in media.frames(due, lost=lost)]
    for due, lost in order.rest():
        frames += [(frame.at, frame.data, frame.key) for frame in media.frames(due, lost=lost)]
    return frames


@settings(deadline=None)  # the first run encodes
@given(st.integers(0, 65535), st.integers(0, 2**32 - 1), st.randoms(use_true_random=False))
def test_out_of_order_and_doubled_the_frames_are_those_that_were_encoded(seq: int, stamp: int, chance: Random) -> None:
    raws = packed(seq, stamp)
    mixed = [raws[0]]
    for at in range(1, len(raws), 8):
        few = [*raws[at : at + 8], chance.choice(raws[at : at + 8])]
        chance.shuffle(few)
        mixed += few
    media = Pictures()
    assert through(mixed, media) == [(frame.at, frame.data, frame.key) for frame in pictures(2)]
    assert media.size == (160, 120)


@settings(deadline=None)
@given(st.sets(st.integers(2, 20), min_size=1, max_size=5))
def test_after_a_loss_nothing_is_written_until_a_whole_picture_comes(gone: set[int]) -> None:
    """The first second loses packets; the next whole picture is a second after the first."""
    encoded = [(frame.at, frame.data, frame.key) for frame in pictures(2)]
    raws = [raw for number, raw in enumerate(packed(10, 0)) if number not in gone]
    got = through(raws, Pictures(), gap_s=0.02)
    assert set(got) <= set(encoded), "a frame is whole and in its time, or left out"
    assert got[-25:] == encoded[-25:]
    assert len(got) < 50 - len(gone)


@given(st.binary(max_size=60))
def test_no_packet_of_a_hostile_browser_breaks_it(raw: bytes) -> None:
    packet = parse(raw, 0.0)
    if packet is not None:
        for media in (Pictures(), Sounds()):
            list(media.frames(packet, lost=False))


@given(st.lists(st.binary(min_size=12, max_size=40), max_size=30))
def test_nor_do_many(raws: list[bytes]) -> None:
    for media in (Pictures(), Sounds()):
        through(raws, media)


def test_sound_keeps_its_time_over_silence_and_over_the_end_of_the_numbers() -> None:
    frames = sounds(1)
    raws = [rtp(65_530 + n, 2**32 - 4800 + frame.at, frame.data) for n, frame in enumerate(frames)]
    raws[20:] = [rtp(65_530 + n, 2**32 - 4800 + frames[n].at + 48_000, frames[n].data) for n in range(20, 50)]
    got = through(raws, Sounds())
    assert [at for at, _, _ in got] == [f.at if n < 20 else f.at + 48_000 for n, f in enumerate(frames)]
    assert [data for _, data, _ in got] == [frame.data for frame in frames]


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(-5000, 90_000), max_size=60))
def test_stamps_count_on_over_their_end(first: int, steps: list[int]) -> None:
    stamps, true = Stamps(), 0
    assert stamps.count(first) == 0
    for step in steps:
        true += step
        assert stamps.count((first + true) % 2**32) == true


def test_padding_and_extensions_are_no_media() -> None:
    plain = pack("!BBHII", 0xB1, 111, 1, 2, 3) + b"csrc" + b"\xbe\xde\x00\x01" + b"exte" + b"voice" + b"\0\0\3"
    packet = parse(plain, 1.0)
    assert packet == Packet(1, 2, 3, False, b"voice", 1.0)
    assert parse(plain[:14], 1.0) is None


def test_the_report_that_was_fastest_tells_the_time() -> None:
    clock = SeatClock()
    for sent, way in ((100.0, 0.30), (101.0, 0.05), (102.0, 0.90)):
        clock.report(int((sent + 5000) * 2**32), sent + way)
    assert clock.ahead is not None
    assert abs(clock.ahead - (-5000 + 0.05)) < 1e-3
