"""A real `live` records real packets: consent, the truth on every screen, alarms, files that survive a kill."""

import asyncio
import errno
import os
import signal
import threading
from base64 import b64decode
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import av
import pytest
from aiortc.rtp import RtcpSenderInfo, RtcpSrPacket
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes.rules.codes import PartyRole
from mediation.hearings import service
from mediation.hearings.models import Hearing, Recording, RecordingSource
from mediation.hearings.rules.codes import RecordingState
from mediation.hearings.rules.consent import Taken
from mediation.hearings.storage import RecordingFiles, install, recordings
from mediation.kernel.actor import Actor
from mediation.kernel.log import LogEntry
from mediation.kernel.sealed import SealedReader
from mediation.kernel.wake import Nudger
from mediation.live.bridge import Bridge
from mediation.live.engines.contract import SeatKey
from mediation.live.recording.recorder import Recorder
from mediation.settings import Settings
from tests.cast import QIN
from tests.factories.disputes import as_party
from tests.factories.hearings import booked_hearing
from tests.fixtures.recorded import pictures, sounds
from tests.fixtures.rtp_peer import RtpPeer
from tests.fixtures.servers import free_port
from tests.fixtures.visitors import Browser
from tests.live.engines.embedded_test import opened as engine_opened
from tests.live.live_test import PORTS, House, opened, started

pytestmark = pytest.mark.db


@pytest.fixture
def visit(settings: Settings, session: Session, clock, staff) -> Callable[[], AbstractAsyncContextManager[House]]:
    """A running `live` with a booked hearing of Qin, Zhao and Zhou."""
    ports = {name: free_port() for name in PORTS}
    chosen = settings.model_copy(update={**ports, "media_host": "127.0.0.1", "media_addresses": ("127.0.0.1",)})
    return partial(opened, chosen, session, visitors(session, clock, staff), clock)


def visitors(session: Session, clock, staff) -> tuple[Hearing, dict[str, Actor]]:
    hearing = booked_hearing(session, clock, staff(QIN))
    case = hearing.case
    actors = {"qin": staff(QIN), "zhao": as_party(case), "zhou": as_party(case, PartyRole.RESPONDENT)}
    session.commit()
    return hearing, actors


def on(browser: Browser) -> bool:
    return bool((browser.last("state") or {"recording": {"on": False}})["recording"]["on"])


async def agreed(house: House) -> tuple[Browser, Browser, Browser]:
    """All in the session, with media; both parties have said yes to the question."""
    qin, zhao, zhou = await house.all_in_session()
    await qin.send("record", step="ask")
    for party in (zhao, zhou):
        await party.until(lambda party=party: party.last("state")["recording"]["consent"] == "asked")
        await party.send("consent", step="give")
    await qin.until(lambda: "start" in qin.last("state")["recording"]["steps"])
    return qin, zhao, zhou


async def recording(house: House) -> tuple[Browser, Browser, Browser]:
    everybody = await agreed(house)
    await everybody[0].send("record", step="start")
    for browser in everybody:
        await browser.until(lambda browser=browser: on(browser))
    return everybody


def play(peer: RtpPeer | None, seconds: float = 1) -> None:
    """So much sound and picture at once: its time stamps say when it was."""
    assert peer is not None
    for frame in sounds(seconds):
        peer.send_audio(frame.data)
    for number, frame in enumerate(pictures(seconds)):
        peer.send_encoded(frame.data, picture_id=number)


async def settled(house: House, *, n_files: int) -> list[RecordingSource]:
    """Wait until so many files are closed in order; a thread of `live` writes it into the database."""
    query = select(RecordingSource).where(RecordingSource.ended_at.is_not(None)).order_by(RecordingSource.id)
    async with asyncio.timeout(15):
        while True:
            house.session.rollback()
            closed = list(house.session.scalars(query))
            if len(closed) >= n_files:
                return closed
            await asyncio.sleep(0.05)


def length_of(source: RecordingSource) -> float:
    """Seconds that can be decoded out of a file."""
    file = SealedReader(recordings().open(source.public_id), b64decode(source.data_key), source.public_id)
    with file, av.open(file) as film:
        stream = film.streams[0]
        stamps = [frame.time for frame in film.decode(stream) if frame.time is not None]
    return max(stamps, default=0.0) + (0.04 if source.video else 0.02)


def logged(session: Session) -> list[str]:
    session.rollback()
    names = session.scalars(select(LogEntry.name).order_by(LogEntry.id))
    return [name for name in names if name.startswith(("consent", "recording"))]


