"""Papers on the table: who lays one there, who sees which page, and when it is gone again."""

from collections.abc import Callable
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes import service as disputes
from mediation.disputes.rules.codes import PartyRole
from mediation.disputes.service import FileEvidence
from mediation.hearings import queries, service
from mediation.hearings.models import Caucus, Seat, ShownPaper
from mediation.hearings.queries import Offer
from mediation.hearings.rules import papers as rules
from mediation.hearings.rules.codes import HearingState, SeatRole, SeatState
from mediation.hearings.rules.controls import SeatControl
from mediation.hearings.rules.life import HearingStep
from mediation.hearings.rules.papers import PaperStep, TableFacts, Viewer
from mediation.hearings.service import LookAt, MovePaper, ShowPaper
from mediation.kernel.actor import Actor
from mediation.kernel.errors import Denied, Invalid, Missing, Refused
from mediation.kernel.log import LogEntry
from tests.cast import QIN, SHEN, ZHAO, ZHOU
from tests.factories import files, pictures
from tests.factories.disputes import as_party
from tests.factories.hearings import come, control, do, neutral, running_hearing, seat_of
from tests.fixtures.clock import FakeClock
from tests.hearings.caucus_test import Apart, protect

# ---- rules


def facts(**other: object) -> TableFacts:
    usual: dict[str, object] = {
        "state": SeatState.IN_ROOM,
        "role": SeatRole.PARTY,
        "room": "main",
        "hearing": HearingState.IN_SESSION,
        "may_show": False,
    }
    return TableFacts(**(usual | other))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("other", "refusal"),
    [
        ({}, "paper_no_leave"),
        ({"may_show": True}, None),
        ({"role": SeatRole.NEUTRAL}, None),
        ({"role": SeatRole.NEUTRAL, "room": "waiting"}, "not_in_room"),
        ({"role": SeatRole.NEUTRAL, "state": SeatState.DISCONNECTED}, "not_in_room"),
        ({"role": SeatRole.NEUTRAL, "hearing": HearingState.PAUSED}, "not_in_session"),
        ({"role": SeatRole.CO_MEDIATOR}, "paper_no_leave"),
    ],
)
def test_who_may_lay_a_paper_on_the_table(other: dict[str, object], refusal: str | None) -> None:
    assert rules.refuse_show(facts(**other)) == refusal


def test_only_who_shows_it_turns_and_points_and_the_neutral_may_take_it_away() -> None:
    own = rules.offered(facts(), own=True, marked=True, n_pages=2)
    assert set(own) == set(PaperStep)
    assert set(rules.offered(facts(), own=True, marked=False, n_pages=1)) == {PaperStep.MARK, PaperStep.CLOSE}
    assert rules.offered(facts(role=SeatRole.NEUTRAL), own=False, marked=True, n_pages=2) == (PaperStep.CLOSE,)
    assert rules.offered(facts(), own=False, marked=True, n_pages=2) == ()
    assert rules.offered(facts(hearing=HearingState.PAUSED), own=True, marked=True, n_pages=2) == ()


def test_a_page_is_seen_only_in_its_room_in_session_with_a_right_to_it() -> None:
    """All cases, against the sentence written out."""
    for state, room, presenter, may_read, apart, hearing, filed in product(
        SeatState, ("main", "caucus-1", "waiting"), *[(False, True)] * 3, HearingState, (False, True)
    ):
        viewer = Viewer(state, room, is_presenter=presenter, may_read=may_read, is_apart=apart)
        there = state is SeatState.IN_ROOM and room == "main" and hearing is HearingState.IN_SESSION
        right = presenter or may_read or filed
        seen = rules.sees(viewer, "main", hearing, filed_by_presenter=filed)
        assert seen is (there and right and not apart)


def test_by_oneself_one_turns_to_all_pages_or_to_those_that_were_shown() -> None:
    assert rules.open_to([2, 5], 6, may_read=True) == {1, 2, 3, 4, 5, 6}
    assert rules.open_to([2, 5], 6, may_read=False) == {2, 5}


@pytest.mark.parametrize(
    ("pages", "runs"),
    [([], ()), ([4], ((4, 4),)), ([3, 1, 2, 3], ((1, 3),)), ([1, 3, 4, 9], ((1, 1), (3, 4), (9, 9)))],
)
def test_pages_are_told_as_runs(pages: list[int], runs: tuple[tuple[int, int], ...]) -> None:
    assert rules.spans(pages) == runs


