"""The recorder of a `live` process: what is to be recorded is, what is not to be leaves no byte anywhere, and whatever
goes wrong is said within 5 seconds. A recording that fails ends; the hearing does not notice.
"""

import asyncio
import errno
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Final, TypeVar

import structlog
from av.error import FFmpegError
from sqlalchemy.exc import SQLAlchemyError

from mediation.hearings import service
from mediation.hearings.errors import Elsewhere
from mediation.hearings.rules.consent import Taken
from mediation.hearings.storage import RecordingFiles
from mediation.kernel.errors import Refused
from mediation.live.bridge import Bridge
from mediation.live.engines.contract import MediaEngine, SeatKey
from mediation.live.recording.frames import Packet
from mediation.live.recording.sinks import SeatSink, Stream
from mediation.live.recording.source import SourceFile

log = structlog.get_logger()
Result = TypeVar("Result")

TURN_S: Final = 0.5
"""From a packet to the disk; a killed process loses this, and what its last cluster had not filled."""
SYNC_EVERY: Final = 2
"""Turns between two fsyncs of a file: a power loss loses a second more than a killed process."""
BREATH_S: Final = 0.004
NOTE_EVERY: Final = 8
"""Turns between two notes of how far the files are."""
ALARM_AFTER_S: Final = 4.0
"""Nothing is written, or nothing comes: said within 5 s (shared/HEARINGS.md section 5 no. 6)."""
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Truth:
    """What every screen shows: by the engine and the disk, not by the button."""

    on: bool
    """Somebody is handed to the recorder now."""
    alarm: str
    """It should be recording and is not: why; empty when all is well."""


OFF: Final = Truth(on=False, alarm="")


@dataclass(slots=True)
class _Running:
    """One recording while this process makes it."""

    hearing_id: int
    hearing: str
    recording_id: int
    began_at: float
    sinks: dict[str, SeatSink] = field(default_factory=dict)
    taken: dict[str, Taken] = field(default_factory=dict)
    """What is recorded of each seat with a sink."""
    parted: list[SeatSink] = field(default_factory=list)
    """Of seats that are not recorded any more: what they sent before is still to be written."""
    take: int | None = None
    written_at: float = 0.0
    heard_at: float = 0.0
    """When somebody was last handed over."""
    alarm: str = ""
    ends: bool = False
    n_turns: int = 0

    @property
    def streams(self) -> list[Stream]:
        return [stream for sink in (*self.parted, *self.sinks.values()) for stream in sink.streams.values()]