async def test_it_is_recorded_when_all_agree_and_every_screen_says_so(visit, session) -> None:
    async with visit() as house:
        qin, zhao, zhou = await recording(house)
        play(zhao.media)
        play(zhou.media)
        await qin.media.until(lambda: len(qin.media.packets) >= 150)
        await qin.send("record", step="stop")
        for browser in (qin, zhao, zhou):
            await browser.until(lambda browser=browser: not on(browser))
        sources = await settled(house, n_files=4)
        assert [round(length_of(source), 1) for source in sources] == [1.0] * 4
        assert all(source.sha256 and source.n_bytes for source in sources)
        kept = [path.read_bytes() for path in recordings().folder.iterdir()]
        assert not any(b"matroska" in content for content in kept), "sealed on the disk"
        names = logged(session)
        assert names == ["consent_moved"] * 4 + ["recording_started", "recording_moved"]


async def test_while_it_is_off_no_file_and_no_buffer_is_there(visit, session) -> None:
    async with visit() as house:
        qin, zhao, _ = await agreed(house)
        play(zhao.media)
        await qin.media.until(lambda: len(qin.media.packets) >= 75)
        assert not any(on(browser) for browser in house.browsers)
        assert not recordings().folder.exists()
        await qin.send("record", step="start")
        await qin.until(lambda: on(qin))
        await qin.send("record", step="pause")
        await qin.until(lambda: not on(qin))
        n_before = len(qin.media.packets)
        play(zhao.media)
        await qin.media.until(lambda: len(qin.media.packets) > n_before + 70)
        await qin.send("record", step="stop")
        await qin.until(lambda: qin.last("state")["recording"]["state"] == "off")
        assert list(recordings().keys()) == []


async def test_one_who_takes_it_back_stops_it_for_all_at_once(visit, session) -> None:
    async with visit() as house:
        qin, zhao, zhou = await recording(house)
        play(zhao.media)
        await zhou.send("consent", step="withdraw")
        for browser in (qin, zhao, zhou):
            await browser.until(lambda browser=browser: not on(browser))
        state = qin.last("state")["recording"]
        assert (state["state"], state["alarm"]) == ("off", "")
        assert {row["consent"] for row in state["consents"]} == {"given", "withdrawn"}
        session.rollback()
        assert session.scalars(select(Recording.state)).all() == [RecordingState.DELETED]


async def test_without_everybodys_yes_nothing_begins_and_a_newcomer_holds_it_up(visit, session) -> None:
    async with visit() as house:
        qin, zhao, zhou = await house.all_in_session()
        await qin.send("record", step="start", ref=1)
        await qin.until(lambda: (qin.last("problem") or {}).get("code") == "recording_not_agreed")
        await qin.send("seat", step="dismiss", seat=zhou.you["seat"])
        await zhou.is_in("waiting")
        await zhao.send("consent", step="give")
        await qin.until(lambda: "start" in qin.last("state")["recording"]["steps"])
        await qin.send("record", step="start")
        await zhao.until(lambda: on(zhao))
        await qin.send("seat", step="admit", seat=zhou.you["seat"])
        await qin.until(lambda: qin.last("state")["recording"]["held"] == "recording_not_agreed" and not on(qin))
        await zhou.send("consent", step="give")
        await qin.until(lambda: on(qin))


async def test_the_whole_session_is_asked_for_and_recorded_apart_from_the_read_back(visit) -> None:
    async with visit() as house:
        qin, zhao, zhou = await agreed(house)
        await qin.send("record", step="ask", purpose="session")
        for party in (zhao, zhou):
            await party.until(lambda party=party: party.last("state")["recording"]["purpose"] == "session")
            assert party.last("state")["recording"]["consent"] == "asked"
        await qin.send("record", step="start", purpose="session", ref=1)
        await qin.until(lambda: (qin.last("problem") or {}).get("code") == "recording_not_agreed")
        for party in (zhao, zhou):
            await party.send("consent", step="give", purpose="session")
            await party.until(lambda party=party: party.last("state")["recording"]["consent"] == "given")
        await qin.send("record", step="start", purpose="session")
        await qin.until(lambda: on(qin))
        assert qin.last("state")["recording"]["purpose"] == "session"