# ---- services


class Table:
    """A running hearing with papers: two pages of Zhao, one photo of Zhou, three pages of the staff."""

    def __init__(self, session: Session, clock: FakeClock, qin: Actor) -> None:
        self.session, self.clock = session, clock
        self.hearing = running_hearing(session, clock, qin)
        self.zhao, self.zhou = seat_of(self.hearing), seat_of(self.hearing, PartyRole.RESPONDENT)
        self.qin = neutral(self.hearing)
        case = self.hearing.case
        for actor, name, content in (
            (as_party(case), "合同.pdf", files.pdf(2)),
            (as_party(case, PartyRole.RESPONDENT), "墙面.jpg", files.picture()),
            (qin, "告知书.pdf", files.pdf(3)),
        ):
            disputes.file_evidence(session, actor, FileEvidence(case.id, name, content), clock=clock)
        session.flush()

    def offers(self, seat: Seat) -> dict[str, Offer]:
        return {one.name: one for one in queries.offers(self.session, seat)}

    def show(self, seat: Seat, name: str) -> ShownPaper:
        offer = next(one for one in queries.offers(self.session, self.qin) if one.name == name)
        command = ShowPaper(seat.id, offer.source, offer.reference)
        return service.show_paper(self.session, command, 2, clock=self.clock)

    def move(self, seat: Seat, step: PaperStep, **more: int) -> ShownPaper:
        return service.move_paper(self.session, MovePaper(seat.id, step, **more), clock=self.clock)

    def told(self, seat: Seat):
        return pictures.told(self.session, self.hearing.id, seat.id, self.clock()).paper

    def may_look(self, seat: Seat, paper: ShownPaper, page: int = 1) -> bool:
        try:
            service.check_look(self.session, LookAt(seat.id, paper.public_id, page))
        except Missing:
            return False
        return True

    def trail(self, *names: str) -> list[tuple[str, dict[str, object]]]:
        rows = self.session.scalars(select(LogEntry).where(LogEntry.name.in_(names)).order_by(LogEntry.seq))
        return [(row.name, row.payload) for row in rows]


@pytest.fixture
def table(session: Session, clock: FakeClock, staff: Callable[[str], Actor]) -> Table:
    return Table(session, clock, staff(QIN))


db = pytest.mark.db


@db
def test_each_is_offered_what_they_may_read(table: Table) -> None:
    assert set(table.offers(table.qin)) == {"合同.pdf", "墙面.jpg", "告知书.pdf"}
    assert set(table.offers(table.zhao)) == {"合同.pdf"}
    assert set(table.offers(table.zhou)) == {"墙面.jpg"}


@db
def test_shown_by_the_mediator_a_partys_paper_is_seen_by_that_party_and_the_mediator_is_told(
    table: Table,
) -> None:
    paper = table.show(table.qin, "合同.pdf")
    assert [table.may_look(seat, paper) for seat in (table.qin, table.zhao, table.zhou)] == [True, True, False]
    assert table.told(table.qin).blind == (ZHOU.name,)
    zhou = table.told(table.zhou)
    assert (zhou.may_see, zhou.title, zhou.page, zhou.n_pages, zhou.pages, zhou.blind) == (False, "", 0, 0, (), ())
    assert table.told(table.zhao).title == "合同.pdf"
    assert table.told(table.zhao).blind == ()


@db
def test_whoever_filed_it_shows_it_to_the_room_by_the_mediators_leave(table: Table) -> None:
    with pytest.raises(Refused, match="paper_no_leave"):
        table.show(table.zhao, "合同.pdf")
    do(table.session, table.hearing, table.zhao, SeatControl.LET_SHOW, table.clock)
    with pytest.raises(Missing, match="paper_unknown"):
        table.show(table.zhao, "墙面.jpg")
    paper = table.show(table.zhao, "合同.pdf")
    assert [table.may_look(seat, paper) for seat in (table.qin, table.zhao, table.zhou)] == [True, True, True]
    # The other side sees what was shown, and no more.
    assert not table.may_look(table.zhou, paper, 2)
    assert table.may_look(table.qin, paper, 2)
    assert table.told(table.zhou).pages == (1,)
    table.move(table.zhao, PaperStep.TURN, page=2)
    assert table.told(table.zhou).pages == (1, 2)
    do(table.session, table.hearing, table.zhao, SeatControl.STOP_SHOW, table.clock)
    assert [table.told(seat) for seat in (table.qin, table.zhao, table.zhou)] == [None, None, None]
    assert not table.may_look(table.zhou, paper)