class Recorder:
    """Only the event loop's thread touches it; files are written in a thread of its own, one turn after the other."""

    def __init__(
        self, bridge: Bridge, engine: MediaEngine, files: RecordingFiles, changed: Callable[[int], None]
    ) -> None:
        """`changed`: the truth about a hearing is another one."""
        self._bridge, self._engine, self._files, self._changed = bridge, engine, files, changed
        self._running: dict[int, _Running] = {}
        self._shown: dict[int, Truth] = {}
        self._failed: dict[int, str] = {}
        """Recordings that ended by an alarm which the database may not know yet."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="recording")
        self._epoch = bridge.clock().timestamp() - asyncio.get_running_loop().time()

    # ---- what is to be recorded

    def narrow(self, hearing_id: int, recording_id: int | None, taken: Iterable[Taken]) -> None:
        """What is not in `taken` is not recorded from this moment on; what is new in it waits for `follow`.

        Before a move of the forwarding holds: who leaves the room is not recorded a word longer, and who comes into it
        not a word of what they still say elsewhere.
        """
        running = self._running.get(hearing_id)
        if running is None:
            return
        wanted = {one.seat: one for one in taken}
        if not wanted or running.recording_id != recording_id:
            self._end(running)
            return
        for seat, before in list(running.taken.items()):
            now = wanted.get(seat)
            if now is None:
                self._let_go(running, seat)
            else:
                both = Taken(seat, audio=before.audio and now.audio, video=before.video and now.video)
                self._take(running, both)

    def follow(self, hearing_id: int, hearing: str, recording_id: int | None, taken: Iterable[Taken]) -> None:
        """Record exactly this of the hearing from now on."""
        wanted = list(taken)
        self.narrow(hearing_id, recording_id, wanted)
        if not wanted or recording_id is None or recording_id in self._failed:
            return
        running = self._running.get(hearing_id)
        if running is None:
            now = self._now()
            running = _Running(hearing_id, hearing, recording_id, now, written_at=now, heard_at=now)
            if not self._running:
                self._spawn(self._watch())
            self._running[hearing_id] = running
            self._spawn(self._turns(running))
        for one in wanted:
            self._take(running, one)

    def _take(self, running: _Running, one: Taken) -> None:
        sink = running.sinks.setdefault(one.seat, SeatSink(one.seat, self._now))
        running.taken[one.seat] = one
        self._engine.record(SeatKey(running.hearing, one.seat), sink, audio=one.audio, video=one.video)

    def forget(self, hearing_id: int) -> None:
        """Nobody is connected to the hearing any more."""
        running = self._running.get(hearing_id)
        if running is not None:
            self._end(running)
        self._shown.pop(hearing_id, None)

    def _let_go(self, running: _Running, seat: str) -> None:
        self._engine.record(SeatKey(running.hearing, seat), None)
        running.taken.pop(seat, None)
        running.parted.append(running.sinks.pop(seat))

    def _end(self, running: _Running) -> None:
        """From this moment nothing is handed over; what came before is written, and the files are closed."""
        self._running.pop(running.hearing_id, None)
        for seat in list(running.sinks):
            self._let_go(running, seat)
        running.ends = True

    def truth(self, hearing_id: int, hearing: str, recording_id: int | None) -> Truth:
        """As the screens show it now."""
        running = self._running.get(hearing_id)
        alarm = self._failed.get(recording_id or 0, "") or (running.alarm if running is not None else "")
        truth = Truth(on=bool(self._engine.recorded(hearing)), alarm=alarm)
        self._shown[hearing_id] = truth
        return truth

    # ---- turns

    async def _turns(self, running: _Running) -> None:
        """Until it ends: every half second what has come goes to the disk."""
        while not running.ends:
            await asyncio.sleep(TURN_S)
            await self._turn(running)
        await self._turn(running)
        await self._close(running)

    async def _turn(self, running: _Running) -> None:
        try:
            await self._write_down(running)
        except Refused as refusal:  # it was stopped meanwhile: what came after that is nobody's
            log.info("recorder.refused", hearing=running.hearing, code=refusal.code)
            _forget_unopened(running)
        except OSError as error:
            await self._fail(running, "disk_full" if error.errno in _FULL else "write_failed", error)
        except (FFmpegError, SQLAlchemyError) as error:
            await self._fail(running, "write_failed", error)

    async def _write_down(self, running: _Running) -> None:
        for stream in running.streams:
            if stream.file is None and stream.packets:
                stream.file = await self._opened(running, stream)
        batches = [batch(stream) for stream in running.streams if stream.file is not None]
        wanting = await write_down(batches, self._writer, sync=running.n_turns % SYNC_EVERY == 0 or running.ends)
        running.written_at = self._now()
        for seat in wanting:
            self._engine.request_key_frame(SeatKey(running.hearing, seat))
        running.n_turns += 1
        if running.n_turns % NOTE_EVERY == 0:
            await self._note(running)

    async def _opened(self, running: _Running, stream: Stream) -> SourceFile:
        """A row and a key for a new source, before its first byte. Raises: Refused, OSError."""
        recording_id = running.recording_id
        if running.take is None:
            running.take = await self._bridge.write(
                running.hearing_id, lambda s: service.begin_take(s, recording_id), quiet=True
            )
        command = service.BeginSource(
            recording_id=recording_id,
            take=running.take,
            seat=stream.seat,
            video=stream.video,
            began_at=datetime.fromtimestamp(stream.first_at, UTC),
        )
        opened = await self._bridge.write(running.hearing_id, lambda s: service.begin_source(s, command), quiet=True)
        return await self._on_disk(lambda: self._file(opened, stream))

    def _file(self, opened: service.OpenSource, stream: Stream) -> SourceFile:
        return SourceFile(opened, self._files, stream.clock, video=stream.video)

    async def _note(self, running: _Running) -> None:
        """How far the files are; that it cannot be written down now is no fault of the recording."""
        rows = [row for stream in running.streams if stream.file is not None and (row := stream.file.progress())]
        clock = self._bridge.clock
        try:
            await self._bridge.write(
                running.hearing_id, lambda s: service.note_sources(s, rows, clock=clock), quiet=True
            )
        except Elsewhere:  # whoever holds the hearing now goes on with files of its own
            log.info("recorder.elsewhere", hearing=running.hearing)
        except SQLAlchemyError:
            log.exception("recorder.not_noted", hearing=running.hearing)

    async def _close(self, running: _Running) -> None:
        files = [stream.file for stream in running.streams if stream.file is not None]
        try:
            await self._on_disk(lambda: _close_all(files))
        except OSError as error:
            log.warning("recorder.not_closed", hearing=running.hearing, why=error.strerror)
        await self._note(running)

    # ---- what goes wrong

    async def _fail(self, running: _Running, why: str, error: Exception) -> None:
        """It ends here. Screens are told before the database, which may lie on the same full disk."""
        log.error("recorder.alarm", hearing=running.hearing, why=why, exc_info=error)
        if running.recording_id in self._failed:
            return
        self._failed[running.recording_id] = why
        self._end(running)
        self._changed(running.hearing_id)
        await self._tell(running, why, ends=True)

    async def _tell(self, running: _Running, why: str, *, ends: bool) -> None:
        clock, recording_id = self._bridge.clock, running.recording_id
        try:
            await self._bridge.write(
                running.hearing_id,
                lambda s: service.alarm_recording(s, recording_id, why, clock=clock, ends=ends),
                quiet=True,
            )
        except (Elsewhere, SQLAlchemyError):
            log.exception("recorder.alarm_not_written", hearing=running.hearing)
        self._changed(running.hearing_id)

    async def _watch(self) -> None:
        """Does what should run, run? As long as anything should."""
        while self._running:
            await asyncio.sleep(TURN_S)
            for running in list(self._running.values()):
                await self._look(running)

    async def _look(self, running: _Running) -> None:
        now = self._now()
        if self._engine.recorded(running.hearing):
            running.heard_at = now
        came_at = max((sink.last_at for sink in running.sinks.values()), default=0.0)
        if came_at > running.written_at and now - running.written_at > ALARM_AFTER_S:
            await self._fail(running, "not_written", TimeoutError())
            return
        silent = now - running.heard_at > ALARM_AFTER_S
        if silent and not running.alarm:
            running.alarm = "no_media"
            await self._tell(running, "no_media", ends=False)
        elif not silent:
            running.alarm = ""
        shown = self._shown.get(running.hearing_id, OFF)
        if shown != self.truth(running.hearing_id, running.hearing, running.recording_id):
            self._changed(running.hearing_id)

    # ---- the process

    async def stop(self) -> None:
        """Close every file in order; the next process goes on with a new take."""
        for running in list(self._running.values()):
            self._end(running)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)
        self._writer.shutdown(wait=False, cancel_futures=True)

    async def _on_disk(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _now(self) -> float:
        """Seconds of the server's clock, without its jumps."""
        return self._epoch + asyncio.get_running_loop().time()


