"""One hearing in Janus: what `forward` said is brought about step by step, first every cut, then every opening.

A move holds when Janus has confirmed all cuts and nothing leaves by them any more; until then everybody is still
where they were, and so it is counted. In between nobody hears anybody new.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

import structlog

from mediation.hearings.rules.forwarding import Link
from mediation.live.engines.contract import SeatKey, SlotsChanged
from mediation.live.engines.janus.instance import Instance
from mediation.live.engines.janus.recording import JanusRecording
from mediation.live.engines.janus.seat import EMPTY, Fed, JanusRoom, JanusSeat
from mediation.live.engines.janus.wire import JanusError, said
from mediation.live.engines.seating import Placed, seated

log = structlog.get_logger()

MOST_LOOKS: Final = 20
AGAIN_AFTER_S: Final = 0.3
Wanted = dict[str, tuple[Fed, str]]


class JanusHearing:
    """Only the event loop's thread touches it; its one task speaks to Janus."""

    def __init__(
        self, name: str, instance: Instance, changed: Callable[[SlotsChanged], None], lost: Callable[[JanusSeat], None]
    ) -> None:
        self.name = name
        self.seats: dict[str, JanusSeat] = {}
        self.links: frozenset[Link] = frozenset()
        self.rooms: dict[str, str] = {}
        self.counts: dict[tuple[str, str], int] = {}
        self.recording = JanusRecording(self.seats, lost)
        self._instance, self._changed, self._lost = instance, changed, lost
        self._in_force: dict[str, str] = {}
        self._leaving: list[JanusSeat] = []
        self._room: JanusRoom | None = None
        self._opening = asyncio.Lock()
        self._dirty = False
        self._task: asyncio.Task[None] | None = None

    async def room(self) -> JanusRoom:
        """The VideoRoom, made at the first question. Raises: JanusError."""
        async with self._opening:
            if self._room is None:
                handle = await self._instance.attach(lambda _event: None)
                number, secret = secrets.randbits(50) | 1, secrets.token_hex(16)
                await self._instance.say(handle, _room(number, secret))
                people = said(await self._instance.say(handle, {"request": "listparticipants", "room": number}))
                dummy = next(row["id"] for row in people["participants"] if row.get("dummy"))
                self._room, self._handle = JanusRoom(number, dummy, secret), handle
            return self._room

    def anew(self) -> "JanusHearing":
        """For a Janus that forgot everything: what was said and counted, without rooms and seats."""
        other = JanusHearing(self.name, self._instance, self._changed, self._lost)
        other.links, other.rooms, other.counts = self.links, self.rooms, self.counts
        for seat, wanted in self.recording.drop().items():
            other.recording.record(seat, wanted)
        return other

    def leave(self, seat: JanusSeat) -> None:
        """Nothing flows from or to it any more, soon."""
        if self.seats.get(seat.key.seat) is seat:
            del self.seats[seat.key.seat]
        self._leaving.append(seat)
        self.recording.touch()
        self.touch()

    def touch(self) -> None:
        """Something changed: bring it about."""
        self._dirty = True
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def settled(self) -> None:
        """What was said holds, and `counts` is up to date."""
        self.touch()
        while self._task is not None and not self._task.done():
            await asyncio.shield(self._task)

    async def end(self) -> None:
        self.links = frozenset()
        self.recording.drop()
        for seat in list(self.seats.values()):
            self.leave(seat)
        await self.settled()
        if self._room is not None:
            try:
                room = {"room": self._room.number, "secret": self._room.secret}
                await self._instance.say(self._handle, {"request": "destroy", **room})
                await self._instance.detach(self._handle)
            except JanusError as error:
                log.info("janus.room_not_destroyed", why=str(error))

    async def _work(self) -> None:
        while self._dirty:
            self._dirty = False
            rooms = dict(self.rooms)
            placed = {name: self._seated(seat) for name, seat in self.seats.items()}
            await self._cut(placed)
            await self._say_goodbye()
            self._in_force = rooms
            await self._open(placed)

    def _seated(self, seat: JanusSeat) -> dict[int, Placed]:
        return seated(seat.placed, self.links, seat.key.seat, seat.n_slots)

    # ---- cuts

    async def _cut(self, placed: Mapping[str, Mapping[int, Placed]]) -> None:
        """Take out what shall not flow, then count what flowed until now where everybody was."""
        cuts = {
            seat: {medium: (EMPTY, _DUMMY_MEDIA[int(medium) % 2]) for medium in self._unwanted(seat, placed[name])}
            for name, seat in self.seats.items()
        }
        await self._each(cuts, self._cut_one)
        await self._count([*self.seats.values(), *self._leaving])
        for _ in range(MOST_LOOKS):  # what Janus had in its queue when it confirmed
            cut = [(seat, set(media)) for seat, media in cuts.items() if media]
            if not cut or not any([await self._count([seat], media) for seat, media in cut]):
                break
        for seat, media in cuts.items():
            seat.fed.update(dict.fromkeys(media, EMPTY))

    def _unwanted(self, seat: JanusSeat, placed: Mapping[int, Placed]) -> list[str]:
        wanted = self._feeds(seat, placed)
        return [medium for medium, fed in seat.fed.items() if fed != EMPTY and wanted.get(medium, (EMPTY,))[0] != fed]

    async def _cut_one(self, seat: JanusSeat, media: Wanted) -> None:
        try:
            await seat.switch(media)
        except JanusError as error:
            log.warning("janus.cut_by_force", hearing=self.name, seat=seat.key.seat, why=str(error))
            self._lost(seat)
            await _quietly(seat.leave())

    async def _say_goodbye(self) -> None:
        leaving, self._leaving = self._leaving, []
        await asyncio.gather(*(_quietly(seat.leave()) for seat in leaving))

    # ---- openings

    async def _open(self, placed: Mapping[str, dict[int, Placed]]) -> None:
        opened: dict[JanusSeat, Wanted] = {}
        for name, slots in placed.items():
            seat = self.seats.get(name)
            if seat is None:
                continue
            wanted = self._feeds(seat, slots)
            opened[seat] = {medium: to for medium, to in wanted.items() if seat.fed.get(medium) == EMPTY}
        await self._each(opened, self._open_one)
        for name, slots in placed.items():
            seat = self.seats.get(name)
            if seat is not None and seat.placed != slots:
                seat.placed = slots
                self._changed(SlotsChanged(SeatKey(self.name, name)))

    async def _open_one(self, seat: JanusSeat, media: Wanted) -> None:
        try:
            await seat.switch(media)
        except JanusError as error:  # a speaker who just left; or the listener, of whom Janus will tell
            log.info("janus.not_opened", hearing=self.name, seat=seat.key.seat, why=str(error))
            asyncio.get_running_loop().call_later(AGAIN_AFTER_S, self.touch)
        else:
            seat.fed.update({medium: fed for medium, (fed, _) in media.items()})

    def _feeds(self, seat: JanusSeat, placed: Mapping[int, Placed]) -> Wanted:
        """What shall feed the seat's media: of speakers who send."""
        wanted: Wanted = {}
        if not seat.subscriber:
            return wanted
        for slot, (speaker, hears, sees) in placed.items():
            other = self.seats.get(speaker)
            if other is None or not other.sends:
                continue
            for medium, own, flows in zip(seat.media_of(slot), other.own, (hears, sees), strict=True):
                if flows:
                    wanted[medium] = ((speaker, other.feed), own)
        return wanted

    async def _each(
        self,
        work: Mapping[JanusSeat, Wanted],
        do: Callable[[JanusSeat, Wanted], Coroutine[Any, Any, None]],
    ) -> None:
        await asyncio.gather(*(do(seat, media) for seat, media in work.items() if media))

    # ---- counters

    async def _count(self, seats: list[JanusSeat], only: set[str] | None = None) -> bool:
        """Add what left since the last look; whether anything left by these media."""
        grown = await asyncio.gather(*(_looked(seat) for seat in seats))
        more = False
        for seat, packets in zip(seats, grown, strict=True):
            listener = self._in_force.get(seat.key.seat, "")
            for medium, n in packets.items():
                speaker, _ = seat.fed.get(medium, EMPTY)
                more |= n > 0 and (only is None or medium in only)
                if n > 0:
                    pair = (self._in_force.get(speaker, ""), listener)
                    self.counts[pair] = self.counts.get(pair, 0) + n
        return more


_DUMMY_MEDIA: Final = ("0", "1")
"""Sound and picture of the dummy publisher."""


def _room(number: int, secret: str) -> dict[str, Any]:
    return {
        "request": "create",
        "room": number,
        "is_private": True,
        "secret": secret,
        "publishers": 100,
        "audiocodec": "opus",
        "videocodec": "vp8",
        "opus_fec": True,
        "dummy_publisher": True,
        "dummy_streams": [{"codec": "opus", "fmtp": "useinbandfec=1"}, {"codec": "vp8"}],
    }


async def _looked(seat: JanusSeat) -> dict[str, int]:
    try:
        return await seat.look()
    except JanusError:
        return {}


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except JanusError as error:
        log.info("janus.gone_already", why=str(error))
