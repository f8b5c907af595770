"""Every message a browser can send, in every state, by every role: done where it is offered, else refused with a reason
and without a trace. The messages are read from `live.messages`: a new one is tried by itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import product
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.models import Account
from mediation.access.queries import actor_of
from mediation.disputes import service as disputes
from mediation.disputes.rules.codes import PartyRole
from mediation.disputes.service import FileEvidence
from mediation.hearings import models, queries, service
from mediation.hearings.models import Caucus, ChatLine, Hearing, Seat
from mediation.hearings.rules.codes import SeatRole
from mediation.hearings.rules.controls import OwnControl, SeatControl
from mediation.hearings.rules.life import HearingStep
from mediation.hearings.rules.papers import PaperStep
from mediation.hearings.views.words import PROBLEMS
from mediation.kernel.actor import SYSTEM, Actor
from mediation.kernel.db import Base
from mediation.kernel.errors import Problem
from mediation.kernel.log import LogEntry
from mediation.live.commands import COMMANDS
from mediation.live.messages import CLIENT, ClientMessage, State
from mediation.scheduling import service as scheduling
from mediation.scheduling.rules.codes import CancelReason
from tests.cast import QIN, SHEN
from tests.factories import pictures
from tests.factories.disputes import as_party
from tests.factories.files import pdf
from tests.factories.hearings import (
    booked_hearing,
    come,
    control,
    do,
    gathered_hearing,
    neutral,
    running_hearing,
    seat_of,
)
from tests.fixtures.clock import FakeClock

pytestmark = [pytest.mark.db, pytest.mark.slow]
OF_THE_LINE = {"hello", "beat", "offer", "media_answer", "refresh", "receive"}
"""What the gateway answers itself: nothing of the hearing changes by them."""
NEUTRALS_OWN = {"hearing", "seat", "room", "caucus_invite", "caucus", "minute", "note", "keep_line"}
"""Refused to everybody but the one who runs the hearing."""
KINDS: tuple[type[BaseModel], ...] = get_args(get_args(ClientMessage)[0])
TABLES = [
    mapper.local_table
    for mapper in Base.registry.mappers
    if mapper.class_.__module__.startswith(models.__name__) or mapper.class_ is LogEntry
]


# ---- the worlds


def staff_on_duty(session: Session) -> Actor:
    return actor_of(session.scalars(select(Account).where(Account.username == SHEN)).one())


def scheduled(session: Session, clock: FakeClock, qin: Any) -> Hearing:
    return booked_hearing(session, clock, qin)


def waiting(session: Session, clock: FakeClock, qin: Any) -> Hearing:
    hearing = booked_hearing(session, clock, qin)
    come(session, neutral(hearing), clock)
    control(session, hearing, HearingStep.OPEN, clock)
    come(session, seat_of(hearing), clock)
    words = service.WriteToSeat(hearing.public_id, seat_of(hearing).public_id, "请稍等")
    service.write_to_seat(session, staff_on_duty(session), words, clock=clock)
    return hearing


def counting(session: Session, clock: FakeClock, qin: Any) -> Hearing:
    hearing = gathered_hearing(session, clock, qin)
    control(session, hearing, HearingStep.COUNT_DOWN, clock)
    return hearing


def in_session(session: Session, clock: FakeClock, qin: Any) -> Hearing:
    hearing = running_hearing(session, clock, qin)
    zhao = seat_of(hearing)
    service.raise_hand(session, zhao.id, raised=True, clock=clock)
    service.say(session, service.Say(zhao.id, "当众"), clock=clock)
    service.say(session, service.Say(zhao.id, "只给调解员", "mediator"), clock=clock)
    service.share(session, zhao.id, sharing=True, clock=clock)
    service.signal_danger(session, zhao.id, clock=clock)
    do(session, hearing, seat_of(hearing, PartyRole.RESPONDENT), SeatControl.LOCK_MUTE, clock)
    return hearing


def reading(session: Session, clock: FakeClock, qin: Any) -> Hearing:
    """Zhao shows a marked paper of theirs, by the mediator's leave."""
    hearing = running_hearing(session, clock, qin)
    zhao, contract = seat_of(hearing), FileEvidence(hearing.case_id, "合同.pdf", pdf(2))
    disputes.file_evidence(session, as_party(hearing.case), contract, clock=clock)
    do(session, hearing, zhao, SeatControl.LET_SHOW, clock)
    offer = queries.offers(session, zhao)[0]
    service.show_paper(session, service.ShowPaper(zhao.id, offer.source, offer.reference), 2, clock=clock)
    service.move_paper(session, service.MovePaper(zhao.id, PaperStep.MARK, x=1, y=1), clock=clock)
    return hearing