@db
def test_everybody_sees_the_page_and_the_place_that_is_shown(table: Table) -> None:
    table.show(table.qin, "告知书.pdf")
    table.move(table.qin, PaperStep.TURN, page=2)
    table.move(table.qin, PaperStep.MARK, x=250, y=700)
    for seat in (table.qin,):
        told = table.told(seat)
        assert (told.page, told.n_pages, told.mark_x, told.mark_y) == (2, 2, 250, 700)
    table.move(table.qin, PaperStep.TURN, page=1)
    assert table.told(table.qin).mark_x is None


@db
@pytest.mark.parametrize(
    ("step", "more", "kind", "code"),
    [
        (PaperStep.TURN, {"page": 3}, Invalid, "paper_no_page"),
        (PaperStep.TURN, {"page": 0}, Invalid, "paper_no_page"),
        (PaperStep.TURN, {}, Invalid, "paper_no_page"),
        (PaperStep.MARK, {"x": 1}, Invalid, "paper_no_mark"),
        (PaperStep.MARK, {"x": 1001, "y": 0}, Invalid, "paper_no_mark"),
        (PaperStep.UNMARK, {}, Refused, "not_now"),
    ],
)
def test_what_makes_no_sense_is_refused(table: Table, step: PaperStep, more, kind, code) -> None:
    table.show(table.qin, "合同.pdf")
    with pytest.raises(kind, match=code):
        table.move(table.qin, step, **more)


@db
def test_nobody_turns_anothers_paper_and_the_mediator_can_take_it_away(table: Table) -> None:
    do(table.session, table.hearing, table.zhao, SeatControl.LET_SHOW, table.clock)
    table.show(table.zhao, "合同.pdf")
    for seat, step in product((table.qin, table.zhou), (PaperStep.TURN, PaperStep.MARK)):
        with pytest.raises(Denied, match="not_yours"):
            table.move(seat, step, page=2, x=1, y=1)
    with pytest.raises(Denied, match="not_yours"):
        table.move(table.zhou, PaperStep.CLOSE)
    table.move(table.qin, PaperStep.CLOSE)
    assert table.told(table.zhao) is None
    with pytest.raises(Missing, match="paper_unknown"):
        table.move(table.zhao, PaperStep.TURN, page=2)


@db
def test_the_trail_says_which_pages_were_shown_and_who_looked(table: Table) -> None:
    paper = table.show(table.qin, "合同.pdf")
    for _ in range(2):
        service.note_look(table.session, LookAt(table.zhao.id, paper.public_id, 1), clock=table.clock)
    table.move(table.qin, PaperStep.TURN, page=2)
    table.show(table.qin, "告知书.pdf")  # in its place
    trail = table.trail("paper_shown", "paper_seen", "paper_taken_away")
    assert [name for name, _ in trail] == ["paper_shown", "paper_seen", "paper_taken_away", "paper_shown"]
    assert [trail[0][1]["room"], trail[1][1]["seat_id"], trail[2][1]["pages"]] == ["main", table.zhao.id, [1, 2]]
    assert "合同" not in str(trail)
    assert service.check_look(table.session, LookAt(table.qin.id, table.told(table.qin).id, 1))[1]


@db
def test_a_caucus_has_a_table_of_its_own_and_nothing_crosses(table: Table) -> None:
    apart = Apart(table.session, table.clock, table.hearing)
    common = table.show(table.qin, "告知书.pdf")
    apart.answer(table.zhao, apart.ask(table.zhao))
    assert table.told(table.qin) is None  # the mediator went, and the paper with them
    assert not table.may_look(table.zhou, common)
    theirs = table.show(table.qin, "合同.pdf")
    assert table.told(table.zhao).title == "合同.pdf"
    assert table.told(table.zhou) is None
    assert not table.may_look(table.zhou, theirs)
    caucus = table.session.scalars(select(Caucus)).one()
    assert theirs.room == f"caucus-{caucus.number}"
    with pytest.raises(Missing, match="paper_unknown"):
        table.move(table.zhou, PaperStep.CLOSE)
    service.come_together(table.session, table.zhao.id, clock=table.clock)
    assert [table.told(seat) for seat in (table.qin, table.zhao, table.zhou)] == [None, None, None]
    assert not table.may_look(table.zhao, theirs)


