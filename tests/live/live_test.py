"""The live process as browsers meet it: sockets, messages, garbage, a crash. Stand-ins send real media."""

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes.rules.codes import PartyRole
from mediation.hearings import service
from mediation.hearings.models import Hearing, SeatSample
from mediation.kernel.actor import Actor
from mediation.kernel.clock import system_clock
from mediation.kernel.db import writing
from mediation.kernel.wake import Nudger
from mediation.live import adaptation, app, line, rooms
from mediation.live.app import Live
from mediation.settings import Settings
from tests.cast import QIN, SHEN
from tests.factories.disputes import as_party
from tests.factories.hearings import booked_hearing
from tests.fixtures.db import SECRET
from tests.fixtures.servers import free_port
from tests.fixtures.visitors import Browser, Visitors

pytestmark = pytest.mark.db
People = tuple[Hearing, dict[str, Actor]]
PORTS = ("web_port", "live_port", "worker_port", "live_wake_port", "media_port")


class House(Visitors):
    """A running `live`, and what its people came for."""

    def __init__(self, settings: Settings, session: Session, hearing: Hearing, people: dict[str, Actor], clock) -> None:
        super().__init__(settings.live_port, self._token)
        self.session, self.hearing, self.people, self.clock = session, hearing, people, clock

    def _token(self, name: str) -> str:
        self.session.rollback()
        return service.issue_token(self.session, self.people[name], self.hearing.public_id, clock=self.clock)


@pytest.fixture
def live_settings(settings: Settings) -> Settings:
    ports = {name: free_port() for name in PORTS}
    return settings.model_copy(update={**ports, "media_host": "127.0.0.1", "media_addresses": ("127.0.0.1",)})


@pytest.fixture
def people(session: Session, clock, staff) -> tuple[Hearing, dict[str, Actor]]:
    hearing = booked_hearing(session, clock, staff(QIN))
    case = hearing.case
    actors = {"qin": staff(QIN), "zhao": as_party(case), "zhou": as_party(case, PartyRole.RESPONDENT)}
    session.commit()
    return hearing, actors


@asynccontextmanager
async def opened(
    settings: Settings, session: Session, people: tuple[Hearing, dict[str, Actor]], clock
) -> AsyncIterator[House]:
    live = Live(settings, clock=clock)
    await live.start()
    house = House(settings, session, *people, clock)
    try:
        yield house
    finally:
        await house.close()
        await live.stop()


async def test_from_the_waiting_room_to_hearing_each_other(live_settings, session, people, clock) -> None:
    async with opened(live_settings, session, people, clock) as house:
        qin, zhao, zhou = await house.all_in_session()
        assert zhao.media
        assert zhou.media
        zhao.media.send_audio(b"\xfcmy deposit")
        await zhou.media.until(lambda: bool(zhou.media.packets))
        assert zhou.media.packets[0][12:] == b"\xfcmy deposit"
        await zhao.until(lambda: zhao.you["heard"])
        seats = {row["seat"] for row in zhao.last("slots")["slots"] if row["seat"]}
        assert seats == {qin.you["seat"], zhou.you["seat"]}


async def test_who_waits_hears_nothing_and_says_it_to_the_mediator_only(live_settings, session, people, clock) -> None:
    async with opened(live_settings, session, people, clock) as house:
        qin, zhao, zhou = await house.all_in_session()
        await qin.send("seat", step="dismiss", seat=zhou.you["seat"])
        await zhou.is_in("waiting")
        await zhou.send("say", text="我在等")
        await qin.until(lambda: any(line["text"] == "我在等" for line in qin.last("chat")["lines"]))
        await zhao.send("refresh")
        assert "我在等" not in json.dumps(zhao.told, ensure_ascii=False)
        zhao.media.send_audio()
        await qin.media.until(lambda: bool(qin.media.packets))
        assert zhou.media.packets == []


async def test_what_the_mediator_notes_is_told_to_the_mediator_only(live_settings, session, people, clock) -> None:
    async with opened(live_settings, session, people, clock) as house:
        qin, zhao, zhou = await house.all_in_session()
        await qin.send("note", tag="keep", text="他的底线")
        await qin.send("minute", stage="opening", text="告知了权利义务")
        await qin.until(lambda: bool((qin.last("notes") or {"minutes": []})["minutes"]))
        assert qin.last("notes")["own"][0]["text"] == "他的底线"
        for party in (zhao, zhou):
            n = len(party.told)
            await party.send("note", tag="keep", text="我的", ref=5)
            await party.until(lambda party=party, n=n: any(one["type"] == "problem" for one in party.told[n:]))
            told = json.dumps(party.told, ensure_ascii=False)
            assert "底线" not in told
            assert "告知了" not in told


