"""One WebSocket: token, messages, Problems as messages. What one browser sends never disturbs another."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final, get_args

import structlog
from aiohttp import WSMsgType, web
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session

from mediation.hearings import service
from mediation.hearings.errors import Busy, Elsewhere
from mediation.hearings.rules.forwarding import Reception
from mediation.hearings.service import Spoken
from mediation.kernel.errors import Denied, Invalid, Problem
from mediation.live.bridge import Bridge
from mediation.live.commands import Command
from mediation.live.line import BEAT_EVERY_S, LOST_AFTER_S, Line
from mediation.live.messages import (
    CLIENT,
    MAX_FRAME_BYTES,
    Answer,
    Caption,
    ClientBeat,
    ClientMessage,
    CloseCode,
    Done,
    HearingCommand,
    Hello,
    MediaAnswer,
    MediaSettings,
    Offer,
    ProblemCode,
    ProblemMessage,
    Receive,
    Refresh,
    Welcome,
)
from mediation.live.rooms import Rooms
from mediation.stations import queries as stations

log = structlog.get_logger()

LARGEST_READ: Final = 2 * 1024 * 1024
"""Read, so that it can be answered with a sentence; what is larger is cut by the WebSocket layer."""
HELLO_WITHIN_S: Final = 10.0
STRANGERS_PER_ADDRESS: Final = 40
"""Sockets of one address that have not said who they are: a station's people reconnect at once, a flood ends here."""
_KNOWN_TYPES: Final = frozenset(
    get_args(kind.model_fields["type"].annotation)[0] for kind in get_args(get_args(ClientMessage)[0])
)


class Refusal(Exception):
    """A frame that is not one of ours."""

    def __init__(self, code: ProblemCode, *, fatal: bool = False, close: CloseCode | None = None) -> None:
        super().__init__(code.value)
        self.code, self.fatal, self.close = code, fatal, close


