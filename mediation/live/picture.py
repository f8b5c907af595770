"""What one recipient is told of a hearing: pure functions from the snapshot to messages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from mediation.hearings.queries import (
    CaucusRow,
    DeskLineRow,
    LineRow,
    MinuteRow,
    NoteRow,
    RecordingNow,
    SeatRow,
    Snapshot,
    TableRow,
    table_facts,
)
from mediation.hearings.rules import controls, desk, forwarding
from mediation.hearings.rules import papers as paper_rules
from mediation.hearings.rules.caucus import CAUCUS_LIFE, CaucusStep
from mediation.hearings.rules.caucus import NEUTRALS_STEPS as NEUTRALS_CAUCUS_STEPS
from mediation.hearings.rules.codes import CaucusState, GuestAnswer, SeatRole, SeatState
from mediation.hearings.rules.controls import RoomControl
from mediation.hearings.rules.forwarding import EVERYTHING, Carried, Link
from mediation.hearings.rules.life import HEARING_LIFE, NEUTRALS_STEPS
from mediation.hearings.rules.lines import POOR_FROM, WEAK_FROM
from mediation.hearings.rules.seats import BESIDE, MAIN_ROOM, SEAT_LIFE, WAITING_ROOM, SeatStep
from mediation.live.messages import (
    CaucusView,
    Chat,
    ChatLineView,
    DeskLineView,
    Finding,
    FromDesk,
    GuestView,
    HearingCommand,
    HearingView,
    MinuteView,
    Notes,
    NoteView,
    PaperView,
    SeatView,
    State,
    YouView,
)
from mediation.live.recording import view as recording
from mediation.live.recording.recorder import Truth

Quality = Literal["good", "fair", "poor", "unknown"]
_STEPS_OF_MESSAGE: Final = frozenset(get_args(HearingCommand.model_fields["step"].annotation))


def quality(loss: float | None) -> Quality:
    """A line by the share of packets that did not arrive; None: not measured."""
    if loss is None:
        return "unknown"
    return "good" if loss < WEAK_FROM else "fair" if loss < POOR_FROM else "poor"


def links(snapshot: Snapshot) -> frozenset[Link]:
    return forwarding.matrix(snapshot.state, [seat.place for seat in snapshot.seats])


@dataclass(frozen=True, slots=True)
class Moment:
    """What is the same for everybody who is told now."""

    revision: int
    now: datetime
    lines: Mapping[str, Quality]
    carried: Mapping[str, Carried]
    recording: RecordingNow
    truth: Truth
    tables: Mapping[str, TableRow]
    """By room."""


def state(snapshot: Snapshot, recipient: SeatRow, moment: Moment) -> State:
    """The whole picture for one seat. A protected person's seat is not in it."""
    now, own = moment.now, moment.carried.get(recipient.public_id, EVERYTHING)
    flowing = forwarding.narrowed(links(snapshot), moment.carried)
    others = [seat for seat in snapshot.seats if seat.id != recipient.id and seat.public_id not in recipient.apart]
    if recipient.role is SeatRole.WITNESS and recipient.room == WAITING_ROOM:  # outside: not even who is there
        others = [seat for seat in others if seat.role in BESIDE]
    others.sort(key=lambda seat: (seat.role is not SeatRole.NEUTRAL, seat.id))
    return State(
        revision=moment.revision,
        now=now,
        hearing=_hearing(snapshot, recipient, now),
        you=_you(snapshot, recipient, flowing, own),
        seats=tuple(_seat(snapshot, recipient, seat, moment) for seat in others),
        caucuses=tuple(_caucus(snapshot, recipient, row) for row in snapshot.caucuses if _knows(recipient, row)),
        recording=recording.view(moment.recording, snapshot, recipient, moment.truth),
        paper=_paper(snapshot, recipient, moment.tables.get(recipient.room)),
    )


def _paper(snapshot: Snapshot, recipient: SeatRow, row: TableRow | None) -> PaperView | None:
    """What lies on the table of the recipient's own room; who may not see it is told that, and nothing of it."""
    facts = table_facts(snapshot, recipient)
    if row is None or not paper_rules.is_on_show(facts) or row.presenter in recipient.apart:
        return None
    own = row.presenter == recipient.public_id
    presenter = snapshot.seat(row.presenter).name
    steps = paper_rules.offered(facts, own=own, marked=row.mark is not None, n_pages=row.n_pages)
    blind = [
        seat.name
        for seat in snapshot.seats
        if seat.room == row.room
        and seat.state is SeatState.IN_ROOM
        and seat.public_id not in row.sees | recipient.apart
    ]
    view = PaperView(
        id=row.public_id,
        presenter=row.presenter,
        name=presenter,
        own=own,
        may_see=recipient.public_id in row.sees,
        steps=tuple(step.value for step in steps),
        blind=tuple(blind) if own or recipient.role is SeatRole.NEUTRAL else (),
    )
    if not view.may_see:
        return view
    readable = own or recipient.public_id in row.own_right
    mark_x, mark_y = row.mark or (None, None)
    seen = {"title": row.name, "page": row.page, "n_pages": row.n_pages, "mark_x": mark_x, "mark_y": mark_y}
    return view.model_copy(
        update=seen | {"pages": tuple(sorted(paper_rules.open_to(row.shown, row.n_pages, may_read=readable)))}
    )


