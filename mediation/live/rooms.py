"""The hearings that somebody is connected to: snapshot -> forwarding -> engine -> broadcast.

The truth is the database. Whatever happens, from here or from a page, the hearing is read again and everybody gets
the whole picture; several changes at once are read once.
"""

import asyncio
import time
from collections.abc import Coroutine, KeysView
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog

from mediation.hearings import service
from mediation.hearings.errors import Elsewhere
from mediation.hearings.queries import Snapshot
from mediation.hearings.rules import forwarding
from mediation.hearings.rules.codes import SeatRole, SeatState
from mediation.hearings.rules.life import OVER
from mediation.hearings.service import Spoken
from mediation.hearings.storage import recordings
from mediation.kernel.errors import Missing, Problem, Refused
from mediation.live import doors, picture, reading
from mediation.live.bridge import Bridge
from mediation.live.counts import Counts
from mediation.live.engines.contract import (
    AvailabilityChanged,
    Connected,
    EngineEvent,
    Lost,
    MediaEngine,
    Offered,
    SeatKey,
    SlotsChanged,
)
from mediation.live.line import Line
from mediation.live.messages import Bye, CaptionLine, CloseCode, MediaOffer, MediaWanted, Slots, SlotView
from mediation.live.recording.recorder import Recorder
from mediation.live.samples import Samples

log = structlog.get_logger()
LOOK_EVERY_S: Final = 5.0
"""Beside the nudges: a lost nudge costs this much."""


@dataclass(slots=True)
class Room:
    """One hearing with its lines."""

    hearing_id: int
    public_id: str
    lines: dict[str, Line] = field(default_factory=dict)
    """By seat."""
    dirty: bool = False
    busy: bool = False
    due_at: datetime | None = None
    """When something follows by itself: an unanswered invitation ends, the session begins."""
    timer: asyncio.TimerHandle | None = None