def asked_apart(session: Session, clock: FakeClock, qin: Any) -> Hearing:
    hearing = running_hearing(session, clock, qin)
    ask = service.InviteApart(neutral(hearing).id, (seat_of(hearing).public_id,))
    service.invite_apart(session, ask, clock=clock)
    return hearing


def apart(session: Session, clock: FakeClock, qin: Any) -> Hearing:
    hearing = asked_apart(session, clock, qin)
    caucus = session.scalars(select(Caucus)).one()
    answer = service.AnswerInvitation(seat_of(hearing).id, caucus.public_id, accept=True)
    service.answer_invitation(session, answer, clock=clock)
    return hearing


def paused(session: Session, clock: FakeClock, qin: Any) -> Hearing:
    hearing = running_hearing(session, clock, qin)
    control(session, hearing, HearingStep.PAUSE, clock)
    return hearing


def suspended(session: Session, clock: FakeClock, qin: Any) -> Hearing:
    hearing = running_hearing(session, clock, qin)
    control(session, hearing, HearingStep.SUSPEND, clock)
    return hearing


def unled(session: Session, clock: FakeClock, qin: Any) -> Hearing:
    hearing = running_hearing(session, clock, qin)
    service.leave(session, neutral(hearing).id, clock=clock)
    return hearing


def lost(session: Session, clock: FakeClock, qin: Any) -> Hearing:
    hearing = running_hearing(session, clock, qin)
    service.lose_all_lines(session, clock=clock)
    return hearing


def closed(session: Session, clock: FakeClock, qin: Any) -> Hearing:
    hearing = running_hearing(session, clock, qin)
    control(session, hearing, HearingStep.CLOSE, clock)
    return hearing


def cancelled(session: Session, clock: FakeClock, qin: Any) -> Hearing:
    hearing = booked_hearing(session, clock, qin)
    cancel = scheduling.CancelBooking(hearing.booking.public_id, CancelReason.ILLNESS)
    scheduling.cancel(session, SYSTEM, cancel, clock=clock)
    return hearing


WORLDS: tuple[Callable[..., Hearing], ...] = (
    scheduled, waiting, counting, in_session, reading, asked_apart, apart, paused, suspended, unled, lost, closed,
    cancelled,
)  # fmt: skip


# ---- the messages


def values(name: str, kind: Any, ids: dict[str, list[Any]]) -> list[Any]:
    """What a field may hold, by its name where it points to something, else by its type."""
    origin = get_origin(kind)
    if name in ids:
        return [*ids[name], *([None] if NoneType in get_args(kind) else [])]
    if origin is Annotated:
        return values(name, get_args(kind)[0], ids)
    if origin is Literal:
        return list(get_args(kind))
    if origin in (Union, UnionType):
        return [one for part in get_args(kind) for one in values(name, part, ids)]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return list(kind)
    return {bool: [True, False], int: [1], float: [0.0], str: ["x"], NoneType: [None]}[kind]