async def test_muted_the_sound_stops_and_the_page_knows(live_settings, session, people, clock) -> None:
    async with opened(live_settings, session, people, clock) as house:
        qin, zhao, zhou = await house.all_in_session()
        await qin.send("seat", step="mute", seat=zhao.you["seat"], ref=9)
        await qin.until(lambda: {"type": "done", "ref": 9} in qin.told)
        await zhao.until(lambda: zhao.you["muted"] and not zhao.you["heard"])
        zhao.media.send_audio(b"\xfcsecret")
        zhou.media.send_audio(b"\xfcopen")
        await qin.media.until(lambda: bool(qin.media.packets))
        assert [packet[12:] for packet in qin.media.packets] == [b"\xfcopen"]


async def test_the_seconds_run_for_all_and_the_session_begins_by_itself(live_settings, session, people, clock) -> None:
    settings = live_settings.model_copy(update={"start_countdown_s": 10})
    async with opened(settings, session, people, clock) as house:
        qin, zhao = await house.gathered()
        await qin.send("hearing", step="start")
        await zhao.until(lambda: bool(zhao.hearing["begins_at"]))
        assert (zhao.hearing["state"], qin.hearing["steps"][0]) == ("open", "stop_count")
        await qin.send("hearing", step="stop_count")
        await zhao.until(lambda: not zhao.hearing["begins_at"])
        await qin.send("hearing", step="start")
        await zhao.until(lambda: bool(zhao.hearing["begins_at"]))
        clock.pass_(seconds=10)
        await zhao.until(lambda: zhao.hearing["state"] == "in_session")


async def test_the_mediators_line_lost_the_chair_is_taken_at_once(live_settings, session, people, clock, staff) -> None:
    people[1]["shen"] = staff(SHEN)
    service.sit_in(session, staff(SHEN), people[0].public_id)
    session.commit()
    async with opened(live_settings, session, people, clock) as house:
        qin, zhao, _zhou = await house.all_in_session()
        shen = await house.enter("shen")
        assert "take_chair" not in shen.you["steps"]
        await qin.close()
        await shen.until(lambda: "take_chair" in shen.you["steps"])
        await shen.send("take_chair")
        await shen.until(lambda: shen.you["role"] == "neutral" and "pause" in shen.hearing["steps"])
        await zhao.until(lambda: zhao.seat("neutral")["id"] == shen.you["seat"])
        assert zhao.you["state"] == "in_room"


async def test_a_quiet_signal_reaches_the_mediator_and_leaves_no_trace_with_the_others(
    live_settings, session, people, clock
) -> None:
    async with opened(live_settings, session, people, clock) as house:
        qin, zhao, zhou = await house.all_in_session()
        await zhao.send("signal", ref=4)
        await qin.until(lambda: bool(qin.seat("applicant")["signalled_at"]))
        await zhao.until(lambda: {"type": "done", "ref": 4} in zhao.told)
        for party in (zhao, zhou):
            await party.send("refresh")
            assert 'signalled_at": "' not in json.dumps(party.told)
            assert all(not seat["signalled_at"] for seat in party.last("state")["seats"])


async def test_a_closed_tab_keeps_its_place_and_comes_back_to_it(live_settings, session, people, clock) -> None:
    async with opened(live_settings, session, people, clock) as house:
        qin, zhao, _zhou = await house.all_in_session()
        await zhao.close()
        await qin.until(lambda: qin.seat("applicant").get("state") == "disconnected")
        again = await house.enter("zhao")
        await again.is_in("in_room")
        media = await again.publish(2)
        qin.media.send_audio()
        await media.until(lambda: bool(media.packets))


async def test_who_is_on_the_line_is_never_kept_for_lost(live_settings, session, people, clock) -> None:
    """A reload so fast that the old socket is written off after the new one came."""
    async with opened(live_settings, session, people, clock) as house:
        _qin, zhao, _zhou = await house.all_in_session()
        n = len(zhao.told)
        with writing(session):
            seat = next(seat for seat in house.hearing.seats if seat.public_id == zhao.you["seat"])
            service.lose_line(session, seat.id, clock=clock)
        nudger = Nudger((live_settings.live_wake_port,))
        nudger.nudge("web")
        await zhao.until(lambda: "disconnected" in states_told(zhao, n))
        await zhao.is_in("in_room")
        nudger.close()


