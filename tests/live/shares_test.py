"""Several `live` processes share the hearings: one holds each, a dead one's are taken over, a stopping one hands over,
a full one takes no new hearing. Stand-ins send real media.
"""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import WSMsgType
from sqlalchemy import select

from mediation.hearings import queries
from mediation.hearings.errors import Busy
from mediation.hearings.models import ChatLine
from mediation.hearings.rules import leases
from mediation.hearings.rules.codes import HearingState
from mediation.hearings.rules.leases import LEASE
from mediation.kernel.clock import system_clock
from mediation.live.app import Live
from mediation.live.messages import CloseCode
from mediation.settings import Settings
from tests.fixtures.visitors import Browser
from tests.live.live_test import House, live_settings, on_now, people, started

__all__ = ["live_settings", "people"]  # fixtures
pytestmark = pytest.mark.db
TAKEN_OVER_WITHIN_S = 10.0
PAGES_PATIENCE_S = 5.0
"""With a socket that does not open (static/src/hearings/socket.js)."""
NAMES = ("qin", "zhao", "zhou")


class SharedHouse(House):
    """Whoever comes asks first where the hearing is held, as a page does."""

    def place(self) -> int:
        self.session.rollback()
        return queries.live_place(self.session, self.hearing, self.clock())

    def at(self, place: int) -> str:
        return f"ws://127.0.0.1:{self.settings.live_ports[place].live}/ws"

    async def socket(self) -> aiohttp.ClientWebSocketResponse:
        return await self.client.ws_connect(self.at(self.place()), max_msg_size=0)

    async def come_back(self, name: str) -> Browser:
        """As a page does: again and again, until a process lets it in."""
        while True:
            with suppress(aiohttp.ClientError, TimeoutError):
                async with asyncio.timeout(PAGES_PATIENCE_S):
                    browser = await self.enter(name)
                    await browser.is_in("in_room")
                    return browser
            await asyncio.sleep(0.3)

    async def left(self, place: int) -> None:
        """Whoever asks is sent elsewhere. A page asks when it has heard nothing for 6 s."""
        while self.place() == place:  # noqa: ASYNC110 - a database calls nobody
            await asyncio.sleep(0.1)

    async def all_back(self) -> list[Browser]:
        return list(await asyncio.gather(*(self.come_back(name) for name in NAMES)))

    async def told_and_closed(self, place: int, token: str) -> tuple[str, int | None]:
        """What a stranger with this token is told by this process, and how the socket is closed."""
        socket = await self.client.ws_connect(self.at(place), max_msg_size=0)
        await socket.send_json({"type": "hello", "token": token})
        frame = await socket.receive(timeout=10)
        code = frame.json()["code"] if frame.type is WSMsgType.TEXT else ""
        while not socket.closed:
            await socket.receive(timeout=10)
        return code, socket.close_code


@dataclass
class Pair:
    """Two processes, and who is at their hearing."""

    house: SharedHouse
    processes: list[asyncio.subprocess.Process]

    def owner(self) -> asyncio.subprocess.Process:
        return self.processes[self.house.place()]


@pytest.fixture
def two(live_settings: Settings) -> Settings:
    return live_settings.model_copy(update={"live_processes": 2})


@asynccontextmanager
async def pair(settings: Settings, session, people) -> AsyncIterator[Pair]:
    processes = list(await asyncio.gather(*(started(settings, place) for place in range(2))))
    house = on_now(settings, session, people, SharedHouse)
    try:
        yield Pair(house, processes)
    finally:
        await house.close()
        for process in processes:
            if process.returncode is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
                assert await asyncio.wait_for(process.wait(), 20) == 0


async def hear_each_other(house: SharedHouse, people: list[Browser], generation: int) -> None:
    for browser in people:
        await browser.publish(generation)
    _qin, zhao, zhou = people
    zhao.media.send_audio(b"\xfcback again")
    await zhou.media.until(lambda: any(packet[12:] == b"\xfcback again" for packet in zhou.media.packets))


@pytest.mark.slow
async def test_one_holds_the_hearing_and_the_other_sends_people_there(two, session, people) -> None:
    async with pair(two, session, people) as both:
        house = both.house
        await house.enter("qin")
        place = house.place()
        token = house.token("zhao")
        assert await house.told_and_closed(1 - place, token) == ("hearing_elsewhere", CloseCode.MOVED)
        socket = await house.client.ws_connect(house.at(place), max_msg_size=0)
        await socket.send_json({"type": "hello", "token": token})
        assert (await socket.receive(timeout=10)).json()["type"] == "welcome", "a token is not used up by a wrong door"
        await socket.close()


