"""`live` is killed fifty times at random points: what was said to be done is done once, and everybody is in place."""

import asyncio
import random
import signal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.hearings.models import ChatLine, Hearing, MinuteLine, Seat
from mediation.settings import Settings
from tests.fixtures.visitors import Browser
from tests.live.live_test import House, People, live_settings, on_now, people, started

__all__ = ["live_settings", "people"]  # fixtures
pytestmark = [pytest.mark.db, pytest.mark.slow, pytest.mark.timeout(900)]
KILLS, APART_FROM = 50, 25
NAMES = ("qin", "zhao", "zhou")


class Doings:
    """What everybody sent, and what `live` said was done."""

    def __init__(self) -> None:
        self.sent: dict[int, str] = {}
        self.done: set[str] = set()
        self.hands: dict[str, set[bool]] = {name: {False} for name in NAMES}
        """Hand up or not, as it may stand: several where nobody was told how the last one ended."""

    async def burst(self, name: str, browser: Browser) -> None:
        """Some words, then the hand; no answer is waited for."""
        for _ in range(3):
            ref = len(self.sent) + 1
            self.sent[ref] = text = f"{name} {ref}"
            said = {"stage": "statements", "text": text} if name == "qin" else {"text": text}
            await browser.send("minute" if name == "qin" else "say", ref=ref, **said)
        if name != "qin":
            up = random.Random(len(self.sent)).random() < 0.5
            self.hands[name].add(up)
            await browser.send("hand", raised=up)

    def hear(self, browsers: list[Browser]) -> None:
        for browser in browsers:
            self.done |= {self.sent[one["ref"]] for one in browser.told if one["type"] == "done" and one["ref"]}


def written(session: Session, hearing: Hearing) -> list[str]:
    session.rollback()
    minutes = session.scalars(select(MinuteLine).where(MinuteLine.hearing_id == hearing.id))
    lines = session.scalars(select(ChatLine).where(ChatLine.hearing_id == hearing.id))
    return [*(one.text for one in minutes), *(one.text for one in lines)]


def hands_up(session: Session, hearing: Hearing) -> dict[str, bool]:
    rows = session.scalars(select(Seat).where(Seat.hearing_id == hearing.id))
    by_name = {"赵晓明": "zhao", "周国强": "zhou"}
    return {by_name[one.name]: one.hand_raised_at is not None for one in rows if one.name in by_name}


async def talk_apart(qin: Browser, zhao: Browser) -> None:
    await qin.send("caucus_invite", seats=[qin.seat("applicant")["id"]])
    await zhao.until(lambda: any(one["asked"] for one in caucuses(zhao)))
    asked = next(one["id"] for one in caucuses(zhao) if one["asked"])
    await zhao.send("caucus_answer", caucus=asked, accept=True)
    for browser in (qin, zhao):
        await browser.until(lambda browser=browser: browser.you.get("room") == "caucus-1")


def caucuses(browser: Browser) -> list[dict[str, object]]:
    state = browser.last("state")
    return state["caucuses"] if state else []


async def test_fifty_kills_lose_nothing(live_settings: Settings, session: Session, people: People) -> None:
    doings, rng = Doings(), random.Random(7)
    process = await started(live_settings)
    house: House = on_now(live_settings, session, people)
    try:
        qin, *others = await house.gathered("zhao", "zhou")
        await qin.send("hearing", step="start")
        await qin.until(lambda: qin.hearing.get("state") == "in_session")
        here = [qin, *others]
        for kill in range(KILLS):
            if kill == APART_FROM:
                await talk_apart(here[0], here[1])
            rooms = [browser.you["room"] for browser in here]
            bursts = [doings.burst(name, browser) for name, browser in zip(NAMES, here, strict=True)]
            await asyncio.gather(*bursts)
            await asyncio.sleep(rng.random() * 0.06)  # the point of the kill, not a wait for anything
            process.send_signal(signal.SIGKILL)
            await process.wait()
            for browser in here:
                await browser.until(lambda browser=browser: browser.socket.closed)
            doings.hear(here)
            process = await started(live_settings)
            here = [await house.enter(name) for name in NAMES]
            for browser in here:
                await browser.is_in("in_room")
            assert [browser.you["room"] for browser in here] == rooms
            assert here[0].hearing["state"] == "in_session"
            kept = written(session, house.hearing)
            assert len(kept) == len(set(kept)), "nothing twice"
            assert doings.done <= set(kept), "nothing lost that was said to be done"
            stands = hands_up(session, house.hearing)
            for name, up in stands.items():
                assert up in doings.hands[name]
                doings.hands[name] = {up}
        assert doings.done, "all killed before anything was done would prove nothing"
        assert set(written(session, house.hearing)) - doings.done, "and none in the middle neither"
    finally:
        await house.close()
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 15) == 0