async def test_the_first_thing_told_is_no_older_than_the_coming(
    live_settings, session, people, clock, monkeypatch
) -> None:
    """The hearing was being read when somebody came back: what was read says that they are away."""
    reading, read_on, read = threading.Event(), threading.Event(), rooms._read

    def slowly(*args: Any) -> Any:
        found = read(*args)
        if not reading.is_set():
            reading.set()
            assert read_on.wait(20)
        return found

    async with opened(live_settings, session, people, clock) as house:
        qin, zhao, _zhou = await house.all_in_session()
        await zhao.close()
        await qin.until(lambda: qin.seat("applicant").get("state") == "disconnected")
        monkeypatch.setattr(rooms, "_read", slowly)
        await qin.send("refresh")
        assert await asyncio.to_thread(reading.wait, 20)
        again = await house.come("zhao")
        read_on.set()
        await again.until(lambda: bool(states_told(again, 0)))
        assert states_told(again, 0)[0] == "in_room"


def states_told(browser: Browser, since: int) -> list[str]:
    return [message["you"]["state"] for message in browser.told[since:] if message["type"] == "state"]


async def test_who_is_silent_is_cut_and_comes_back_to_their_place(
    live_settings, session, people, clock, monkeypatch
) -> None:
    """The network is gone: no close, no sign of life."""
    monkeypatch.setattr(app, "BEAT_EVERY_S", 0.2)
    async with opened(live_settings, session, people, clock) as house:
        qin, zhao, zhou = await house.all_in_session()
        monkeypatch.setattr(line, "LOST_AFTER_S", 1.5)
        async with asyncio.timeout(20):
            while not zhao.socket.closed:
                for other in (qin, zhou):
                    await other.send("beat", n=1)
                    n = len(other.told)
                    await other.until(lambda other=other, n=n: len(other.told) > n)
        assert zhao.socket.close_code == 4004
        await qin.until(lambda: qin.seat("applicant").get("state") == "disconnected")
        monkeypatch.undo()
        await (await house.enter("zhao")).is_in("in_room")


async def test_opened_twice_the_newer_page_has_the_seat(live_settings, session, people, clock) -> None:
    async with opened(live_settings, session, people, clock) as house:
        first = await house.enter("zhao")
        second = await house.enter("zhao")
        await first.until(lambda: first.last("bye") is not None)
        assert first.last("bye")["reason"] == "replaced"
        await second.is_in("checking")


async def test_the_end_ends_it_for_all_but_the_mediator(live_settings, session, people, clock) -> None:
    async with opened(live_settings, session, people, clock) as house:
        qin, zhao, _zhou = await house.all_in_session()
        await qin.send("hearing", step="close")
        await zhao.until(lambda: zhao.last("bye") is not None)
        assert zhao.last("bye") == {"type": "bye", "reason": "closed", "reconnect": False}
        await qin.until(lambda: qin.hearing.get("state") == "closed")
        assert "reopen" in qin.hearing["steps"]


async def test_hands_stand_in_order_and_one_is_large_on_every_screen(live_settings, session, people, clock) -> None:
    async with opened(live_settings, session, people, clock) as house:
        qin, zhao, zhou = await house.all_in_session()
        await zhou.send("hand", raised=True)
        await zhou.until(lambda: zhou.you["hand_place"] == 1)
        clock.pass_(seconds=1)
        await zhao.send("hand", raised=True)
        await zhao.until(lambda: zhao.you["hand_place"] == 2)
        await qin.send("room", step="lower_hands")
        await zhao.until(lambda: zhao.you["hand_place"] is None)
        await qin.send("seat", step="spotlight", seat=zhou.you["seat"])
        await zhao.until(lambda: zhao.seat("respondent")["spotlit"])
        await zhou.until(lambda: zhou.you["spotlit"])


