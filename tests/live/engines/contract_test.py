"""What every engine does, the embedded one and Janus: the same tests for both, with real packets."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import product
from struct import unpack_from

import pytest
from aiortc import rtp
from aiortc.rtp import RtcpPsfbPacket

from mediation.hearings.rules import forwarding
from mediation.hearings.rules.codes import HearingState, SeatState
from mediation.hearings.rules.forwarding import Link, Place
from mediation.live.engines.contract import (
    BadOffer,
    Connected,
    EngineEvent,
    Lost,
    MediaEngine,
    NoMedia,
    Offered,
    SeatKey,
    SlotsChanged,
)
from mediation.live.engines.embedded import EmbeddedEngine, EngineSettings
from mediation.live.engines.janus import JanusEngine, JanusSettings
from mediation.live.engines.janus.wire import Wire
from tests.fixtures.janus import ADMIN_SECRET, API_SECRET, JanusServer
from tests.fixtures.rtp_peer import RtpPeer

H = "hearing"
QIN, ZHAO, ZHOU = (SeatKey(H, name) for name in ("qin", "zhao", "zhou"))
Start = Callable[[int], list[JanusServer]]


class Guest:
    """One browser: it sends by the connection that it offers, and receives by it or by one that the engine offers."""

    def __init__(self, key: SeatKey, generation: int, slots: int) -> None:
        self.key, self.generation = key, generation
        self.own = RtpPeer(slots)
        self.second: RtpPeer | None = None

    @property
    def receiving(self) -> RtpPeer:
        return self.second or self.own

    @property
    def packets(self) -> list[bytes]:
        return self.receiving.packets

    def heard(self) -> list[str]:
        """The words of the sound packets that arrived."""
        return [p[13:].decode() for p in self.packets if p[12:13] == b"\xfc"]

    def say(self, words: str) -> None:
        self.own.send_audio(b"\xfc" + words.encode())

    def cut(self) -> None:
        for peer in (self.own, self.second):
            if peer is not None:
                peer.cut()


class Meeting:
    """An engine with its people."""

    def __init__(self, engine: MediaEngine, host: str) -> None:
        self.engine, self.host = engine, host
        self.events: list[EngineEvent] = []
        self.guests: dict[SeatKey, Guest] = {}
        self._happened = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        engine.listen(self._told)

    def _told(self, event: EngineEvent) -> None:
        self.events.append(event)
        self._happened.set()
        if isinstance(event, Offered):
            task = asyncio.get_running_loop().create_task(self._answer(event))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, offered: Offered) -> None:
        guest = self.guests[offered.key]
        first = guest.second is None
        if first:
            guest.second = RtpPeer(0, certificate=guest.own.certificate)
        assert guest.second is not None
        answer = guest.second.answer(offered.sdp)
        await self.engine.answered(offered.key, offered.generation, answer)
        if first:
            await guest.second.join(offered.sdp, host=self.host)

    async def join(self, key: SeatKey, *, generation: int = 1, slots: int = 3) -> Guest:
        guest = Guest(key, generation, slots)
        before = self.guests.get(key)
        self.guests[key] = guest
        answer = await self.engine.connect(key, generation, guest.own.offer())
        await guest.own.join(answer, host=self.host)
        await self.until(lambda: Connected(key, generation) in self.events)
        if before is not None:
            before.cut()
        return guest

    async def together(self, *keys: SeatKey, room: str = "main", audio: bool = True) -> None:
        """All of them hear and see each other."""
        links = [Link(a.seat, b.seat, audio=audio, video=True) for a in keys for b in keys if a != b]
        await self.forward(links, {key.seat: room for key in keys})

    async def forward(self, links: list[Link] | frozenset[Link], rooms: dict[str, str]) -> None:
        self.engine.forward(H, links, rooms)
        await self.engine.settled(H)

    async def until(self, true: Callable[[], bool], within_s: float = 15.0) -> None:
        async with asyncio.timeout(within_s):
            while not true():
                self._happened.clear()
                await self._happened.wait()

    async def hears(self, listener: Guest, words: str) -> None:
        await listener.receiving.until(lambda: words in listener.heard(), within_s=15)


def janus_engine(server: JanusServer) -> JanusEngine:
    return JanusEngine(JanusSettings(server.url, server.admin_url, API_SECRET, ADMIN_SECRET))


@pytest.fixture(params=["embedded", pytest.param("janus", marks=[pytest.mark.janus, pytest.mark.slow])])
def engine(request: pytest.FixtureRequest) -> tuple[MediaEngine, str]:
    """An engine that is not started yet, and the address that its media come to."""
    if request.param == "embedded":
        return EmbeddedEngine(EngineSettings(host="127.0.0.1", addresses=("127.0.0.1",))), "127.0.0.1"
    start: Start = request.getfixturevalue("janus")
    (server,) = start(1)
    return janus_engine(server), server.host


@asynccontextmanager
async def opened(engine: tuple[MediaEngine, str]) -> AsyncIterator[Meeting]:
    meeting = Meeting(*engine)
    await meeting.engine.start()
    try:
        yield meeting
    finally:
        for guest in meeting.guests.values():
            guest.cut()
        await meeting.engine.stop()


async def test_what_one_says_the_others_hear_and_nobody_else(engine: tuple[MediaEngine, str]) -> None:
    async with opened(engine) as meeting:
        qin, zhao, zhou = [await meeting.join(key) for key in (QIN, ZHAO, ZHOU)]
        await meeting.together(QIN, ZHAO)
        qin.say("good morning")
        await meeting.hears(zhao, "good morning")
        assert (qin.packets, zhou.packets) == ([], [])
        await meeting.engine.settled(H)
        assert meeting.engine.counts(H) == {("main", "main"): 1}


async def test_pictures_come_with_a_whole_one_that_was_asked_for(engine: tuple[MediaEngine, str]) -> None:
    async with opened(engine) as meeting:
        qin, zhao = await meeting.join(QIN), await meeting.join(ZHAO)
        qin.own.send_picture(key=True, picture_id=1)
        await meeting.together(QIN, ZHAO)
        qin.own.send_picture(picture_id=2)
        await qin.own.until(
            lambda: any(isinstance(p, RtcpPsfbPacket) and p.fmt == rtp.RTCP_PSFB_PLI for p in qin.own.rtcp), 15
        )
        qin.own.send_picture(key=True, picture_id=3)
        await zhao.receiving.until(lambda: any(p[16] == 0 for p in zhao.packets if len(p) > 20), 15)


async def test_muted_nothing_is_heard_and_the_picture_stays(engine: tuple[MediaEngine, str]) -> None:
    async with opened(engine) as meeting:
        qin, zhao = await meeting.join(QIN), await meeting.join(ZHAO)
        await meeting.together(QIN, ZHAO)
        await meeting.forward([Link("zhao", "qin", audio=False, video=True)], {"qin": "main", "zhao": "main"})
        zhao.say("not heard")
        zhao.own.send_picture(key=True)
        await qin.receiving.until(lambda: bool(qin.packets), 15)
        assert [packet[1] & 0x7F for packet in qin.packets] == [96]


async def test_the_map_of_slots_names_who_is_where_and_keeps_them_there(engine: tuple[MediaEngine, str]) -> None:
    async with opened(engine) as meeting:
        await meeting.join(QIN)
        await meeting.join(ZHAO)
        await meeting.together(QIN, ZHAO)
        assert [row.seat for row in meeting.engine.slots(QIN)] == ["zhao", None, None]
        await meeting.join(ZHOU)
        await meeting.together(QIN, ZHAO, ZHOU)
        assert [row.seat for row in meeting.engine.slots(QIN)] == ["zhao", "zhou", None]
        await meeting.together(QIN, ZHOU)
        assert [row.seat for row in meeting.engine.slots(QIN)] == [None, "zhou", None]
        assert SlotsChanged(QIN) in meeting.events


async def test_a_slot_stays_one_stream_when_another_person_takes_it(engine: tuple[MediaEngine, str]) -> None:
    async with opened(engine) as meeting:
        qin, zhao, zhou = [await meeting.join(key) for key in (QIN, ZHAO, ZHOU)]
        await meeting.together(QIN, ZHAO)
        for n in range(3):
            zhao.own.send_picture(key=n == 0, picture_id=100 + n)
        await qin.receiving.until(lambda: len(qin.packets) == 3, 15)
        await meeting.together(QIN, ZHOU)
        for n in range(3):
            zhou.own.send_picture(key=n == 0, picture_id=9000 + n)
        await qin.receiving.until(lambda: len(qin.packets) == 6, 15)
        assert len({unpack_from("!I", packet, 8)[0] for packet in qin.packets}) == 1
        seqs = [unpack_from("!H", packet, 2)[0] for packet in qin.packets]
        assert [(seq - seqs[0]) & 0xFFFF for seq in seqs] == [0, 1, 2, 3, 4, 5]
        assert qin.receiving.ssrcs[meeting.engine.slots(QIN)[0].video_mid] == unpack_from("!I", qin.packets[0], 8)[0]


async def test_a_newer_connection_takes_the_place_of_the_old_one(engine: tuple[MediaEngine, str]) -> None:
    async with opened(engine) as meeting:
        old, zhao = await meeting.join(QIN), await meeting.join(ZHAO)
        await meeting.together(QIN, ZHAO)
        new = await meeting.join(QIN, generation=2)
        await meeting.engine.settled(H)
        zhao.say("are you back")
        await meeting.hears(new, "are you back")
        assert old.packets == []
        new.say("here I am")
        await meeting.hears(zhao, "here I am")


async def test_who_is_disconnected_neither_hears_nor_is_heard(engine: tuple[MediaEngine, str]) -> None:
    async with opened(engine) as meeting:
        qin, zhao, zhou = [await meeting.join(key) for key in (QIN, ZHAO, ZHOU)]
        await meeting.together(QIN, ZHAO, ZHOU)
        meeting.engine.disconnect(ZHAO)
        await meeting.engine.settled(H)
        zhao.say("behind the door")
        qin.say("among us")
        await meeting.hears(zhou, "among us")
        assert "behind the door" not in zhou.heard()
        assert zhao.heard() == []
        assert {row.key for row in meeting.engine.statistics()} == {QIN, ZHOU}


async def test_it_tells_what_it_moved(engine: tuple[MediaEngine, str]) -> None:
    async with opened(engine) as meeting:
        qin, zhao = await meeting.join(QIN), await meeting.join(ZHAO)
        await meeting.together(QIN, ZHAO)
        for n in range(5):
            qin.say(f"word {n}")
        await meeting.hears(zhao, "word 4")
        await meeting.engine.settled(H)
        rows = {row.key: row for row in meeting.engine.statistics()}
        assert (rows[QIN].connected, rows[ZHAO].connected) == (True, True)
        assert (rows[QIN].received_packets, rows[ZHAO].sent_packets) == (5, 5)


@pytest.mark.parametrize("offer", ["", "garbage", "v=0\r\n"])
async def test_an_offer_that_cannot_be_answered_is_refused(engine: tuple[MediaEngine, str], offer: str) -> None:
    async with opened(engine) as meeting:
        with pytest.raises(BadOffer):
            await meeting.engine.connect(QIN, 1, offer)
        await meeting.join(ZHAO)


async def test_an_answer_to_no_offer_changes_nothing(engine: tuple[MediaEngine, str]) -> None:
    async with opened(engine) as meeting:
        qin, zhao = await meeting.join(QIN), await meeting.join(ZHAO)
        with pytest.raises(BadOffer):
            await meeting.engine.answered(ZHOU, 1, "v=0\r\n")
        await meeting.together(QIN, ZHAO)
        qin.say("still here")
        await meeting.hears(zhao, "still here")


NAMES = ("qin", "zhao", "zhou", "fang", "ma")
ROOMS = ("main", "caucus-1", "caucus-2", "waiting")
MOVES = 60


async def test_in_random_moves_nothing_is_heard_from_another_room(engine: tuple[MediaEngine, str]) -> None:
    """Five seats, four rooms; everybody speaks all the time, also while a move is under way."""
    chance = random.Random(20261125)
    where = dict.fromkeys(NAMES, "main")
    async with opened(engine) as meeting:
        people = {name: await meeting.join(SeatKey(H, name), slots=4) for name in NAMES}
        for move in range(MOVES):
            where[chance.choice(NAMES)] = chance.choice(ROOMS)
            places = [Place(name, SeatState.IN_ROOM, where[name]) for name in NAMES]
            meeting.engine.forward(H, forwarding.matrix(HearingState.IN_SESSION, places), dict(where))
            for guest in people.values():
                guest.own.send_picture(key=True, picture_id=move)
            await meeting.engine.settled(H)
            for guest in people.values():
                guest.packets.clear()
            for name, guest in people.items():
                guest.say(f"{name} {where[name]} {move}")
            for listener, speaker in product(NAMES, NAMES):
                if listener != speaker and where[listener] == where[speaker] != "waiting":
                    await meeting.hears(people[listener], f"{speaker} {where[speaker]} {move}")
            for listener in NAMES:
                words = [one.split() for one in people[listener].heard() if one.endswith(f" {move}")]
                assert all(one[1] == where[listener] != "waiting" for one in words), (listener, where, words)
        await meeting.engine.settled(H)
        counts = meeting.engine.counts(H)
        assert sum(n for (one, other), n in counts.items() if one != other or one == "waiting") == 0, counts
        assert sum(counts.values()) > MOVES


async def sessions(server: JanusServer) -> list[int]:
    """What the server itself says."""
    admin = Wire(server.admin_url, "janus-admin-protocol", {"admin_secret": ADMIN_SECRET})
    await admin.open()
    listening = asyncio.create_task(admin.run(lambda _event: None))
    found = list((await admin.ask("list_sessions"))["sessions"])
    await admin.close()
    await listening
    return found


@pytest.mark.janus
@pytest.mark.slow
async def test_when_live_dies_nothing_flows_on_undirected(janus: Start) -> None:
    (server,) = janus(1)
    engine = janus_engine(server)
    async with opened((engine, server.host)) as meeting:
        qin, zhao = await meeting.join(QIN), await meeting.join(ZHAO)
        await meeting.together(QIN, ZHAO)
        qin.say("one")
        await meeting.hears(zhao, "one")
        await engine._instance.stop()  # as after kill -9: the socket is closed and nobody says goodbye
        async with asyncio.timeout(10):
            while await sessions(server):
                pass  # each question is a round trip
        qin.say("two")
        zhao.say("three")
        assert (zhao.heard(), qin.heard()) == (["one"], [])


@pytest.mark.janus
@pytest.mark.slow
async def test_a_janus_that_ends_loses_everybody_and_is_found_again(janus: Start) -> None:
    (server,) = janus(1)
    async with opened((janus_engine(server), server.host)) as meeting:
        await meeting.join(QIN)
        server.kill()
        await meeting.until(lambda: Lost(QIN, 1) in meeting.events)
        assert not meeting.engine.available
        with pytest.raises(NoMedia):
            await meeting.engine.connect(ZHAO, 1, RtpPeer(3).offer())