def every(kind: type[BaseModel], ids: dict[str, list[Any]]) -> Iterator[BaseModel]:
    fields: dict[str, FieldInfo] = {name: f for name, f in kind.model_fields.items() if name not in {"ref", "type"}}
    # A report's findings change nothing in what is let through: two of them, not all combinations.
    if len(fields) > 4:
        choices = [[values(name, f.annotation, ids)[0]] for name, f in fields.items()]
    else:
        choices = [values(name, f.annotation, ids) for name, f in fields.items()]
    type_ = get_args(kind.model_fields["type"].annotation)[0]
    for combination in product(*choices):
        yield CLIENT.validate_python({"type": type_, **dict(zip(fields, combination, strict=True))})


def offered(message: Any, told: State) -> bool | None:
    """Whether the page of the sender has a button for it now; None: the page does not say it by steps."""
    steps = {
        "hearing": told.hearing.steps,
        "room": told.hearing.room_steps,
        "paper": told.paper.steps if told.paper is not None else (),
    }
    if message.type in steps:
        return message.step in steps[message.type]
    if message.type == "seat":
        return any(seat.id == message.seat and message.step in seat.steps for seat in told.seats)
    if message.type == "share" and not message.on:
        return None
    if message.type in {*OwnControl, "come_together"}:
        return message.type in told.you.steps
    return None


def everything(session: Session) -> list[Any]:
    session.flush()
    return [session.execute(select(table).order_by(*table.primary_key)).all() for table in TABLES]


def test_every_message_is_a_command_or_of_the_line() -> None:
    types = {get_args(kind.model_fields["type"].annotation)[0] for kind in KINDS}
    assert types - OF_THE_LINE == {get_args(kind.model_fields["type"].annotation)[0] for kind in COMMANDS}


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.__name__)
def test_offered_it_is_done_else_refused_with_a_reason_and_without_a_trace(
    session: Session, clock: FakeClock, staff: Any, world: Callable[..., Hearing]
) -> None:
    hearing = world(session, clock, staff(QIN))
    if world is not cancelled and world is not closed:
        service.arrive(session, service.sit_in(session, staff(SHEN), hearing.public_id), clock=clock)
    session.commit()
    seats = session.scalars(select(Seat).where(Seat.hearing_id == hearing.id).order_by(Seat.id)).all()
    ids = {
        "seat": [seat.public_id for seat in seats] + ["nobody"],
        "seats": [(seat_of(hearing).public_id,), ("nobody",)],
        "caucus": [*session.scalars(select(Caucus.public_id)), "none"],
        "to": ["mediator", seat_of(hearing).public_id, "nobody"],
        "line": [*session.scalars(select(ChatLine.id)), 0],
        "text": ["一句话", " "],
    }
    trial = Trial(session, clock, everything(session))
    n_done = 0
    for sender in seats:
        told = pictures.told(session, hearing.id, sender.id, clock())
        for kind in COMMANDS:
            n_done += sum(trial.done(sender, message, told) for message in every(kind, ids))
            assert everything(session) == trial.before, (kind.__name__, sender.role)
    assert n_done or world is cancelled


@dataclass(frozen=True)
class Trial:
    """Messages one by one, each in a transaction that is taken back."""

    session: Session
    clock: FakeClock
    before: list[Any]

    def done(self, sender: Seat, message: Any, told: State) -> bool:
        """Whether it was let through."""
        what = f"{message.model_dump_json()} by {sender.role} {sender.state}"
        refusal = self._run(sender, message)
        if refusal is None:
            assert offered(message, told) is not False, what
            assert sender.role is SeatRole.NEUTRAL or message.type not in NEUTRALS_OWN, what
            return True
        assert refusal.code in PROBLEMS, (what, refusal.code)
        return False

    def _run(self, sender: Seat, message: Any) -> Problem | None:
        attempt = self.session.begin_nested()
        try:
            COMMANDS[type(message)](self.session, sender.id, message, self.clock)
        except Problem as problem:
            return problem
        finally:
            attempt.rollback()
            self.session.expire_all()
        return None