def _knows(recipient: SeatRow, row: CaucusRow) -> bool:
    """The neutral knows of every caucus, a party of the one they are asked into or in."""
    if recipient.role is SeatRole.NEUTRAL:
        return True
    return recipient.room == row.room or recipient.public_id in row.asked | (
        row.accepted if row.state is CaucusState.INVITING else frozenset()
    )


def _caucus(snapshot: Snapshot, recipient: SeatRow, row: CaucusRow) -> CaucusView:
    names = {seat.public_id: seat.name for seat in snapshot.seats}
    there = {seat.public_id for seat in snapshot.seats if seat.room == row.room and seat.role is not SeatRole.NEUTRAL}
    asked = [guest for guest in row.guests if guest.answer is GuestAnswer.ASKED]
    shown = asked if row.state is CaucusState.RUNNING else row.guests
    steps: tuple[str, ...] = ()
    if recipient.role is SeatRole.NEUTRAL:
        offered = CAUCUS_LIFE.offered(snapshot.caucus_facts(row))
        steps = tuple(step.value for step in offered if step in NEUTRALS_CAUCUS_STEPS or step is CaucusStep.INVITE)
    return CaucusView(
        id=row.public_id,
        room=row.room,
        state=row.state,
        locked=row.locked,
        asked=recipient.public_id in row.asked,
        inside=recipient.room == row.room,
        expires_at=min((guest.expires_at for guest in asked), default=None),
        guests=(
            *(GuestView(seat=seat, name=names[seat], answer=GuestAnswer.ACCEPTED) for seat in sorted(there)),
            *(
                GuestView(seat=guest.seat, name=names[guest.seat], answer=guest.answer)
                for guest in shown
                if guest.seat not in there and guest.seat not in recipient.apart
            ),
        ),
        steps=steps,
    )


def _hearing(snapshot: Snapshot, recipient: SeatRow, now: datetime) -> HearingView:
    steps: tuple[str, ...] = ()
    if recipient.role is SeatRole.NEUTRAL:
        offered = HEARING_LIFE.offered(snapshot.facts(now))
        steps = tuple(s.value for s in offered if s in NEUTRALS_STEPS and s.value in _STEPS_OF_MESSAGE)
    return HearingView(
        id=snapshot.public_id,
        case_number=snapshot.case_number,
        state=snapshot.state,
        starts_at=snapshot.starts_at,
        ends_at=snapshot.ends_at,
        opens_at=snapshot.opens_at,
        started_at=snapshot.started_at,
        closed_at=snapshot.closed_at,
        begins_at=snapshot.begins_at,
        steps=steps,
        room_steps=tuple(
            control.value
            for control in RoomControl
            if controls.refuse_room(control, snapshot.seat_facts(recipient), snapshot.signs_beside(recipient)) is None
        ),
    )


def _you(snapshot: Snapshot, seat: SeatRow, flowing: Iterable[Link], own: Carried) -> YouView:
    return YouView(
        seat=seat.public_id,
        role=seat.role,
        state=seat.state,
        room=seat.room,
        muted=seat.muted,
        mute_locked=seat.mute_locked,
        spotlit=seat.spotlit,
        sharing=seat.sharing,
        mic_on=seat.mic_on,
        camera_on=seat.camera_on,
        hand_raised_at=seat.hand_raised_at,
        hand_place=snapshot.place_in_queue(seat),
        heard=forwarding.is_heard(seat.public_id, flowing),
        n_ahead=_ahead(snapshot, seat),
        steps=_own_steps(snapshot, seat),
        may_show=paper_rules.refuse_show(table_facts(snapshot, seat)) is None,
        wants=own.wanted,
        receives=own.receives,
        sends_picture=own.sends_picture,
    )


def _own_steps(snapshot: Snapshot, seat: SeatRow) -> tuple[str, ...]:
    facts = snapshot.seat_facts(seat)
    steps = [control.value for control in controls.offered_own(facts)]
    if seat.role is not SeatRole.NEUTRAL and SeatStep.COME_TOGETHER in SEAT_LIFE.offered(facts):
        steps.append(SeatStep.COME_TOGETHER.value)
    return tuple(steps)