@db
def test_a_lost_line_leaves_the_paper_where_it_lies(table: Table) -> None:
    paper = table.show(table.qin, "合同.pdf")
    table.move(table.qin, PaperStep.TURN, page=2)
    service.lose_all_lines(table.session, clock=table.clock)
    assert not table.may_look(table.zhao, paper)
    for seat in (table.qin, table.zhao):
        service.arrive(table.session, seat, clock=table.clock)
    assert table.told(table.zhao).page == 2
    assert table.may_look(table.zhao, paper)


@db
def test_in_a_pause_nobody_sees_it_and_afterwards_it_lies_there_again(table: Table) -> None:
    paper = table.show(table.qin, "合同.pdf")
    control(table.session, table.hearing, HearingStep.PAUSE, table.clock)
    assert table.told(table.qin) is None
    assert not table.may_look(table.qin, paper)
    control(table.session, table.hearing, HearingStep.RESUME, table.clock)
    assert table.may_look(table.zhao, paper)


@db
@pytest.mark.parametrize("step", [HearingStep.CLOSE, HearingStep.SUSPEND])
def test_the_hearing_over_or_broken_off_the_table_is_empty(table: Table, step: HearingStep) -> None:
    table.show(table.qin, "合同.pdf")
    control(table.session, table.hearing, step, table.clock)
    assert table.session.scalars(select(ShownPaper).where(ShownPaper.closed_at.is_(None))).all() == []
    assert [payload["pages"] for _, payload in table.trail("paper_taken_away")] == [[1]]


@db
def test_sent_out_the_leave_is_over_and_the_paper_gone(table: Table) -> None:
    do(table.session, table.hearing, table.zhao, SeatControl.LET_SHOW, table.clock)
    paper = table.show(table.zhao, "合同.pdf")
    do(table.session, table.hearing, table.zhao, SeatControl.DISMISS, table.clock)
    assert not table.may_look(table.zhou, paper)
    assert not table.zhao.may_show
    assert table.told(table.qin) is None


@db
def test_staff_who_sit_in_see_what_the_case_lets_them(table: Table, staff: Callable[[str], Actor]) -> None:
    shen = service.sit_in(table.session, staff(SHEN), table.hearing.public_id)
    come(table.session, shen, table.clock)
    do(table.session, table.hearing, shen, SeatControl.ADMIT, table.clock)
    paper = table.show(table.qin, "合同.pdf")
    assert table.may_look(shen, paper)
    assert table.told(table.qin).blind == (ZHOU.name,)
    with pytest.raises(Refused, match="not_now"):
        do(table.session, table.hearing, shen, SeatControl.LET_SHOW, table.clock)


@db
def test_protected_people_see_nothing_of_each_others(table: Table) -> None:
    do(table.session, table.hearing, table.zhao, SeatControl.LET_SHOW, table.clock)
    paper = table.show(table.zhao, "合同.pdf")
    protect(table.session, table.clock, table.zhao, table.zhou)  # while both are in
    assert table.told(table.zhou) is None
    assert not table.may_look(table.zhou, paper)
    assert ZHAO.name not in str(table.told(table.zhou))


@db
def test_a_deleted_file_is_offered_to_nobody_and_seen_no_more(table: Table) -> None:
    from mediation.files import service as stored

    paper = table.show(table.qin, "合同.pdf")
    stored.delete(table.session, queries.seat_actor(table.session, table.qin.id), paper.file, clock=table.clock)
    assert "合同.pdf" not in table.offers(table.qin)
    assert not table.may_look(table.zhao, paper)
    assert not table.may_look(table.qin, paper)
    assert table.told(table.qin) is None


@db
def test_one_paper_lies_on_a_table_whatever_happens_at_once(table: Table) -> None:
    table.show(table.qin, "合同.pdf")
    table.show(table.qin, "告知书.pdf")
    open_ones = table.session.scalars(select(ShownPaper).where(ShownPaper.closed_at.is_(None))).all()
    assert [paper.file.name for paper in open_ones] == ["告知书.pdf"]
