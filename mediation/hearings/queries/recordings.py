"""Consents and recordings: of the room now, of a case, and for who may watch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from mediation.access.permissions import Permission
from mediation.disputes import policy as cases
from mediation.disputes.models import Case
from mediation.hearings.models import Hearing, Recording, RecordingConsent, Seat, Stay
from mediation.hearings.queries.snapshot import SeatRow, Snapshot, snapshot
from mediation.hearings.rules import consent
from mediation.hearings.rules.codes import (
    ConsentState,
    HearingState,
    RecordingPurpose,
    RecordingState,
    SeatRole,
    SeatState,
)
from mediation.hearings.rules.consent import ACTIVE, ALARMS, RoomFacts, Taken
from mediation.hearings.rules.life import OVER
from mediation.hearings.rules.seats import MAIN_ROOM
from mediation.kernel.actor import Actor

_HAS_PLACE = frozenset({SeatState.IN_ROOM, SeatState.DISCONNECTED})


@dataclass(frozen=True, slots=True)
class ActiveRow:
    """The recording that the mediator has to do with."""

    id: int
    purpose: RecordingPurpose
    state: RecordingState
    started_at: datetime


@dataclass(frozen=True, slots=True)
class RecordingNow:
    """Consents and recording of one hearing at one moment."""

    active: ActiveRow | None
    alarm: str
    """Why the last one ended that should have gone on; empty when it did not, or another was begun."""
    consents: Mapping[RecordingPurpose, Mapping[str, ConsentState]]
    """Seat -> what the person said; who was never asked is not in it."""

    def purpose_of(self, seat: str | None = None) -> RecordingPurpose:
        """What it is about now: what is being recorded, else what was asked last of this seat, or of anybody."""
        if self.active is not None:
            return self.active.purpose
        said = {
            purpose: [state for who, state in states.items() if seat in {None, who}]
            for purpose, states in self.consents.items()
        }
        asked = [purpose for purpose, states in said.items() if ConsentState.ASKED in states]
        answered = [purpose for purpose, states in said.items() if states]
        return (asked or answered or [RecordingPurpose.READ_BACK])[-1]

    def room(self, now: Snapshot, purpose: RecordingPurpose) -> RoomFacts:
        present = [seat.public_id for seat in present_in(now)]
        return RoomFacts(
            hearing=now.state,
            neutral_in_room=now.neutral_in_room,
            consents=consent.consents_of(present, self.consents[purpose]),
        )

    def recorded(self, now: Snapshot) -> frozenset[Taken]:
        """What is to be recorded now."""
        if self.active is None:
            return frozenset()
        room = self.room(now, self.active.purpose)
        running = self.active.state is RecordingState.RUNNING
        return consent.recorded(room, [seat.place for seat in now.seats], running=running)


def present_in(now: Snapshot) -> tuple[SeatRow, ...]:
    """Who would be recorded besides the neutral: whoever has a place in the main room."""
    return tuple(
        seat
        for seat in now.seats
        if seat.role is not SeatRole.NEUTRAL and seat.room == MAIN_ROOM and seat.state in _HAS_PLACE
    )


def recording_now(session: Session, hearing_id: int) -> RecordingNow:
    consents: dict[RecordingPurpose, dict[str, ConsentState]] = {purpose: {} for purpose in RecordingPurpose}
    rows = session.execute(
        select(RecordingConsent, Seat.public_id)
        .join(Seat, Seat.id == RecordingConsent.seat_id)
        .where(RecordingConsent.hearing_id == hearing_id)
        .execution_options(populate_existing=True)
    )
    for row, seat in rows:
        consents[row.purpose][seat] = row.state
    last = session.scalars(
        select(Recording)
        .where(Recording.hearing_id == hearing_id)
        .order_by(Recording.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()
    active = last if last is not None and last.state in ACTIVE else None
    return RecordingNow(
        active=ActiveRow(active.id, active.purpose, active.state, active.started_at) if active is not None else None,
        alarm=last.ended_why if last is not None and last.ended_why in ALARMS else "",
        consents=consents,
    )


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """A recording on a page."""

    public_id: str
    hearing: str
    case_public_id: str
    purpose: RecordingPurpose
    state: RecordingState
    started_at: datetime
    ended_at: datetime | None
    alarm: str
    progress: int
    fault: str
    sha256: str
    n_bytes: int
    duration_ms: int
    expires_at: datetime | None
    deleted_at: datetime | None
    deleted_why: str
    names: tuple[str, ...]
    """Who was in the room."""

    @property
    def seconds(self) -> int:
        return round(self.duration_ms / 1000)


@dataclass(frozen=True, slots=True)
class OwnConsentRow:
    """What a party has said about being recorded in one hearing."""

    hearing: str
    starts_at: datetime
    purpose: RecordingPurpose
    state: ConsentState
    moved_at: datetime | None
    may_answer: bool
    """The hearing is not over: yes and no can still be said. Taking back is always possible."""


@dataclass(frozen=True, slots=True)
class Recordings:
    """The recordings that somebody may know of, and what they may do with them."""

    rows: tuple[RecordingRow, ...]
    may_play: bool
    may_manage: bool
    """Delete, or try again to put together."""


def recordings(session: Session, case_id: int, actor: Actor) -> Recordings:
    """The recordings of a case, the latest first; a party sees those made while they were in the room."""
    query = (
        select(Recording)
        .join(Hearing, Hearing.id == Recording.hearing_id)
        .where(Hearing.case_id == case_id)
        .options(selectinload(Recording.hearing).selectinload(Hearing.seats))
        .order_by(Recording.id.desc())
    )
    rows = []
    for recording in session.scalars(query):
        there = seats_recorded(session, recording)
        if actor.party_id is None or may_know(session, actor, recording, there):
            rows.append(_row(recording, there))
    case = session.get_one(Case, case_id)
    return Recordings(
        tuple(rows),
        may_play=cases.may(session, actor, case, Permission.PLAY_RECORDING),
        may_manage=cases.may(session, actor, case, Permission.RUN_HEARING),
    )


def may_know(session: Session, actor: Actor, recording: Recording, there: tuple[Seat, ...]) -> bool:
    """Whether a party may know of it: they were in it, and nobody was in it whom they must not meet."""
    own = next((seat for seat in there if seat.party_id == actor.party_id), None)
    if own is None:
        return False
    apart = snapshot(session, recording.hearing_id).seat_by_id(own.id).apart
    return not any(seat.public_id in apart for seat in there)


def recording_row(session: Session, recording: Recording) -> RecordingRow:
    return _row(recording, seats_recorded(session, recording))


def seats_recorded(session: Session, recording: Recording) -> tuple[Seat, ...]:
    """Who was in the main room while it ran: nobody else sees that it exists."""
    overlaps = [Stay.room == MAIN_ROOM, or_(Stay.left_at.is_(None), Stay.left_at > recording.started_at)]
    if recording.ended_at is not None:
        overlaps.append(Stay.entered_at < recording.ended_at)
    there = select(Stay.seat_id).where(*overlaps)
    query = select(Seat).where(Seat.hearing_id == recording.hearing_id, Seat.id.in_(there)).order_by(Seat.id)
    return tuple(session.scalars(query))


def _row(recording: Recording, there: tuple[Seat, ...]) -> RecordingRow:
    return RecordingRow(
        public_id=recording.public_id,
        hearing=recording.hearing.public_id,
        case_public_id=recording.hearing.case.public_id,
        purpose=recording.purpose,
        state=recording.state,
        started_at=recording.started_at,
        ended_at=recording.ended_at,
        alarm=recording.ended_why if recording.ended_why in ALARMS else "",
        progress=recording.progress,
        fault=recording.fault,
        sha256=recording.sha256,
        n_bytes=recording.n_bytes,
        duration_ms=recording.duration_ms,
        expires_at=recording.expires_at,
        deleted_at=recording.deleted_at,
        deleted_why=recording.deleted_why,
        names=tuple(_name(seat) for seat in there),
    )


def _name(seat: Seat) -> str:
    if seat.party is not None:
        return seat.party.person.name
    return seat.account.name if seat.account is not None else ""


def own_consents(session: Session, actor: Actor) -> tuple[OwnConsentRow, ...]:
    """One row for each hearing of the party that is to come or under way, and for each consent that was moved."""
    seats = session.scalars(
        select(Seat)
        .join(Hearing, Hearing.id == Seat.hearing_id)
        .where(Seat.party_id == actor.party_id, Hearing.case_id == actor.case_id)
        .where(Hearing.state != HearingState.CANCELLED)
        .order_by(Hearing.id.desc())
    )
    found = []
    for seat in seats:
        said = {
            row.purpose: row
            for row in session.scalars(select(RecordingConsent).where(RecordingConsent.seat_id == seat.id))
        }
        for purpose in RecordingPurpose:
            row = said.get(purpose)
            open_ = seat.hearing.state not in OVER and purpose is RecordingPurpose.READ_BACK
            if row is not None or open_:
                found.append(
                    OwnConsentRow(
                        hearing=seat.hearing.public_id,
                        starts_at=seat.hearing.booking.starts_at,
                        purpose=purpose,
                        state=row.state if row is not None else ConsentState.UNASKED,
                        moved_at=row.moved_at if row is not None else None,
                        may_answer=seat.hearing.state not in OVER,
                    )
                )
    return tuple(found)