def _ahead(snapshot: Snapshot, seat: SeatRow) -> int:
    """Waiting people who came earlier; protected ones are counted by nobody."""
    if seat.state is not SeatState.WAITING or seat.arrived_at is None:
        return 0
    return sum(
        other.state is SeatState.WAITING
        and other.arrived_at is not None
        and other.arrived_at < seat.arrived_at
        and other.public_id not in seat.apart
        and other.role not in BESIDE
        for other in snapshot.seats
    )


def _seat(snapshot: Snapshot, recipient: SeatRow, seat: SeatRow, moment: Moment) -> SeatView:
    is_neutral = recipient.role is SeatRole.NEUTRAL
    same_room = seat.room == recipient.room != WAITING_ROOM
    carried = moment.carried.get(seat.public_id, EVERYTHING) if is_neutral or same_room else EVERYTHING
    facts = snapshot.seat_facts(seat)
    steps = controls.offered_neutrals(facts, seat.signs) if is_neutral else ()
    return SeatView(
        id=seat.public_id,
        name=seat.name,
        role=seat.role,
        part=seat.part,
        state=seat.state,
        room=seat.room if is_neutral or same_room else None,
        same_room=same_room,
        muted=seat.muted,
        mute_locked=seat.mute_locked,
        spotlit=seat.spotlit and same_room,
        mic_on=seat.mic_on,
        camera_on=seat.camera_on,
        hand_raised_at=seat.hand_raised_at,
        hand_place=snapshot.place_in_queue(seat) if is_neutral or same_room else None,
        arrived_at=seat.arrived_at if is_neutral else None,
        camera=_finding(seat, "camera"),
        microphone=_finding(seat, "microphone"),
        line=moment.lines.get(seat.public_id, "unknown") if is_neutral or same_room else "unknown",
        receives=carried.receives,
        sends_picture=carried.sends_picture,
        hold_ms=forwarding.held_ms(carried, moment.carried.get(recipient.public_id, EVERYTHING)) if same_room else 0,
        steps=tuple(step.value for step in steps),
        sharing=seat.sharing and same_room,
        may_show=seat.may_show and is_neutral,
        signalled_at=seat.signalled_at if is_neutral else None,
        may_be_asked=is_neutral and snapshot.refuse_guest(seat) is None,
    )


def _finding(seat: SeatRow, device: str) -> Finding:
    found: Finding = seat.device.get(device, "unchecked")
    return found


def rooms_read(seat: SeatRow) -> frozenset[str]:
    """Whose lines the seat reads: its own room's; the neutral also what the waiting ones write."""
    return frozenset({seat.room, WAITING_ROOM}) if seat.role is SeatRole.NEUTRAL else frozenset({seat.room})


def chat(snapshot: Snapshot, recipient: SeatRow, rows: Iterable[LineRow]) -> Chat:
    """All lines that the recipient may read now."""
    names = {seat.public_id: seat for seat in snapshot.seats}
    is_neutral = recipient.role is SeatRole.NEUTRAL
    return Chat(
        replace=True,
        lines=tuple(
            ChatLineView(
                id=row.id,
                seat=row.seat,
                name=names[row.seat].name,
                room=row.room,
                text=row.text,
                said_at=row.said_at,
                own=row.seat == recipient.public_id,
                to=names[row.to].name if row.to in names else None,
                kept=row.kept,
                may_keep=is_neutral and not row.kept and row.to is None and row.room == recipient.room == MAIN_ROOM,
            )
            for row in rows
            if row.seat in names and row.seat not in recipient.apart
        ),
    )


def from_desk(snapshot: Snapshot, recipient: SeatRow, rows: Iterable[DeskLineRow]) -> FromDesk:
    """Sent to this seat alone."""
    lines = tuple(DeskLineView(id=row.id, name=row.by, text=row.text, said_at=row.said_at) for row in rows)
    written_to = any(line.name for line in lines)
    refusal = desk.refuse_answer(snapshot.state, recipient.state, written_to=written_to)
    return FromDesk(lines=lines, may_answer=refusal is None)


def notes(minutes: Iterable[MinuteRow], own: Iterable[NoteRow]) -> Notes:
    """What the neutral wrote; sent to no other seat."""
    return Notes(
        minutes=tuple(MinuteView(id=m.id, stage=m.stage, text=m.text, written_at=m.written_at) for m in minutes),
        own=tuple(NoteView(id=n.id, tag=n.tag, text=n.text, written_at=n.written_at) for n in own),
    )
