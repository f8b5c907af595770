"""Every open line is measured now and then, for the staff's desk."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from mediation.hearings.models import SeatSample
from mediation.live import app, samples
from tests.live.live_test import live_settings, opened, people

__all__ = ["live_settings", "people"]  # fixtures
pytestmark = pytest.mark.db


async def test_the_lines_are_measured_for_the_desk(live_settings, session, people, clock, monkeypatch) -> None:
    monkeypatch.setattr(app, "BEAT_EVERY_S", 0.05)
    monkeypatch.setattr(samples, "SAMPLE_EVERY", timedelta(seconds=0.2))
    async with opened(live_settings, session, people, clock) as house:
        qin, zhao = await house.gathered("zhao")
        for browser in (qin, zhao):
            await browser.send("beat", n=1, loss=0.12, rtt_ms=90)
        found: set[tuple[int, float | None, int | None]] = set()
        while len({seat for seat, loss, _rtt in found if loss is not None}) < 2:
            n_beats = len([one for one in zhao.told if one["type"] == "beat"])
            await zhao.until(lambda n=n_beats: len([one for one in zhao.told if one["type"] == "beat"]) > n)
            session.rollback()
            found = {(row.seat_id, row.loss_to, row.rtt_ms) for row in session.scalars(select(SeatSample))}
        assert {(loss, rtt) for _seat, loss, rtt in found if loss is not None} == {(0.12, 90)}