@pytest.mark.slow
async def test_killed_and_started_again_everybody_is_back_in_place(live_settings, session, people, clock) -> None:
    """`live` as its own process, kill -9 in the middle of a session, started again: same room, same media."""
    process = await started(live_settings)
    house = on_now(live_settings, session, people)
    try:
        await house.all_in_session()
        process.send_signal(signal.SIGKILL)
        await process.wait()
        for browser in house.browsers:
            await browser.until(lambda browser=browser: browser.socket.closed)
        process = await started(live_settings)
        back = [await house.enter(name) for name in ("qin", "zhao", "zhou")]
        for browser in back:
            await browser.is_in("in_room")
        assert back[0].hearing["state"] == "in_session"
        for browser in back:
            await browser.publish(2)
        back[1].media.send_audio()
        await back[2].media.until(lambda: bool(back[2].media.packets))
    finally:
        await house.close()
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 15) == 0


def on_now(settings: Settings, session: Session, people: People) -> House:
    """The hearing is now, as for a process of its own, whose clock no test sets."""
    hearing, actors = people
    hearing.booking.starts_at, hearing.booking.ends_at = system_clock(), system_clock() + timedelta(hours=1)
    session.commit()
    return House(settings, session, hearing, actors, system_clock)


async def started(settings: Settings) -> asyncio.subprocess.Process:
    environment = os.environ | {
        "INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database,
        "SECRET_KEY": SECRET,
        "MEDIA_HOST": "127.0.0.1",
        "START_COUNTDOWN_S": "0",
        "MEDIA_ADDRESSES": '["127.0.0.1"]',
        "LOG_LEVEL": "WARNING",
        **{name.upper(): str(getattr(settings, name)) for name in PORTS},
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "mediation.live", env=environment)
    async with aiohttp.ClientSession() as client, asyncio.timeout(20):
        while process.returncode is None:
            try:
                async with client.get(f"http://127.0.0.1:{settings.live_port}/health") as answer:
                    if answer.status == 200:
                        return process
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)
    raise AssertionError("live did not start")


async def test_who_chooses_text_alone_is_sent_nothing_and_nobody_believes_to_be_heard_by_them(
    live_settings, session, people, clock
) -> None:
    async with opened(live_settings, session, people, clock) as house:
        qin, zhao, zhou = await house.all_in_session()
        await zhou.send("receive", what="text")
        await zhou.until(lambda: zhou.you["receives"] == zhou.you["wants"] == "text")
        await zhao.until(lambda: zhao.seat("respondent")["receives"] == "text")
        zhao.media.send_audio(b"\xfcwords")
        await qin.media.until(lambda: bool(qin.media.packets))
        assert zhou.media.packets == []
        await qin.send("seat", step="dismiss", seat=zhao.you["seat"])
        await zhao.is_in("waiting")
        await qin.until(lambda: not qin.you["heard"])
        await zhou.send("receive", what="all")
        await qin.until(lambda: qin.you["heard"])


async def test_pictures_come_back_also_while_nothing_is_sent(
    live_settings, session, people, clock, monkeypatch
) -> None:
    """What the browser measured of the pictures says nothing of a line on which nobody speaks."""
    monkeypatch.setattr(app, "BEAT_EVERY_S", 0.1)
    monkeypatch.setattr(adaptation, "WAIT_S", 0.5)
    async with opened(live_settings, session, people, clock) as house:
        _qin, _zhao, zhou = await house.all_in_session()
        await zhou.send("beat", n=1, loss=0.5)
        await zhou.until(lambda: zhou.you["receives"] == "sound")
        await zhou.send("beat", n=2, loss=None)
        await zhou.until(lambda: zhou.you["receives"] == "all")


async def test_the_lines_are_measured_for_the_desk_and_nobody_is_nudged(
    live_settings, session, people, clock, monkeypatch
) -> None:
    nudges: list[str] = []
    async with opened(live_settings, session, people, clock) as house:
        qin, zhao = await house.gathered("zhao")
        monkeypatch.setattr(Nudger, "nudge", lambda _self, topic: nudges.append(topic))
        async with asyncio.timeout(40):
            while not (rows := session.scalars(select(SeatSample).where(SeatSample.loss_to.is_not(None))).all()):
                session.rollback()
                for browser in (qin, zhao):  # who is silent is cut, and that is told
                    await browser.send("beat", n=1, loss=0.12, rtt_ms=90)
                await asyncio.sleep(1)
        assert {(row.loss_to, row.rtt_ms) for row in rows} == {(0.12, 90)}
        assert nudges == []
