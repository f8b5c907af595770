"""The embedded engine's measures of a line: what it asks again, repeats, allows. Against made-up lines and clocks."""

import random
from itertools import pairwise

import pytest
from aiortc.rtp import RtcpReceiverInfo
from hypothesis import given
from hypothesis import strategies as st

from mediation.live.engines.embedded.downlink import STALE_AFTER, Downlink
from mediation.live.engines.embedded.forward import Slot, Source
from mediation.live.engines.embedded.received import Received
from mediation.live.engines.embedded.uplink import LEAST_BPS, Second, UplinkRate

MOST = 800_000
PACKET_BITS = 8 * 250
BEGAN = 1000.0


class Pipe:
    """A line of so many bit/s with a queue of so many seconds that a sender fills as far as it may."""

    def __init__(self, capacity: int, queue_s: float, loss: float, seed: int = 1) -> None:
        self.capacity, self.queue_s, self.loss = capacity, queue_s, loss
        self._queued_s = 0.0
        self._dice = random.Random(seed)

    def second(self, bps: int) -> Second:
        sent = bps // PACKET_BITS
        waiting = self._queued_s * self.capacity + sent * PACKET_BITS
        through = min(waiting, self.capacity)
        stays = min(waiting - through, self.queue_s * self.capacity)
        self._queued_s = stays / self.capacity
        dropped = round((waiting - through - stays) / PACKET_BITS)
        chance = sum(self._dice.random() < self.loss for _ in range(round(through / PACKET_BITS)))
        return Second(sent, min(sent, dropped + chance), int(through) - chance * PACKET_BITS, self._queued_s)


def run(rate: UplinkRate, pipe: Pipe, seconds: int, start: int = 0) -> list[int]:
    return [rate.turn(pipe.second(rate.bps), now) for now in range(start, start + seconds)]


@given(st.integers(130_000, 600_000), st.sampled_from([0.05, 0.3, 2.0]), st.sampled_from([0.0, 0.03, 0.1]))
def test_the_rate_goes_under_what_the_line_carries_and_stays_near_it(capacity: int, queue: float, loss: float) -> None:
    rate, pipe = UplinkRate(MOST), Pipe(capacity, queue, loss)
    rates = run(rate, pipe, 90)
    assert min(rates[:10]) <= capacity
    assert sum(rates[30:]) / 60 <= 1.35 * capacity
    assert sum(rates[30:]) / 60 >= 0.45 * capacity
    assert min(rates) >= LEAST_BPS


@pytest.mark.parametrize("loss", [0.02, 0.05, 0.1])
def test_loss_by_chance_costs_no_picture(loss: float) -> None:
    rates = run(UplinkRate(MOST), Pipe(10_000_000, 0.3, loss), 300)
    assert min(rates) == MOST


def test_a_line_that_is_wide_again_is_used_again() -> None:
    rate = UplinkRate(MOST)
    run(rate, Pipe(150_000, 0.3, 0.0), 30)
    assert rate.bps < 250_000
    assert run(rate, Pipe(5_000_000, 0.3, 0.0), 45, start=30)[-1] == MOST


def test_who_sends_next_to_nothing_is_not_allowed_more_than_a_beginning() -> None:
    rate = UplinkRate(MOST)
    run(rate, Pipe(100_000, 0.3, 0.0), 10)
    for now in range(10, 100):
        rate.turn(Second(50, 0, 45_000, 0.0), now)
    assert rate.bps == 250_000


def test_a_stream_that_stands_in_a_queue_and_then_stops_stands_in_none() -> None:
    received = Received(1, 48_000)
    for n in range(200):
        at = BEGAN + n * 0.02 + (0.005 * max(0, n - 50) if n < 150 else 0.5)
        received.packet(n, n * 960, at)
        if n % 50 == 49:
            received.report(at)
    assert received.queued_s == pytest.approx(0.5, abs=0.01)
    received.report(BEGAN + 5)
    assert received.queued_s == 0


# ---- what is asked again, and repeated


def asks(rtt_s: float) -> list[float]:
    received = Received(1, 48_000)
    received.packet(1, 0, BEGAN)
    received.packet(3, 1920, BEGAN)
    return [tick * 0.02 for tick in range(250) if received.to_ask(BEGAN + tick * 0.02, rtt_s)]


def test_nothing_is_asked_again_before_its_answer_can_be_here() -> None:
    near, far = asks(0.0), asks(0.6)
    assert near[0] == far[0] == 0.0
    assert 6 <= len(near) <= 8
    assert len(far) >= 3
    for earlier, later in pairwise(far):
        assert later - earlier >= 0.6
    assert far[-1] <= 3.0


def slot_with(n: int) -> tuple[Slot, list[bytearray]]:
    sent: list[bytearray] = []
    slot = Slot("3", 9, 96, video=False, send=sent.append)
    source = Source(7, video=False, repeats=True)
    slot.put(source, [0])
    for seq in range(n):
        source.packet(memoryview(bytes([0x80, 96]) + seq.to_bytes(2, "big") + bytes(8) + b"sound"), seq, 0, 0.0)
    return slot, sent


def test_a_packet_on_its_way_again_is_not_sent_twice_and_the_budget_holds() -> None:
    slot, sent = slot_with(50)
    last = int.from_bytes(sent[-1][2:4], "big")
    del sent[:]
    assert slot.again(last, 10.0, 0.3, 1500) == 17
    assert slot.again(last, 10.1, 0.3, 1500) == 0
    assert slot.again(last, 10.3, 0.3, 1500) == 17
    assert slot.again(last - 1, 10.0, 0.3, 16) == 0
    assert slot.again(last + 1, 10.0, 0.3, 1500) == 0
    assert len(sent) == 2
    slot.look_back()
    assert slot.missed_lately == pytest.approx(2 / 50)


# ---- what the browser reports


def block(highest: int, lost: int, lsr: int = 0, dlsr: int = 0) -> RtcpReceiverInfo:
    return RtcpReceiverInfo(
        ssrc=5, fraction_lost=0, packets_lost=lost, highest_sequence=highest, jitter=0, lsr=lsr, dlsr=dlsr
    )


def test_the_round_trip_is_what_the_report_did_not_wait() -> None:
    line = Downlink()
    ntp = 0x1234_5678_9ABC_DEF0
    line.sent(5, ntp, 100.0)
    line.told(block(10, 0, lsr=0x1111, dlsr=0), 100.2)
    assert line.rtt_s == 0
    line.told(block(10, 0, lsr=0x5678_9ABC, dlsr=65536 // 2), 100.9)
    assert line.rtt_s == pytest.approx(0.4)


def test_loss_is_what_is_still_missing_and_needs_enough_packets() -> None:
    line = Downlink()
    line.told(block(100, 10), 1.0)
    line.told(block(110, 20), 2.0)
    assert line.loss == 0  # ten packets tell nothing
    line.told(block(150, 20), 3.0)
    assert line.loss == pytest.approx(10 / 50)
    line.told(block(200, 15), 4.0)  # repeats came
    assert line.loss == 0


def test_a_line_that_carries_nothing_any_more_is_not_called_lossy_for_good() -> None:
    """Pictures were taken out, and nobody speaks: the last word of the browser is about what is gone."""
    line = Downlink()
    line.told(block(100, 0), 1.0)
    line.told(block(200, 60), 2.0)
    line.look_back()
    assert line.loss == pytest.approx(0.6)
    for _ in range(STALE_AFTER):
        line.look_back()
    assert line.loss == 0
