"""The chain holds, and every kind of meddling is found."""

from dataclasses import dataclass

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from mediation.kernel import log
from mediation.kernel.actor import SYSTEM
from mediation.kernel.events import Event
from tests.factories.tamper import unguard
from tests.fixtures.clock import FakeClock

pytestmark = pytest.mark.db


@dataclass(frozen=True, slots=True, kw_only=True)
class SomethingHappened(Event):
    what: str


@pytest.fixture
def chain(session: Session, clock: FakeClock) -> Session:
    for case_id in (1, 2):
        for what in ("first", "second", "third"):
            log.append(session, SomethingHappened(case_id=case_id, what=what), actor=SYSTEM, at=clock.pass_(seconds=1))
    session.commit()
    return session


@pytest.fixture
def opened(chain: Session) -> Session:
    """The chain in the hands of somebody who may take the guards of the tables away."""
    unguard(chain, "log_entry", "log_head")
    chain.commit()
    return chain


def faults(session: Session) -> set[str]:
    session.expire_all()
    return {fault.fault for fault in log.verify(session)}


def test_an_untouched_log_holds(chain: Session) -> None:
    assert faults(chain) == set()


@pytest.mark.parametrize(
    "change",
    [
        {"payload": {"what": "other"}},
        {"actor": "account:9"},
        {"name": "other"},
        {"case_id": 2},
        {"on_behalf_of": "x"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_column_is_found(opened: Session, change: dict[str, object]) -> None:
    opened.execute(update(log.LogEntry).where(log.LogEntry.id == 2).values(**change))
    assert "changed" in faults(opened)


def test_a_changed_instant_is_found(opened: Session, clock: FakeClock) -> None:
    opened.execute(update(log.LogEntry).where(log.LogEntry.id == 2).values(at=clock.pass_(days=1)))
    assert "changed" in faults(opened)


def test_a_row_taken_out_of_the_middle_is_found(opened: Session) -> None:
    opened.execute(delete(log.LogEntry).where(log.LogEntry.id == 2))
    assert "missing" in faults(opened)


def test_a_cut_tail_is_found(opened: Session) -> None:
    opened.execute(delete(log.LogEntry).where(log.LogEntry.id == 3))
    assert "cut_off" in faults(opened)


def test_a_listener_that_fails_undoes_the_step(
    session: Session, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_session: Session, _happening: log.Happening) -> None:
        raise RuntimeError

    monkeypatch.setitem(log.listeners(), SomethingHappened, [refuse])
    with pytest.raises(RuntimeError):
        log.append(session, SomethingHappened(case_id=5, what="x"), actor=SYSTEM, at=clock())
    session.rollback()
    assert list(log.verify(session)) == []