def _forget_unopened(running: _Running) -> None:
    for stream in running.streams:
        if stream.file is None:
            stream.packets.clear()


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes to one file in this turn."""

    seat: str
    file: SourceFile
    packets: list[Packet]
    said: tuple[int, int] | None


def batch(stream: Stream) -> Batch:
    """What has come of a source since the last turn; its file is open."""
    assert stream.file is not None
    packets, stream.packets = stream.packets, []
    return Batch(stream.seat, stream.file, packets, stream.said)


async def write_down(batches: Iterable[Batch], writer: Executor, *, sync: bool) -> set[str]:
    """One source after the other; seats whose picture has to begin anew. Raises: OSError.

    A Python thread that is busy for long keeps the loop from forwarding: with 32 sources at one go the added delay was
    379 ms (p95) beside 1.8 ms with nobody recorded, on a busy machine (bench/recording_bench.py). So each goes by
    itself, and the loop breathes in between.
    """
    wanting = set()
    loop = asyncio.get_running_loop()
    for one in batches:
        if one.packets or sync:
            if await loop.run_in_executor(writer, partial(_write, one, sync=sync)):
                wanting.add(one.seat)
            await asyncio.sleep(BREATH_S)
    return wanting


def _write(one: Batch, *, sync: bool) -> bool:
    """Whether its picture has to begin anew. Raises: OSError."""
    if one.said is not None:
        one.file.report(*one.said)
    one.file.write(one.packets)
    if sync:
        one.file.sync()
    return bool(one.packets) and one.file.wants_key_frame


def _close_all(files: Iterable[SourceFile]) -> None:
    """Raises: OSError, the last one, when all others are closed."""
    fault: OSError | None = None
    for file in files:
        try:
            file.close()
        except OSError as error:
            fault = error
    if fault is not None:
        raise fault
