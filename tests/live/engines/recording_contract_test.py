"""The contract's "record a source", for every engine: what is handed over, and that nothing is when nobody records."""

import asyncio
from collections.abc import Callable

import pytest

from mediation.live.engines.contract import Lost, MediaEngine
from mediation.live.engines.embedded import EmbeddedEngine, EngineSettings
from mediation.live.engines.janus import engine as janus_engine_module
from mediation.live.engines.janus import seat
from mediation.live.engines.janus.engine import JanusEngine
from mediation.live.engines.janus.wire import Wire
from mediation.live.engines.spread import SpreadEngine
from tests.fixtures.janus import API_SECRET, JanusServer
from tests.live.engines.contract_test import QIN, ZHAO, ZHOU, Guest, H, Meeting, janus_engine, opened
from tests.live.engines.contract_test import engine as engine  # noqa: PLC0414 - a fixture
from tests.live.engines.embedded_test import asked_for_key_frame, seq_of, ssrc_of

Engine = tuple[MediaEngine, str]


class Kept:
    """A sink that keeps what it is handed, and tells who waits for it."""

    def __init__(self) -> None:
        self.sound: list[bytes] = []
        self.picture: list[bytes] = []
        self._came = asyncio.Event()

    def packet(self, packet: memoryview, *, video: bool) -> None:
        (self.picture if video else self.sound).append(bytes(packet))
        self._came.set()

    def report(self, ssrc: int, ntp: int, timestamp: int) -> None:
        """Not every engine tells it."""

    @property
    def words(self) -> list[str]:
        return [packet[13:].decode() for packet in self.sound]

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(15):
            while not true():
                self._came.clear()
                await self._came.wait()


async def recorded(meeting: Meeting, *seats: str) -> None:
    async with asyncio.timeout(15):
        while meeting.engine.recorded(H) != set(seats):
            await meeting.engine.settled(H)
            await asyncio.sleep(0)


async def heard(meeting: Meeting, speaker: Guest, listener: Guest, words: str) -> None:
    speaker.say(words)
    await meeting.hears(listener, words)


async def test_what_a_recorded_seat_sends_is_handed_over_as_it_came(engine: Engine) -> None:
    kept = Kept()
    async with opened(engine) as meeting:
        qin, zhao = await meeting.join(QIN), await meeting.join(ZHAO)
        await meeting.together(QIN, ZHAO)
        meeting.engine.record(ZHAO, kept)
        await recorded(meeting, "zhao")
        zhao.own.send_picture(picture_id=4)
        await zhao.own.until(lambda: asked_for_key_frame(zhao.own), 15)
        zhao.own.send_picture(key=True, picture_id=5)
        await heard(meeting, qin, zhao, "nobody records me")
        sent = [zhao.own.send_audio(b"\xfcto be"), zhao.own.send_audio(b"\xfckept")]
        await kept.until(lambda: kept.words == ["to be", "kept"] and len(kept.picture) == 2)
        assert [ssrc_of(packet) for packet in kept.sound] == [zhao.own.audio_ssrc] * 2
        came = [seq_of(packet) for packet in kept.sound]
        assert (came[1] - came[0]) % 65536 == (sent[1] - sent[0]) % 65536
        assert {ssrc_of(packet) for packet in kept.picture} == {zhao.own.video_ssrc}


async def test_sound_alone_is_recorded_of_a_seat_whose_picture_is_off(engine: Engine) -> None:
    kept = Kept()
    async with opened(engine) as meeting:
        qin, zhao = await meeting.join(QIN), await meeting.join(ZHAO)
        await meeting.together(QIN, ZHAO)
        meeting.engine.record(ZHAO, kept, video=False)
        await recorded(meeting, "zhao")
        zhao.own.send_picture(key=True)
        await qin.receiving.until(lambda: len(qin.packets) == 1, 15)
        zhao.say("sound")
        await kept.until(lambda: kept.words == ["sound"])
        assert kept.picture == []
        meeting.engine.record(ZHAO, kept, audio=False)
        await recorded(meeting, "zhao")
        await heard(meeting, zhao, qin, "not kept")
        zhao.own.send_picture(key=True)
        await kept.until(lambda: len(kept.picture) == 1)
        assert kept.words == ["sound"]


