"""One hearing on a real database, any commands by anybody in any order: the rows, the rules and the log agree."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from mediation.access.models import Account
from mediation.access.queries import actor_of
from mediation.disputes.rules.codes import PartyRole
from mediation.hearings import service
from mediation.hearings.models import ChatLine, Hearing, Seat
from mediation.hearings.rules.codes import HearingState, SeatRole, SeatState
from mediation.hearings.rules.controls import SeatControl
from mediation.hearings.rules.life import GATHERING, HEARING_LIFE, NEUTRALS_STEPS, HearingStep
from mediation.hearings.rules.seats import MAIN_ROOM, SEAT_LIFE, WAITING_ROOM
from mediation.kernel import log
from mediation.kernel.actor import SYSTEM
from mediation.kernel.db import transaction
from mediation.kernel.errors import Problem
from mediation.kernel.log import LogEntry
from mediation.people import service as people
from mediation.scheduling import service as scheduling
from mediation.scheduling.rules.codes import CancelReason
from tests.cast import QIN
from tests.factories.hearings import booked_hearing, neutral, seat_of
from tests.fixtures.clock import FakeClock

pytestmark = [pytest.mark.db, pytest.mark.slow, pytest.mark.timeout(400)]

HEARING_ARROWS = {(a.step, source, a.target) for a in HEARING_LIFE.transitions for source in a.sources}
SEAT_ARROWS = {(a.step.value, source, a.target) for a in SEAT_LIFE.transitions for source in a.sources}
WHO = st.sampled_from(["qin", "zhao", "zhou"])
FOUND = st.sampled_from(["ok", "denied", "missing"])


@dataclass(frozen=True)
class Picture:
    """Everything that a command may change, as it lies in the database."""

    hearing: tuple[Any, ...]
    seats: dict[str, dict[str, Any]]
    """By name: the columns."""
    n_lines: int
    entries: tuple[tuple[str, dict[str, Any]], ...]


class Sitting(RuleBasedStateMachine):
    """The model is the log: what it tells, folded, must be what the rows say."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.connection = engine.connect()
        self.all = self.connection.begin()
        self.sessions = sessionmaker(self.connection, join_transaction_mode="create_savepoint")
        with transaction(self.sessions) as session:
            qin = actor_of(session.scalars(select(Account).where(Account.username == QIN)).one())
            hearing = booked_hearing(session, self.clock, qin)
            seats = {"qin": neutral(hearing), "zhao": seat_of(hearing), "zhou": seat_of(hearing, PartyRole.RESPONDENT)}
            self.names = {seat.id: name for name, seat in seats.items()}
            self.ids = {name: seat.id for name, seat in seats.items()}
            self.public = {name: seat.public_id for name, seat in seats.items()}
            self.hearing_id, self.case_id = hearing.id, hearing.case_id
            self.booking = hearing.booking.public_id
        self.apart = False
        self.before = self.picture()

    @initialize(apart=st.booleans())
    def protect(self, apart: bool) -> None:
        self.apart = apart
        if apart:
            with transaction(self.sessions) as session:
                one, other = (session.get_one(Seat, self.ids[name]).party for name in ("zhao", "zhou"))
                assert one is not None
                assert other is not None
                people.protect(
                    session, SYSTEM, person_id=one.person_id, from_person_id=other.person_id, reason="保护令",
                    until=None, clock=self.clock,
                )  # fmt: skip
            self.before = self.picture()

    def teardown(self) -> None:
        with self.sessions() as session:
            assert list(log.verify(session, case_id=self.case_id)) == []
        self.all.rollback()
        self.connection.close()

    def picture(self) -> Picture:
        with self.sessions() as session:
            hearing = session.get_one(Hearing, self.hearing_id)
            entries = session.scalars(select(LogEntry).where(LogEntry.case_id == self.case_id).order_by(LogEntry.id))
            return Picture(
                (hearing.state, hearing.opened_at, hearing.started_at, hearing.closed_at),
                {self.names[seat.id]: _columns(seat) for seat in hearing.seats},
                len(session.scalars(select(ChatLine.id).where(ChatLine.hearing_id == self.hearing_id)).all()),
                tuple((entry.name, entry.payload) for entry in entries),
            )

    # ---- commands

    def command(self, run: Callable[[Session], object]) -> None:
        """Through the one transaction; refused, nothing has changed; done, the log tells exactly what did."""
        try:
            with transaction(self.sessions) as session:
                run(session)
        except Problem:
            assert self.picture() == self.before
            return
        now = self.picture()
        told = now.entries[len(self.before.entries) :]
        assert now.entries[: len(self.before.entries)] == self.before.entries
        self.follows(told, now)
        self.before = now

    def follows(self, told: tuple[tuple[str, dict[str, Any]], ...], now: Picture) -> None:
        hearing: HearingState = self.before.hearing[0]
        seats = {name: (row["state"], row["room"], mute(row)) for name, row in self.before.seats.items()}
        n_lines = self.before.n_lines
        for name, payload in told:
            who = self.names.get(payload.get("seat_id", 0), "")
            if name == "hearing_moved":
                step, target = HearingStep(payload["step"]), HearingState(payload["target"])
                assert payload["source"] == hearing
                assert (step, hearing, target) in HEARING_ARROWS
                hearing = target
            elif name == "seat_moved":
                state, _, muted = seats[who]
                target = SeatState(payload["target"])
                assert payload["source"] == state, (who, payload)
                assert (payload["step"], state, target) in SEAT_ARROWS
                seats[who] = (target, payload["room"], muted)
            elif name == "seat_muted":
                told_mute = (payload["muted"], payload["locked"])
                assert told_mute != seats[who][2], "told that something changed that did not"
                seats[who] = (*seats[who][:2], told_mute)
            elif name == "line_said":
                n_lines += 1
            elif name == "hearing_closed":
                n_lines = 0
        assert hearing is now.hearing[0]
        assert seats == {name: (row["state"], row["room"], mute(row)) for name, row in now.seats.items()}
        assert n_lines == now.n_lines

    @rule(who=WHO)
    def comes(self, who: str) -> None:
        self.command(lambda s: service.arrive(s, s.get_one(Seat, self.ids[who]), clock=self.clock))

    @rule(who=WHO, camera=FOUND, microphone=FOUND)
    def reports(self, who: str, camera: str, microphone: str) -> None:
        report = service.ReportDevice(self.ids[who], {"camera": camera, "microphone": microphone})
        self.command(lambda s: service.report_device(s, report, clock=self.clock))

    @rule(who=WHO)
    def checks_again(self, who: str) -> None:
        self.command(lambda s: service.recheck(s, self.ids[who], clock=self.clock))

    @rule(who=WHO)
    def loses_the_line(self, who: str) -> None:
        self.command(lambda s: service.lose_line(s, self.ids[who], clock=self.clock))

    @rule()
    def live_begins_anew(self) -> None:
        self.command(lambda s: service.lose_all_lines(s, clock=self.clock))

    @rule(who=WHO)
    def leaves(self, who: str) -> None:
        self.command(lambda s: service.leave(s, self.ids[who], clock=self.clock))

    @rule(who=WHO, microphone=st.sampled_from([None, True, False]), camera=st.sampled_from([None, True, False]))
    def switches(self, who: str, microphone: bool | None, camera: bool | None) -> None:
        self.command(
            lambda s: service.switch(s, service.SwitchDevices(self.ids[who], microphone, camera), clock=self.clock)
        )

    @rule(who=WHO, raised=st.booleans())
    def raises_a_hand(self, who: str, raised: bool) -> None:
        self.command(lambda s: service.raise_hand(s, self.ids[who], raised=raised, clock=self.clock))

    @rule(who=WHO, text=st.text(max_size=6))
    def types(self, who: str, text: str) -> None:
        self.command(lambda s: service.say(s, service.Say(self.ids[who], text), clock=self.clock))

    @rule(by=WHO, who=WHO, control=st.sampled_from(SeatControl))
    def controls_a_seat(self, by: str, who: str, control: SeatControl) -> None:
        command = service.ControlSeat(self.ids[by], self.public[who], control)
        self.command(lambda s: service.control_seat(s, command, clock=self.clock))

    @rule(by=st.sampled_from(["qin", "qin", "qin", "zhao"]), step=st.sampled_from(NEUTRALS_STEPS))
    def controls_the_hearing(self, by: str, step: HearingStep) -> None:
        command = service.ControlHearing(self.ids[by], step)
        self.command(lambda s: service.control_hearing(s, command, clock=self.clock))

    @rule(seconds=st.sampled_from([5, 10]))
    def begins_with_seconds(self, seconds: int) -> None:
        command = service.ControlHearing(self.ids["qin"], HearingStep.START, timedelta(seconds=10))
        self.command(lambda s: service.control_hearing(s, command, clock=self.clock))
        self.clock.pass_(seconds=seconds)
        self.command(lambda s: service.begin_due(s, self.hearing_id, clock=self.clock))

    @rule()
    def cancels_the_booking(self) -> None:
        cancel = scheduling.CancelBooking(self.booking, CancelReason.ILLNESS)
        self.command(lambda s: scheduling.cancel(s, SYSTEM, cancel, clock=self.clock))

    @rule(minutes=st.sampled_from([1, 11]))
    def time_passes(self, minutes: int) -> None:
        self.clock.pass_(minutes=minutes)

    @rule()
    def everybody_is_let_in(self) -> None:
        """The usual way, so that short games get to the session too."""
        for who in ("qin", "zhao", "zhou"):
            self.comes(who)
            self.reports(who, "ok", "ok")
            self.controls_the_hearing("qin", HearingStep.OPEN)
            self.controls_a_seat("qin", who, SeatControl.ADMIT)
        self.controls_the_hearing("qin", HearingStep.START)

    # ---- what holds always

    @invariant()
    def one_seat_a_person(self) -> None:
        assert sorted(self.before.seats) == ["qin", "zhao", "zhou"]

    @invariant()
    def the_room_fits_the_state(self) -> None:
        for row in self.before.seats.values():
            assert row["state"] is not SeatState.IN_ROOM or row["room"] == MAIN_ROOM
            assert row["state"] not in {SeatState.EXPECTED, SeatState.CHECKING, SeatState.WAITING, SeatState.LEFT} or (
                row["room"] == WAITING_ROOM
            )

    @invariant()
    def parties_are_in_the_room_only_while_the_hearing_gathers(self) -> None:
        for row in self.before.seats.values():
            inside = row["state"] is SeatState.IN_ROOM and row["role"] is not SeatRole.NEUTRAL
            assert not inside or self.before.hearing[0] in GATHERING

    @invariant()
    def the_protected_never_meet(self) -> None:
        rooms = [self.before.seats[name]["room"] for name in ("zhao", "zhou")]
        assert not self.apart or rooms != [MAIN_ROOM, MAIN_ROOM]


def mute(row: dict[str, Any]) -> tuple[bool, bool]:
    return row["muted"], row["mute_locked"]


def _columns(seat: Seat) -> dict[str, Any]:
    return {column.key: getattr(seat, column.key) for column in Seat.__table__.columns}


def test_whatever_is_done_in_whatever_order(engine: Engine, staff: object) -> None:
    run_state_machine_as_test(
        lambda: Sitting(engine),
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )  # fmt: skip
