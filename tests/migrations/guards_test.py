"""What was signed and what happened is refused by the database itself, whoever writes."""

from collections.abc import Mapping

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mediation.agreements import service
from mediation.agreements.service import NewClause, SaveDraft, Sign
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import PartyRole
from tests.cast import QIN, WU
from tests.factories.disputes import as_party, party_of, ready_case
from tests.factories.files import picture

pytestmark = pytest.mark.db

OTHER = "A text that nobody read"


@pytest.fixture
def case(session: Session, clock, staff) -> Case:
    return ready_case(session, clock, staff(QIN))


@pytest.fixture
def draft(session: Session, clock, staff, case: Case) -> Session:
    landlord = party_of(case, PartyRole.RESPONDENT).id
    clauses = (NewClause("房东退还押金", landlord, "银行转账", None, 300_000),)
    service.save_draft(session, staff(QIN), SaveDraft(case.id, "押金三千元未退。", clauses), clock=clock)
    session.commit()
    return session


@pytest.fixture
def signed(draft: Session, clock, staff, case: Case) -> Session:
    """The text is fixed and one party has signed."""
    text_hash = service.fix(draft, staff(QIN), case.id, clock=clock).text_hash or ""
    service.sign(draft, as_party(case), Sign(case.id, text_hash, image=picture("PNG")), clock=clock)
    draft.commit()
    return draft


@pytest.fixture
def sealed(signed: Session, clock, staff, case: Case) -> Session:
    text_hash = signed.execute(text("SELECT text_hash FROM agreement")).scalar_one()
    other = as_party(case, PartyRole.RESPONDENT)
    service.sign(signed, other, Sign(case.id, text_hash, image=picture("PNG")), clock=clock)
    service.sign(signed, staff(QIN), Sign(case.id, text_hash, typed_name="秦海燕"), clock=clock)
    service.seal(signed, staff(WU), case.id, text_hash, clock=clock)
    signed.commit()
    return signed


def run(session: Session, statement: str, values: Mapping[str, object] | None = None) -> int:
    """How many rows it changed."""
    done = session.execute(text(statement), {"other": OTHER.encode(), "hash": "0" * 64, **(values or {})})
    session.commit()
    return done.rowcount  # type: ignore[attr-defined]


def refused(session: Session, statement: str) -> None:
    """By a guard, and not for another reason."""
    with pytest.raises(IntegrityError, match="guard_"):
        run(session, statement)
    session.rollback()


CHANGES_OF_TEXT = [
    "UPDATE agreement SET canonical = :other",
    "UPDATE agreement SET canonical = NULL, text_hash = NULL, state = 'draft'",
    "UPDATE agreement SET text_hash = :hash",
    "UPDATE agreement SET facts = :other",
    "UPDATE agreement SET n_copies = n_copies + 1",
    "UPDATE agreement SET number = 'another'",
    "UPDATE agreement SET state = 'draft'",
    "DELETE FROM agreement",
    "UPDATE clause SET text = :other",
    "UPDATE clause SET amount_fen = 1",
    "UPDATE clause SET obligor_id = NULL",
    "UPDATE clause SET due_on = '2030-01-01'",
    "DELETE FROM clause",
    (
        "INSERT INTO clause (agreement_id, position, text, manner, performance)"
        " SELECT id, 9, facts, facts, 'pending' FROM agreement"
    ),
    "UPDATE signature SET text_hash = :hash",
    "UPDATE signature SET party_id = NULL",
    "UPDATE signature SET signed_at = '2030-01-01 00:00:00'",
    "DELETE FROM signature",
    (
        "INSERT INTO signature (agreement_id, role, text_hash, signed_at)"
        " SELECT id, 'mediator', '0', signing_at FROM agreement"
    ),
]


@pytest.mark.parametrize("statement", CHANGES_OF_TEXT)
def test_a_text_that_is_being_signed_is_not_changed(signed: Session, statement: str) -> None:
    refused(signed, statement)


@pytest.mark.parametrize(
    "statement",
    [
        *CHANGES_OF_TEXT,
        "UPDATE agreement SET effective_at = '2030-01-01 00:00:00'",
        (
            "INSERT INTO signature (agreement_id, role, text_hash, signed_at)"
            " SELECT id, 'mediator', text_hash, signing_at FROM agreement"
        ),
    ],
)
def test_a_text_in_effect_is_not_changed(sealed: Session, statement: str) -> None:
    refused(sealed, statement)


@pytest.mark.parametrize("statement", ["UPDATE agreement SET facts = :other", "UPDATE clause SET text = :other"])
def test_a_draft_is_changed_as_often_as_one_likes(draft: Session, statement: str) -> None:
    assert run(draft, statement) == 1


def test_whether_it_was_performed_is_written_beside_the_text(sealed: Session) -> None:
    assert run(sealed, "UPDATE clause SET performance = 'performed', performed_at = '2026-12-01 00:00:00'") == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_entry SET actor = 'account:9' WHERE seq = 1",
        "UPDATE log_entry SET hash = :hash WHERE seq = 1",
        "DELETE FROM log_entry",
        "DELETE FROM log_entry WHERE seq = (SELECT max(seq) FROM log_entry)",
        "DELETE FROM log_head",
        "UPDATE log_head SET seq = 1, hash = :hash",
        "UPDATE log_head SET hash = :hash",
    ],
)
def test_what_happened_is_only_added_to(draft: Session, statement: str) -> None:
    refused(draft, statement)


def test_no_table_is_emptied_at_one_stroke(signed: Session) -> None:
    """SQLite has no TRUNCATE: there it is the DELETE of all rows, refused above."""
    if signed.get_bind().dialect.name == "sqlite":
        for table in ("agreement", "clause", "signature", "log_entry", "log_head"):
            refused(signed, f"DELETE FROM {table}")
        return
    for table in ("agreement", "clause", "signature", "log_entry", "log_head"):
        refused(signed, f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", ["agreement", "clause", "signature", "log_entry", "log_head"])
def test_no_row_is_written_over_by_another_of_its_name(signed: Session, table: str) -> None:
    if signed.get_bind().dialect.name != "sqlite":
        pytest.skip("REPLACE, which deletes silently what stands in its way, is SQLite's own")
    refused(signed, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


def test_an_insert_does_not_become_a_change(signed: Session) -> None:
    refused(
        signed, "INSERT INTO log_entry SELECT * FROM log_entry WHERE true ON CONFLICT (id) DO UPDATE SET hash = :hash"
    )