async def test_in_a_room_apart_nobody_is_recorded(visit, session) -> None:
    async with visit() as house:
        qin, zhao, zhou = await recording(house)
        await qin.send("caucus_invite", seats=[zhao.you["seat"]])
        await zhao.until(lambda: bool(zhao.last("state")["caucuses"]))
        caucus = zhao.last("state")["caucuses"][0]["id"]
        await zhao.send("caucus_answer", caucus=caucus, accept=True)
        await zhao.until(lambda: zhao.you["room"].startswith("caucus"))
        for browser in (qin, zhao, zhou):
            await browser.until(lambda browser=browser: not on(browser))
        zhao.media.send_audio(b"\xfcfor your ears only")
        await qin.media.until(lambda: bool(qin.media.packets))
        await qin.send("record", step="stop")
        await qin.until(lambda: qin.last("state")["recording"]["state"] == "off")
        assert list(recordings().keys()) == []


@dataclass(frozen=True, slots=True)
class FullDisk(RecordingFiles):
    """The kernel's own device that is always full."""

    def create(self, key: str) -> BinaryIO:  # noqa: ARG002
        return Path("/dev/full").open("rb+", buffering=0)


@dataclass(frozen=True, slots=True)
class BadDisk(RecordingFiles):
    def create(self, key: str) -> BinaryIO:
        raise OSError(errno.EIO, os.strerror(errno.EIO), key)


@pytest.mark.parametrize(("disk", "why"), [(FullDisk, "disk_full"), (BadDisk, "write_failed")])
async def test_a_disk_that_fails_stops_the_recording_with_an_alarm_and_not_the_hearing(
    visit, session, tmp_path, disk, why
) -> None:
    install(disk(tmp_path / "recordings"))
    async with visit() as house:
        qin, zhao, zhou = await recording(house)
        began = asyncio.get_running_loop().time()
        play(zhao.media)
        for browser in (qin, zhao, zhou):
            await browser.until(lambda browser=browser: browser.last("state")["recording"]["alarm"] == why)
        assert asyncio.get_running_loop().time() - began < 5
        await qin.until(lambda: qin.last("state")["recording"]["state"] == "off")
        assert not on(qin)
        assert "recording_alarmed" in logged(session)
        n_before = len(qin.media.packets)
        zhao.media.send_audio()
        await qin.media.until(lambda: len(qin.media.packets) > n_before)
        assert qin.hearing["state"] == "in_session"


@dataclass(frozen=True, slots=True)
class HungDisk(RecordingFiles):
    """A file that does not even open, as on a network disk that is gone: a pipe that nobody reads."""

    back: threading.Event = field(default_factory=threading.Event)

    def create(self, key: str) -> BinaryIO:
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.back.is_set():
            os.mkfifo(self.folder / key)
        return (self.folder / key).open("wb", buffering=0)


async def test_a_disk_that_hangs_is_an_alarm_and_the_hearing_goes_on(visit, session, tmp_path) -> None:
    disk = HungDisk(tmp_path / "recordings")
    install(disk)
    async with visit() as house:
        qin, zhao, _ = await recording(house)
        play(zhao.media)
        await qin.until(lambda: qin.last("state")["recording"]["alarm"] == "not_written")
        await qin.until(lambda: qin.last("state")["recording"]["state"] == "off" and not on(qin))
        assert "recording_alarmed" in logged(session)
        n_before = len(qin.media.packets)
        zhao.media.send_audio()
        await qin.media.until(lambda: len(qin.media.packets) > n_before)
        disk.back.set()  # or the thread that opens the next file would hang for ever, and the process with it
        hung = [os.open(path, os.O_RDONLY | os.O_NONBLOCK) for path in disk.folder.iterdir()]
    for handle in hung:
        os.close(handle)


async def test_a_recording_that_nobody_sends_to_is_an_alarm_until_somebody_does(visit, session) -> None:
    async with visit() as house:
        qin, zhao, zhou = await recording(house)
        for browser in (qin, zhao, zhou):
            await browser.media.leave()
        await qin.until(lambda: not on(qin))
        await qin.until(lambda: qin.last("state")["recording"]["alarm"] == "no_media")
        assert qin.last("state")["recording"]["state"] == "running"
        await zhao.publish(2)
        await qin.until(lambda: on(qin) and not qin.last("state")["recording"]["alarm"])
        assert logged(session).count("recording_alarmed") == 1