class Rooms:
    def __init__(self, bridge: Bridge, engine: MediaEngine) -> None:
        self._bridge, self._engine = bridge, engine
        self._rooms: dict[int, Room] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._counts = Counts(bridge, engine)
        self._samples = Samples(bridge, engine)
        self._recorder = Recorder(bridge, engine, recordings(), self.look)
        engine.listen(self._engine_says)

    @property
    def n_lines(self) -> int:
        return sum(len(room.lines) for room in self._rooms.values())

    @property
    def in_use(self) -> KeysView[int]:
        """Hearings that somebody is connected to."""
        return self._rooms.keys()

    # ---- lines come and go

    async def join(self, line: Line, hearing: str) -> None:
        """A seat's line is open; an older one of the same seat is told and closed."""
        line.hearing = hearing
        room = self._rooms.setdefault(line.hearing_id, Room(line.hearing_id, hearing))
        before = room.lines.get(line.seat)
        room.lines[line.seat] = line
        if before is not None:
            before.replaced = True
            self._engine.disconnect(SeatKey(hearing, line.seat))
            await before.end(CloseCode.REPLACED, Bye(reason="replaced", reconnect=False))
        self.look(line.hearing_id)

    async def part(self, line: Line) -> None:
        """A line is gone. The seat keeps its place; its media are cut."""
        room = self._rooms.get(line.hearing_id)
        if line.replaced or room is None or room.lines.get(line.seat) is not line:
            return
        del room.lines[line.seat]
        self._engine.disconnect(SeatKey(line.hearing, line.seat))
        try:
            await self._bridge.write(
                line.hearing_id, lambda session: service.lose_line(session, line.seat_id, clock=self._bridge.clock)
            )
        except Elsewhere:
            self.let_go(line.hearing_id)
            return
        self.look(line.hearing_id)
        if not room.lines:
            await self.count(line.hearing_id)
        if not room.lines and self._rooms.get(line.hearing_id) is room:
            self._clear(room)

    def let_go(self, hearing_id: int) -> None:
        """Another process holds the hearing: nothing of it is forwarded here any more, its people are sent there."""
        room = self._rooms.get(hearing_id)
        if room is None:
            return
        log.warning("room.let_go", hearing=room.public_id)
        for line in room.lines.values():
            line.replaced = True
            self._spawn(line.end(CloseCode.MOVED, Bye(reason="moved", reconnect=True)))
        self._clear(room)

    def _clear(self, room: Room) -> None:
        self._rooms.pop(room.hearing_id, None)
        self._recorder.forget(room.hearing_id)
        self._expect(room, None)
        self._engine.close(room.public_id)
        self._counts.forget(room.public_id)

    # ---- the picture

    def look(self, hearing_id: int) -> None:
        """Read the hearing again, soon; asked while it is being read, once more after that."""
        room = self._rooms.get(hearing_id)
        if room is None:
            return
        room.dirty = True
        if not room.busy:
            room.busy = True
            self._spawn(self._refresh(room))

    def look_at_all(self) -> None:
        for hearing_id in list(self._rooms):
            self.look(hearing_id)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _refresh(self, room: Room) -> None:
        try:
            while room.dirty:
                room.dirty = False
                await self._show(room)
        except Missing:
            log.warning("room.hearing_gone", hearing=room.public_id)
        except Elsewhere:
            self.let_go(room.hearing_id)
        finally:
            room.busy = False

    async def _show(self, room: Room) -> None:
        for line in await doors.shut(self._bridge, list(room.lines.values())):
            self._cut(room, line, Bye(reason="left", reconnect=False))
        there = dict(room.lines)  # who comes while the hearing is read would be told what held before
        now = await self._bridge.read(lambda s: reading.read(s, room.hearing_id))
        snapshot, recording = now.snapshot, now.recording
        places = {seat.public_id: seat for seat in snapshot.seats}
        self._expect(room, snapshot.next_due)
        connected = {seat for seat in room.lines if seat in places}
        carried = {seat: line.adaptation.carried for seat, line in room.lines.items()}
        flowing = [
            link
            for link in forwarding.narrowed(picture.links(snapshot), carried)
            if link.speaker in connected and link.listener in connected
        ]
        recording_id = recording.active.id if recording.active is not None else None
        taken = [one for one in recording.recorded(snapshot) if one.seat in connected]
        self._recorder.narrow(room.hearing_id, recording_id, taken)
        self._engine.forward(room.public_id, flowing, {seat.public_id: seat.room for seat in snapshot.seats})
        await self._engine.settled(room.public_id)  # nobody is told of a move that does not hold yet
        self._recorder.follow(room.hearing_id, room.public_id, recording_id, taken)
        moment = picture.Moment(
            revision=time.time_ns() // 1_000_000,
            now=self._bridge.clock(),
            lines={seat: picture.quality(line.loss) for seat, line in room.lines.items()},
            carried=carried,
            recording=recording,
            truth=self._recorder.truth(room.hearing_id, room.public_id, recording_id),
            tables=now.tables,
        )
        for seat, line in there.items():
            if seat not in places or room.lines.get(seat) is not line:
                continue
            if places[seat].state is SeatState.DISCONNECTED:
                self._spawn(self._return(line))
            line.send(picture.state(snapshot, places[seat], moment))
            rows = reading.readable(now.lines, snapshot, seat)
            line.send(picture.chat(snapshot, places[seat], rows))
            for message in now.own[seat]:
                line.send(message)
            if _is_out(snapshot, seat):
                self._dismiss(line, snapshot)

    async def _return(self, line: Line) -> None:
        """The seat's socket before this one was written off after this one came (a reload is that fast): it is here."""
        try:
            await self._bridge.write(
                line.hearing_id, lambda session: service.be_here(session, line.seat_id, clock=self._bridge.clock)
            )
        except Refused as refusal:
            log.info("room.no_return", hearing=line.hearing, seat=line.seat, code=refusal.code)
        else:
            self.look(line.hearing_id)

    def _dismiss(self, line: Line, snapshot: Snapshot) -> None:
        """The hearing is over, or the person left: their line ends and is not opened again by itself."""
        over = snapshot.state in OVER
        self._cut(self._rooms.get(line.hearing_id), line, Bye(reason="closed" if over else "left", reconnect=False))

    def _cut(self, room: Room | None, line: Line, bye: Bye) -> None:
        if room is not None and room.lines.get(line.seat) is line:
            del room.lines[line.seat]
        line.replaced = True
        self._engine.disconnect(SeatKey(line.hearing, line.seat))
        self._spawn(line.end(CloseCode.ENDED, bye))

    def caption(self, hearing_id: int, spoken: Spoken) -> None:
        """To those who were in the room when it was typed."""
        room = self._rooms.get(hearing_id)
        for seat, line in list(room.lines.items()) if room is not None else ():
            if seat in spoken.readers:
                line.send(CaptionLine(text=spoken.text))

    # ---- media

    async def offered(self, line: Line, generation: int, sdp: str) -> str:
        """The answer to a browser's offer. Raises: BadOffer."""
        line.generation = generation
        return await self._engine.connect(SeatKey(line.hearing, line.seat), generation, sdp)

    async def answered(self, line: Line, generation: int, sdp: str) -> None:
        """The browser's answer to an engine's own offer. Raises: BadOffer."""
        if generation == line.generation:
            await self._engine.answered(SeatKey(line.hearing, line.seat), generation, sdp)

    def send_slots(self, line: Line) -> None:
        rows = self._engine.slots(SeatKey(line.hearing, line.seat))
        slots = tuple(
            SlotView(
                slot=row.slot,
                audio_mid=row.audio_mid,
                video_mid=row.video_mid,
                seat=row.seat,
                audio=row.audio,
                video=row.video,
            )
            for row in rows
        )
        if slots:
            line.send(Slots(generation=line.generation, slots=slots))

    def _line_of(self, key: SeatKey) -> Line | None:
        for room in self._rooms.values():
            if room.public_id == key.hearing:
                return room.lines.get(key.seat)
        return None

    def _engine_says(self, event: EngineEvent) -> None:
        line = None if isinstance(event, AvailabilityChanged) else self._line_of(event.key)
        if line is None:
            return
        match event:
            case SlotsChanged():
                self.send_slots(line)
            case Lost(generation=generation) if generation == line.generation:
                line.send(MediaWanted(what="offer", why="lost"))
            case Offered(generation=generation, sdp=sdp) if generation == line.generation:
                line.send(MediaOffer(generation=generation, sdp=sdp))
            case Connected():
                self.look(line.hearing_id)
                log.info("media.connected", hearing=event.key.hearing, seat=event.key.seat)

    async def count(self, hearing_id: int) -> None:
        """Bring the engine's counters into the database."""
        room = self._rooms.get(hearing_id)
        if room is None:
            return
        await self._engine.settled(room.public_id)
        try:
            await self._counts.write(hearing_id, room.public_id)
        except Elsewhere:
            self.let_go(hearing_id)

    # ---- time

    def _expect(self, room: Room, due_at: datetime | None) -> None:
        """Look again when the next thing falls due; who is too early by a tick looks once more."""
        if room.timer is not None:
            room.timer.cancel()
        room.due_at, room.timer = due_at, None
        if due_at is not None:
            wait_s = max(0.0, (due_at - self._bridge.clock()).total_seconds())
            room.timer = asyncio.get_running_loop().call_later(wait_s, lambda: self._spawn(self._fall_due(room)))

    async def _fall_due(self, room: Room) -> None:
        if self._rooms.get(room.hearing_id) is not room:
            return
        try:
            await self._do_due(room)
        except Elsewhere:
            self.let_go(room.hearing_id)
        self.look(room.hearing_id)

    async def _do_due(self, room: Room) -> None:
        """An invitation that nobody answered is over; the seconds before the beginning have run out."""
        hearing_id, clock = room.hearing_id, self._bridge.clock
        await self._bridge.write(hearing_id, lambda s: service.expire_invitations(s, hearing_id, clock=clock))
        try:
            await self._bridge.write(hearing_id, lambda s: service.begin_due(s, hearing_id, clock=clock))
        except Elsewhere:
            raise
        except Problem as problem:
            log.info("room.not_begun", hearing=room.public_id, code=problem.code)
            await self._bridge.write(hearing_id, lambda s: service.drop_countdown(s, hearing_id, clock=clock))

    async def beat(self, every_s: float) -> None:
        """Heartbeats to everybody; who is silent too long is cut and may come back."""
        looked = 0.0
        while True:
            await asyncio.sleep(every_s)
            for room in list(self._rooms.values()):
                for line in list(room.lines.values()):
                    if line.silent:
                        self._spawn(line.end(CloseCode.SILENT))
                    else:
                        line.beat(self._bridge.clock)
                if room.due_at is not None and room.due_at <= self._bridge.clock():
                    self._expect(room, room.due_at)
            self._adapt()
            self._sample()
            looked += every_s
            if looked >= LOOK_EVERY_S:
                looked = 0.0
                self.look_at_all()
                for hearing_id in list(self._rooms):
                    self._spawn(self.count(hearing_id))

    def _adapt(self) -> None:
        """Look at every line; who is told of a change is told at once."""
        measured = {row.key: row for row in self._engine.statistics()}
        now = asyncio.get_running_loop().time()
        for room in self._rooms.values():
            changed = [
                line.measured(measured.get(SeatKey(line.hearing, line.seat)), now) for line in room.lines.values()
            ]
            if any(changed):
                self.look(room.hearing_id)

    def _sample(self) -> None:
        if self._samples.is_due(asyncio.get_running_loop().time()):
            lines = [line for room in self._rooms.values() for line in room.lines.values()]
            self._spawn(self._samples.write(lines))

    async def drain(self) -> None:
        """The process stops: what it knows is written down."""
        for hearing_id in list(self._rooms):
            await self.count(hearing_id)
        await self._recorder.stop()

    async def part_all(self) -> None:
        """Everybody reconnects, to another process or to the next one here."""
        lines = [line for room in self._rooms.values() for line in room.lines.values()]
        for line in lines:
            line.replaced = True
        bye = Bye(reason="drain", reconnect=True)
        await asyncio.gather(*(line.end(CloseCode.DRAIN, bye) for line in lines), return_exceptions=True)


def _is_out(snapshot: Snapshot, seat: str) -> bool:
    row = snapshot.seat(seat)
    if row.role is SeatRole.NEUTRAL:
        return row.state is SeatState.LEFT
    return row.state is SeatState.LEFT or snapshot.state in OVER
