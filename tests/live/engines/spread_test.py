"""Several engines share the hearings: by load, drained while in use, from one kind to the other. Nobody is lost."""

from collections.abc import Awaitable, Callable

import pytest

from mediation.live.engines.contract import Lost, MediaEngine, NoMedia, SeatKey
from mediation.live.engines.embedded import EmbeddedEngine, EngineSettings
from mediation.live.engines.janus import let_in
from mediation.live.engines.spread import SpreadEngine
from tests.fixtures.janus import ADMIN_SECRET, JanusServer
from tests.fixtures.rtp_peer import RtpPeer
from tests.live.engines.contract_test import QIN, ZHAO, Guest, H, Meeting, janus_engine, opened

ALL = {("main", "main"): 2}


def embedded(host: str = "127.0.0.1") -> EmbeddedEngine:
    return EmbeddedEngine(EngineSettings(host=host, addresses=(host,)))


async def speak(meeting: Meeting, qin: Guest, zhao: Guest, words: str) -> None:
    qin.say(words)
    await meeting.hears(zhao, words)


async def moved(meeting: Meeting, move: Callable[[], Awaitable[None]]) -> tuple[Guest, Guest]:
    """Both are told that their media are lost, and offer again, as their browsers do by themselves."""
    slots = [row.seat for row in meeting.engine.slots(QIN)]
    await move()
    await meeting.until(lambda: {Lost(QIN, 1), Lost(ZHAO, 1)} <= set(meeting.events))
    again = await meeting.join(QIN, generation=2), await meeting.join(ZHAO, generation=2)
    await meeting.engine.settled(H)
    assert [row.seat for row in meeting.engine.slots(QIN)] == slots == ["zhao", None, None]
    return again


async def test_new_hearings_go_where_fewest_seats_are() -> None:
    first, second = embedded(), embedded()
    spread = SpreadEngine([first, second])
    async with opened((spread, "127.0.0.1")) as meeting:
        for name in ("a", "b", "c", "d"):
            await meeting.join(SeatKey(name, "qin"))
        assert [spread.engine_of(name) for name in "abcd"] == [first, second, first, second]
        await meeting.join(SeatKey("a", "zhao"))
        assert spread.engine_of("a") is first
        assert (spread.load(first), spread.load(second)) == (3, 2)


async def test_a_drained_engine_hands_its_hearing_over_and_the_counters_go_on() -> None:
    first, second = embedded(), embedded()
    spread = SpreadEngine([first, second])
    async with opened((spread, "127.0.0.1")) as meeting:
        qin, zhao = await meeting.join(QIN), await meeting.join(ZHAO)
        await meeting.together(QIN, ZHAO)
        await speak(meeting, qin, zhao, "before")

        async def move() -> None:
            spread.drain(first)

        qin, zhao = await moved(meeting, move)
        await speak(meeting, qin, zhao, "after")
        assert spread.engine_of(H) is second
        assert spread.counts(H) == ALL
        spread.drain(second)
        with pytest.raises(NoMedia):
            await spread.connect(SeatKey("late", "qin"), 1, RtpPeer(3).offer())


@pytest.mark.janus
@pytest.mark.slow
async def test_from_the_embedded_engine_to_janus_and_back(janus: Callable[[int], list[JanusServer]]) -> None:
    (server,) = janus(1)
    for order in ((embedded(server.host), janus_engine(server)), (janus_engine(server), embedded(server.host))):
        spread = SpreadEngine(order)
        async with opened((spread, server.host)) as meeting:
            await two_engines(meeting, spread, order)


async def two_engines(meeting: Meeting, spread: SpreadEngine, order: tuple[MediaEngine, MediaEngine]) -> None:
    qin, zhao = await meeting.join(QIN), await meeting.join(ZHAO)
    await meeting.together(QIN, ZHAO)
    await speak(meeting, qin, zhao, "before")
    await meeting.engine.settled(H)

    async def move() -> None:
        spread.drain(order[0])

    qin, zhao = await moved(meeting, move)
    await speak(meeting, qin, zhao, "after")
    await meeting.engine.settled(H)
    assert spread.counts(H) == ALL


@pytest.mark.janus
@pytest.mark.slow
@pytest.mark.parametrize("how", ["drained", "killed"])
async def test_one_of_two_janus_servers_is_drained_or_dies_while_in_use(
    janus: Callable[[int], list[JanusServer]], how: str
) -> None:
    first, second = janus(2)
    spread = SpreadEngine([janus_engine(first), janus_engine(second)])
    async with opened((spread, first.host)) as meeting:
        qin, zhao = await meeting.join(QIN), await meeting.join(ZHAO)
        await meeting.together(QIN, ZHAO)
        await speak(meeting, qin, zhao, "before")
        await meeting.engine.settled(H)

        async def move() -> None:
            if how == "drained":
                await let_in(first.admin_url, ADMIN_SECRET, accept=False)
            else:
                first.kill()

        qin, zhao = await moved(meeting, move)
        await speak(meeting, qin, zhao, "after")
        await meeting.engine.settled(H)
        assert spread.counts(H) == ALL