class Gateway:
    def __init__(
        self,
        bridge: Bridge,
        rooms: Rooms,
        media: Callable[[str], MediaSettings],
        commands: Mapping[type[BaseModel], Command],
        claim: Callable[[Session, int], None],
        *,
        trusted_proxies: int = 0,
    ) -> None:
        self._commands, self._claim = commands, claim
        self._bridge, self._rooms, self._media = bridge, rooms, media
        self._trusted_proxies = trusted_proxies
        self._strangers: Counter[str] = Counter()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(max_msg_size=LARGEST_READ, compress=False, heartbeat=None)
        try:
            await socket.prepare(request)
        except ConnectionError as error:  # gone before it was let in
            raise web.HTTPBadRequest from error
        line = await self._stranger(socket, _address(request, self._trusted_proxies))
        if line is None:
            return socket
        try:
            await self._listen(socket, line)
        finally:
            await self._rooms.part(line)
            await line.end(CloseCode.SILENT)
        return socket

    # ---- the first frame

    async def _stranger(self, socket: web.WebSocketResponse, address: str) -> Line | None:
        if self._strangers[address] >= STRANGERS_PER_ADDRESS:
            await _turn_away(socket, ProblemCode.FULL.value, CloseCode.FLOOD)
            return None
        self._strangers[address] += 1
        try:
            return await self._welcome(socket)
        finally:
            self._strangers[address] -= 1
            if not self._strangers[address]:
                del self._strangers[address]

    async def _welcome(self, socket: web.WebSocketResponse) -> Line | None:
        try:
            frame = await socket.receive(timeout=HELLO_WITHIN_S)
        except TimeoutError:
            await socket.close(code=CloseCode.REFUSED)
            return None
        try:
            return await self._enter(socket, _hello(frame))
        except Refusal as refusal:
            await _turn_away(socket, refusal.code.value, refusal.close)
        except Elsewhere as elsewhere:
            await _turn_away(socket, elsewhere.code, CloseCode.MOVED)
        except Busy as busy:
            await _turn_away(socket, busy.code, CloseCode.BUSY)
        except Problem as problem:
            await _turn_away(socket, problem.code, None)
        return None

    async def _enter(self, socket: web.WebSocketResponse, hello: Hello) -> Line:
        clock = self._bridge.clock

        def enter(session: Session) -> tuple[int, str, int, str, Any, str]:
            door = service.door_of(hello.token, clock=clock)
            if door and stations.shut_doors(session, {door}, clock()):
                raise Denied("token_expired")
            seat = service.redeem(session, hello.token, clock=clock)
            self._claim(session, seat.hearing_id)
            service.arrive(session, seat, clock=clock)
            return seat.id, seat.public_id, seat.hearing_id, seat.hearing.public_id, seat.role, door

        seat_id, seat, hearing_id, hearing, role, door = await self._bridge.write_unheld(enter)
        line = Line(socket, seat, seat_id, hearing_id)
        line.door = door
        line.send(
            Welcome(
                seat=seat,
                hearing=hearing,
                role=role,
                beat_every_s=BEAT_EVERY_S,
                lost_after_s=LOST_AFTER_S,
                media=self._media(seat),
            )
        )
        await self._rooms.join(line, hearing)
        return line

    # ---- the frames after it

    async def _listen(self, socket: web.WebSocketResponse, line: Line) -> None:
        async for frame in socket:
            if not line.heard():
                line.send(ProblemMessage(code=ProblemCode.TOO_MANY.value, fatal=True))
                await line.end(CloseCode.FLOOD)
                return
            try:
                message = _parsed(_text(frame))
            except Refusal as refusal:
                line.send(ProblemMessage(code=refusal.code.value, fatal=refusal.fatal))
                if refusal.close is not None:
                    await line.end(refusal.close)
                    return
                continue
            await self._take(line, message)

    async def _take(self, line: Line, message: ClientMessage) -> None:
        ref = getattr(message, "ref", None)
        try:
            changed = await self._do(line, message)
        except Elsewhere:
            self._rooms.let_go(line.hearing_id)
        except Problem as problem:
            line.refuse(problem, about=message.type, ref=ref)
        except Exception:
            log.exception("gateway.broken", about=message.type)
            line.send(ProblemMessage(code=ProblemCode.INTERNAL.value, about=message.type, ref=ref))
        else:
            if ref is not None:
                line.send(Done(ref=ref))
            if changed:
                self._rooms.look(line.hearing_id)

    async def _do(self, line: Line, message: ClientMessage) -> bool:
        """Whether the hearing changed."""
        if isinstance(message, ClientBeat | Receive | Refresh):
            return self._note(line, message)
        match message:
            case Offer():
                await self._answer(line, message)
                return False
            case MediaAnswer():
                await self._rooms.answered(line, message.generation, message.sdp)
                return False
            case Hello():
                raise Invalid(ProblemCode.BAD_MESSAGE.value)  # a line is one seat's for as long as it lives
        if isinstance(message, HearingCommand) and message.step == "close":
            await self._rooms.count(line.hearing_id)  # the certificate is written with the end
        command = self._commands[type(message)]
        done = await self._bridge.write(
            line.hearing_id,
            lambda session: command(session, line.seat_id, message, self._bridge.clock),
            quiet=isinstance(message, Caption),
        )
        if isinstance(done, Spoken):
            self._rooms.caption(line.hearing_id, done)
            return False
        return True

    def _note(self, line: Line, message: ClientBeat | Receive | Refresh) -> bool:
        """What a line says of itself; whether somebody is to be told."""
        match message:
            case ClientBeat():
                return line.beat_seen(message)
            case Receive():
                line.adaptation.wanted = Reception(message.what)
            case Refresh():
                self._rooms.send_slots(line)
        return True

    async def _answer(self, line: Line, offer: Offer) -> None:
        answer = await self._rooms.offered(line, offer.generation, offer.sdp)
        line.send(Answer(generation=offer.generation, sdp=answer))
        self._rooms.send_slots(line)


def _address(request: web.Request, trusted_proxies: int) -> str:
    """Whose socket it is: what the outermost proxy of ours saw, or the peer itself."""
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if trusted_proxies and len(seen) >= trusted_proxies:
        return seen[-trusted_proxies]
    return request.remote or ""


def _text(frame: Any) -> str:
    """Raises: Refusal for a frame that is not text, or larger than any of ours."""
    if frame.type is not WSMsgType.TEXT:
        raise Refusal(ProblemCode.NOT_JSON, fatal=True, close=CloseCode.REFUSED)
    text: str = frame.data
    if len(text.encode()) > MAX_FRAME_BYTES:
        raise Refusal(ProblemCode.TOO_BIG, fatal=True, close=CloseCode.TOO_BIG)
    return text


def _hello(frame: Any) -> Hello:
    """Raises: Refusal."""
    message = _parsed(_text(frame))
    if not isinstance(message, Hello):
        raise Refusal(ProblemCode.HELLO_FIRST)
    return message


def _parsed(text: str) -> ClientMessage:
    """Raises: Refusal."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refusal(ProblemCode.NOT_JSON) from error
    if not isinstance(raw, dict) or raw.get("type") not in _KNOWN_TYPES:
        raise Refusal(ProblemCode.UNKNOWN_MESSAGE)
    try:
        return CLIENT.validate_python(raw)
    except ValidationError as error:
        raise Refusal(ProblemCode.BAD_MESSAGE) from error


async def _turn_away(socket: web.WebSocketResponse, code: str, close: CloseCode | None) -> None:
    await socket.send_str(ProblemMessage(code=code, fatal=True).model_dump_json())
    await socket.close(code=close or CloseCode.REFUSED)