async def test_from_the_moment_it_is_stopped_nothing_is_handed_over(engine: Engine) -> None:
    kept = Kept()
    async with opened(engine) as meeting:
        qin, zhao = await meeting.join(QIN), await meeting.join(ZHAO)
        await meeting.together(QIN, ZHAO)
        meeting.engine.record(ZHAO, kept)
        await recorded(meeting, "zhao")
        zhao.say("one")
        await kept.until(lambda: kept.words == ["one"])
        meeting.engine.record(ZHAO, None)
        assert meeting.engine.recorded(H) == frozenset()
        await heard(meeting, zhao, qin, "two")
        meeting.engine.record(ZHAO, kept)
        await recorded(meeting, "zhao")
        zhao.say("three")
        await kept.until(lambda: len(kept.words) == 2)
        assert kept.words == ["one", "three"]


async def test_a_recording_goes_on_over_a_new_connection_and_its_truth_follows_the_line(engine: Engine) -> None:
    kept = Kept()
    async with opened(engine) as meeting:
        qin, first = await meeting.join(QIN), await meeting.join(ZHAO)
        meeting.engine.record(ZHAO, kept)
        await recorded(meeting, "zhao")
        meeting.engine.disconnect(ZHAO)
        assert meeting.engine.recorded(H) == frozenset(), "nobody is there to be recorded"
        first.cut()
        again = await meeting.join(ZHAO, generation=2)
        await recorded(meeting, "zhao")
        await meeting.together(QIN, ZHAO)
        await heard(meeting, again, qin, "back")
        await kept.until(lambda: kept.words == ["back"])
        assert ssrc_of(kept.sound[0]) == again.own.audio_ssrc
        meeting.engine.close(H)
        assert meeting.engine.recorded(H) == frozenset()


async def test_a_seat_that_is_not_there_yet_is_recorded_from_its_coming(engine: Engine) -> None:
    kept = Kept()
    async with opened(engine) as meeting:
        meeting.engine.record(ZHOU, kept)
        assert meeting.engine.recorded(H) == frozenset()
        zhou = await meeting.join(ZHOU)
        await recorded(meeting, "zhou")
        zhou.say("here")
        await kept.until(lambda: kept.words == ["here"])


# ---- Janus: physically absent when off


async def forwarders(server: JanusServer, engine: JanusEngine) -> int:
    """What the server itself forwards out of the hearing's room, sealed or not."""
    room = await engine._hearings[H].room()
    wire = Wire(server.url, "janus-protocol", {"apisecret": API_SECRET})
    await wire.open()
    listening = asyncio.create_task(wire.run(lambda _event: None))
    session = (await wire.ask("create"))["data"]["id"]
    handle = (await wire.ask("attach", session_id=session, plugin="janus.plugin.videoroom"))["data"]["id"]
    body = {"request": "listforwarders", "room": room.number, "secret": room.secret}
    told = await wire.ask("message", session_id=session, handle_id=handle, body=body)
    await wire.close()
    await listening
    streams = [one for row in told["plugindata"]["data"]["publishers"] for one in row["forwarders"]]
    assert all(one["srtp"] and one["host"] == "127.0.0.1" for one in streams), streams
    return len(streams)


async def no_forwarders(server: JanusServer, engine: JanusEngine) -> None:
    async with asyncio.timeout(5):
        while await forwarders(server, engine):  # each look is a question to Janus, which takes its time
            pass


@pytest.mark.janus
@pytest.mark.slow
async def test_janus_forwards_nothing_to_anybody_unless_it_is_recorded(
    janus: Callable[[int], list[JanusServer]],
) -> None:
    (server,) = janus(1)
    engine = janus_engine(server)
    async with opened((engine, server.host)) as meeting:
        await meeting.join(QIN)
        await meeting.join(ZHAO)
        await meeting.together(QIN, ZHAO)
        assert await forwarders(server, engine) == 0
        engine.record(ZHAO, Kept())
        await recorded(meeting, "zhao")
        assert await forwarders(server, engine) == 2
        engine.record(QIN, Kept(), video=False)
        await recorded(meeting, "zhao", "qin")
        assert await forwarders(server, engine) == 3
        engine.record(ZHAO, None)
        engine.record(QIN, None)
        await no_forwarders(server, engine)
        for _ in range(5):  # on and off while Janus is still at it
            engine.record(ZHAO, Kept())
            engine.record(ZHAO, None)
        await meeting.engine.settled(H)
        await no_forwarders(server, engine)
        assert engine.recorded(H) == frozenset()