@pytest.mark.slow
async def test_the_hearing_of_a_killed_process_is_held_by_the_other_within_ten_seconds(two, session, people) -> None:
    async with pair(two, session, people) as both:
        house, owner = both.house, both.owner
        await house.all_in_session()
        place, dead = house.place(), owner()
        dead.kill()
        await dead.wait()
        async with asyncio.timeout(TAKEN_OVER_WITHIN_S):
            back = await house.all_back()
        assert house.place() == 1 - place
        assert back[0].hearing["state"] == "in_session"
        await hear_each_other(house, back, 2)


@pytest.mark.slow
async def test_a_frozen_process_writes_nothing_when_it_wakes(two, session, people) -> None:
    """SIGSTOP: it cannot know that the hearing was taken from it; the words that reached it meanwhile are refused."""
    async with pair(two, session, people) as both:
        house = both.house
        old = list(await house.all_in_session())
        place, frozen = house.place(), both.owner()
        frozen.send_signal(signal.SIGSTOP)
        await old[1].socket.send_json({"type": "say", "text": "said to the frozen one", "ref": 7})
        async with asyncio.timeout(TAKEN_OVER_WITHIN_S):
            await house.left(place)
            back = await house.all_back()
        frozen.send_signal(signal.SIGCONT)
        for browser in old:
            await browser.until(lambda browser=browser: browser.socket.closed)
        assert old[1].socket.close_code == CloseCode.MOVED
        assert not any(one["type"] == "done" for one in old[1].told if one.get("ref") == 7)
        session.rollback()
        assert session.scalars(select(ChatLine)).all() == []
        await hear_each_other(house, back, 2)
        assert {browser.you["state"] for browser in back} == {"in_room"}, "nobody was written off by the old one"


@pytest.mark.slow
async def test_a_stopping_process_hands_its_hearings_over(two, session, people) -> None:
    async with pair(two, session, people) as both:
        house = both.house
        old = list(await house.all_in_session())
        place, owner = house.place(), both.owner()
        owner.terminate()
        for browser in old:
            await browser.until(lambda browser=browser: browser.socket.closed)
            assert browser.last("bye") == {"type": "bye", "reason": "drain", "reconnect": True}
            assert house.place() == 1 - place, "known before anybody is sent away"
        async with asyncio.timeout(LEASE.total_seconds()):
            back = await house.all_back()
        assert await asyncio.wait_for(owner.wait(), 20) == 0
        await hear_each_other(house, back, 2)
        session.rollback()
        session.refresh(house.hearing)
        assert house.hearing.n_restarts == 0


async def test_a_full_process_takes_no_new_hearing_and_says_so(live_settings, session, people) -> None:
    settings = live_settings.model_copy(update={"live_max_load": 0.000_001})
    live = Live(settings)
    await live.start()
    house = on_now(settings, session, people, SharedHouse)
    try:
        await live.leases.renew()
        assert await health(house, settings) == {"full": True, "hearings": 0}
        with pytest.raises(Busy):
            house.place()
        assert await house.told_and_closed(0, house.token("qin")) == ("live_full", CloseCode.BUSY)
    finally:
        await house.close()
        await live.stop()


async def test_a_full_process_goes_on_with_what_it_has(live_settings, session, people) -> None:
    live = Live(live_settings)
    await live.start()
    house = on_now(live_settings, session, people, SharedHouse)
    try:
        await house.gathered("zhao")
        live.leases.is_full = True
        await house.enter("zhou")
        assert await health(house, live_settings) == {"full": True, "hearings": 1}
    finally:
        await house.close()
        await live.stop()


async def health(house: SharedHouse, settings: Settings) -> dict[str, object]:
    async with house.client.get(f"http://127.0.0.1:{settings.live_port}/health") as answer:
        told = await answer.json()
        return {name: told[name] for name in ("full", "hearings")}


async def test_two_processes_share_the_hearings_and_count_them_at_once(two, session, people) -> None:
    """The second hearing of the same minute goes to the other one, before any load was told."""
    lives = [Live(two, place=place) for place in range(2)]
    for live in lives:
        await live.start()
    house = on_now(two, session, people, SharedHouse)
    try:
        await house.enter("qin")
        place = house.place()
        held = {facts.place: facts.n_hearings for facts in queries.live_processes(session)}
        assert held == {place: 1, 1 - place: 0}
        chosen = leases.choose(queries.live_processes(session), system_clock(), HearingState.SCHEDULED)
        assert chosen is not None
        assert chosen.place == 1 - place
    finally:
        await house.close()
        for live in lives:
            await live.stop()