async def test_two_peoples_files_lie_where_their_own_clocks_say(visit, session) -> None:
    """Zhao's device is an hour wrong and its sound comes late; by its reports it was taken when Zhou's was."""
    async with visit() as house:
        qin, zhao, zhou = await recording(house)
        now = datetime.now(UTC).timestamp()
        for party, wrong_s, late_s in ((zhao, 3600.0, 0.7), (zhou, -5.0, 0.0)):
            first = party.media.timestamp[False] + 960
            party.media.send_audio(sounds(1)[0].data)
            # The report says that the first frame was taken `late_s` before the report was sent.
            info = RtcpSenderInfo(int((now + wrong_s) * 2**32), (first + int(late_s * 48_000)) % 2**32, 1, 1)
            party.media.send_rtcp(RtcpSrPacket(party.media.audio_ssrc, info))
        await qin.media.until(lambda: len(qin.media.packets) >= 2)
        await qin.send("record", step="stop")
        first, second = sorted(await settled(house, n_files=2), key=lambda source: source.begins_ms)
        assert 600 <= second.begins_ms - first.begins_ms <= 900


async def test_what_ends_does_so_before_a_move_holds_and_what_begins_after(sessions, clock, tmp_path) -> None:
    bridge = Bridge(sessions, clock, Nudger(()))
    async with engine_opened() as room:
        recorder = Recorder(bridge, room.engine, RecordingFiles(tmp_path / "recordings"), lambda _hearing: None)
        zhao, zhou = Taken("zhao", audio=True, video=True), Taken("zhou", audio=True, video=True)
        for seat in ("zhao", "zhou"):
            await room.join(SeatKey("h", seat))
        recorder.follow(1, "h", 7, [zhao])
        assert room.engine.recorded("h") == {"zhao"}
        recorder.narrow(1, 7, [zhou])
        assert room.engine.recorded("h") == frozenset(), "who goes is cut, who comes is not recorded yet"
        recorder.follow(1, "h", 7, [zhou])
        assert room.engine.recorded("h") == {"zhou"}
        recorder.narrow(1, None, [])
        assert room.engine.recorded("h") == frozenset()
        await recorder.stop()
    bridge.close()


async def play_as_it_happens(peer: RtpPeer, seconds: int) -> None:
    loop = asyncio.get_running_loop()
    began, voice = loop.time(), sounds(seconds)
    for n, frame in enumerate(pictures(seconds)):
        peer.send_encoded(frame.data, picture_id=n)
        for sound in voice[2 * n : 2 * n + 2]:
            peer.send_audio(sound.data)
        await asyncio.sleep(max(0.0, began + (n + 1) * 0.04 - loop.time()))


@pytest.mark.slow
async def test_killed_in_the_middle_all_but_the_last_seconds_can_be_read(settings, session, clock, staff) -> None:
    """`live` as its own process, kill -9 while it records; then again, and the recording goes on in a new take."""
    chosen = settings.model_copy(update={name: free_port() for name in PORTS})
    hearing, actors = visitors(session, clock, staff)
    now = lambda: datetime.now(UTC)  # noqa: E731
    hearing.booking.starts_at, hearing.booking.ends_at = now(), now() + timedelta(hours=1)
    session.commit()
    process = await started(chosen)
    house = House(chosen, session, hearing, actors, now)
    try:
        _, zhao, _ = await recording(house)
        await play_as_it_happens(zhao.media, 4)
        process.send_signal(signal.SIGKILL)
        await process.wait()
        session.rollback()
        sources = session.scalars(select(RecordingSource)).all()
        assert len(sources) == 2
        assert all(length_of(source) >= 2.0 and source.ended_at is None for source in sources)
        process = await started(chosen)
        await recorded_again(house)
        session.rollback()
        assert session.scalars(select(RecordingSource.take).order_by(RecordingSource.id)).all() == [1, 1, 2, 2]
        payload: dict[str, Any] = {"recording_id": session.scalars(select(Recording.id)).one(), "key": "k"}
        result = service.compose_recording(session, payload, datetime(2100, 1, 1, tzinfo=UTC))
        assert result["composed"].duration_ms >= 3000
    finally:
        await house.close()
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 15) == 0


async def recorded_again(house: House) -> None:
    """Everybody comes back, a second more is recorded, the mediator stops it."""
    back = [await house.enter(name) for name in ("qin", "zhao", "zhou")]
    for browser in back:
        await browser.is_in("in_room")
        await browser.publish(2)
    for browser in back:
        await browser.until(lambda browser=browser: on(browser))
    play(back[1].media)
    await back[0].media.until(lambda: len(back[0].media.packets) > 70)
    await back[0].send("record", step="stop")
    await settled(house, n_files=2)