@pytest.mark.janus
@pytest.mark.slow
async def test_what_lies_on_the_socket_cannot_be_read_or_made_up(
    janus: Callable[[int], list[JanusServer]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sealed by a key of its own: not a word of it is seen on the way, and what others send there is nobody's."""
    from mediation.live.engines.janus.tap import Tap

    (server,) = janus(1)
    kept, raw, taken = Kept(), [], Tap.datagram_received

    def watched(tap: Tap, data: bytes, addr: object) -> None:
        raw.append(data)
        taken(tap, b"\x80\x6f" + bytes(10) + b"\xfcmade up", addr)
        taken(tap, data, addr)

    monkeypatch.setattr(Tap, "datagram_received", watched)
    async with opened((janus_engine(server), server.host)) as meeting:
        zhao = await meeting.join(ZHAO)
        meeting.engine.record(ZHAO, kept)
        await recorded(meeting, "zhao")
        zhao.say("in confidence")
        await kept.until(lambda: bool(kept.sound))
        assert kept.words == ["in confidence"]
        assert not any(b"in confidence" in one for one in raw)


@pytest.mark.janus
@pytest.mark.slow
async def test_where_nothing_arrives_nobody_is_said_to_be_recorded(
    janus: Callable[[int], list[JanusServer]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Janus that confirms and whose packets end elsewhere."""
    (server,) = janus(1)
    monkeypatch.setattr(janus_engine_module, "COUNT_EVERY_S", 1.0)
    monkeypatch.setattr(seat, "HOST", "127.0.0.2")
    async with opened((janus_engine(server), server.host)) as meeting:
        zhao = await meeting.join(ZHAO)
        meeting.engine.record(ZHAO, Kept(), video=False)
        await recorded(meeting, "zhao")
        async with asyncio.timeout(10):
            while meeting.engine.recorded(H):
                zhao.say("is anybody there")
                await meeting.engine.settled(H)
                await asyncio.sleep(0.01)


@pytest.mark.janus
@pytest.mark.slow
async def test_a_janus_that_dies_is_said_and_the_next_one_records_on(
    janus: Callable[[int], list[JanusServer]],
) -> None:
    first, second = janus(2)
    spread = SpreadEngine([janus_engine(first), janus_engine(second)])
    kept = Kept()
    async with opened((spread, first.host)) as meeting:
        await meeting.join(ZHAO)
        await meeting.together(ZHAO)
        spread.record(ZHAO, kept)
        await recorded(meeting, "zhao")
        first.kill()
        await meeting.until(lambda: Lost(ZHAO, 1) in meeting.events, 5)
        assert spread.recorded(H) == frozenset()
        again = await meeting.join(ZHAO, generation=2)
        await recorded(meeting, "zhao")
        again.say("here I am")
        await kept.until(lambda: kept.words == ["here I am"])


@pytest.mark.janus
@pytest.mark.slow
async def test_a_hearing_that_moves_to_another_kind_of_engine_is_recorded_there(
    janus: Callable[[int], list[JanusServer]],
) -> None:
    (server,) = janus(1)
    old, new = janus_engine(server), EmbeddedEngine(EngineSettings(host=server.host, addresses=(server.host,)))
    spread = SpreadEngine([old, new])
    kept = Kept()
    async with opened((spread, server.host)) as meeting:
        await meeting.join(ZHAO)
        await meeting.together(ZHAO)
        spread.record(ZHAO, kept)
        await recorded(meeting, "zhao")
        spread.drain(old)
        assert spread.recorded(H) == frozenset()
        again = await meeting.join(ZHAO, generation=2)
        await recorded(meeting, "zhao")
        again.say("over here")
        await kept.until(lambda: kept.words == ["over here"])
        assert old.recorded(H) == frozenset()
