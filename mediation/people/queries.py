"""Reads of people: who may mediate what, who is protected from whom."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnExpressionArgument, literal, or_, select
from sqlalchemy.orm import Session, aliased

from mediation.access.models import Account
from mediation.kernel import crypto
from mediation.kernel.errors import Missing
from mediation.orgs.models import Org
from mediation.orgs.rules import OrgKind
from mediation.people.models import Mediator, MediatorSkill, Person, Protection
from mediation.people.rules import MediatorKind


@dataclass(frozen=True, slots=True)
class MediatorRow:
    id: int
    public_id: str
    account_id: int
    name: str
    kind: MediatorKind
    languages: tuple[str, ...]
    weight: int
    org_id: int
    org_path: str
    org_name: str
    org_name_en: str

    def org_label(self, locale: str) -> str:
        return self.org_name if locale.startswith("zh") else self.org_name_en or self.org_name


def _rows(session: Session, *conditions: ColumnExpressionArgument[bool]) -> list[MediatorRow]:
    parent = aliased(Org, name="parent")
    # Columns, not objects: a district's five hundred mediators are listed on every page that offers a time.
    query = (
        select(
            Mediator.id,
            Mediator.public_id,
            Account.id,
            Account.name,
            Mediator.kind,
            Mediator.languages,
            Mediator.weight,
            Org.id,
            Org.path,
            Org.name,
            Org.name_en,
        )
        .join(Account, Account.id == Mediator.account_id)
        .join(Org, Org.id == Mediator.org_id)
        .join(parent, parent.id == Org.parent_id)
        .where(*conditions)
        .order_by(Mediator.id)
    )
    return [MediatorRow(*row[:5], tuple(row[5]), *row[6:]) for row in session.execute(query)]


def names(session: Session, mediator_ids: Collection[int]) -> dict[int, str]:
    """Mediator id -> name."""
    query = (
        select(Mediator.id, Account.name)
        .join(Account, Account.id == Mediator.account_id)
        .where(Mediator.id.in_(mediator_ids))
    )
    return dict(iter(session.execute(query)))


def skills(session: Session, mediator_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Mediator id -> codes of the dispute types they take."""
    query = (
        select(MediatorSkill.mediator_id, MediatorSkill.dispute_type)
        .where(MediatorSkill.mediator_id.in_(mediator_ids))
        .order_by(MediatorSkill.mediator_id, MediatorSkill.dispute_type)
    )
    found: dict[int, tuple[str, ...]] = {}
    for mediator_id, dispute_type in session.execute(query):
        found[mediator_id] = (*found.get(mediator_id, ()), dispute_type)
    return found


def mediators_for(
    session: Session, *, dispute_type: str | None, place_path: str, exclude: Collection[int] = ()
) -> list[MediatorRow]:
    """The people's mediators who may take a dispute of this type at this place: they work, have the skill, and their
    committee hangs below a place that covers it (a professional committee hangs below the district, so it covers all).

    Officers and judges mediate only what was handed to their body: `all_mediators(below=<its path>)`.
    `dispute_type` None: of whatever type. `exclude`: ids of mediators who are recused or declined.
    """
    parent = aliased(Org, name="parent")
    skilled = select(MediatorSkill.mediator_id)
    if dispute_type is not None:
        skilled = skilled.where(MediatorSkill.dispute_type == dispute_type)
    covering = (
        select(Org.id).join(parent, parent.id == Org.parent_id).where(literal(place_path).like(parent.path + "%"))
    )
    return _rows(
        session,
        Mediator.active,
        Account.active,
        Org.kind.in_([kind for kind in OrgKind if kind.is_committee]),
        Mediator.id.in_(skilled),
        Mediator.org_id.in_(covering),
        Mediator.id.not_in(exclude),
    )


def all_mediators(session: Session, *, below: str = "/") -> list[MediatorRow]:
    """The mediators whose body lies at or below a path."""
    return _rows(session, Mediator.active, Account.active, Org.path.startswith(below))


def mediator(session: Session, mediator_id: int) -> MediatorRow:
    """Raises: Missing `mediator_unknown`."""
    rows = _rows(session, Mediator.id == mediator_id)
    if not rows:
        raise Missing("mediator_unknown", field="mediator")
    return rows[0]


def mediator_by_public_id(session: Session, public_id: str) -> MediatorRow:
    """Raises: Missing `mediator_unknown`."""
    rows = _rows(session, Mediator.public_id == public_id)
    if not rows:
        raise Missing("mediator_unknown", field="mediator")
    return rows[0]


def mediator_of(session: Session, account_id: int | None) -> MediatorRow | None:
    """The mediator that an account is; None for staff who do not mediate."""
    rows = _rows(session, Mediator.account_id == account_id) if account_id is not None else []
    return rows[0] if rows else None


def protected(session: Session, person_ids: Iterable[int], *, today: date | None = None) -> frozenset[frozenset[int]]:
    """The pairs among these people who must never share a room, a list or a notice.

    `today` leaves out the pairs whose protection has ended; without it all count.
    """
    ids = set(person_ids)
    query = select(Protection.person_id, Protection.from_person_id).where(
        Protection.person_id.in_(ids), Protection.from_person_id.in_(ids)
    )
    if today is not None:
        query = query.where(or_(Protection.until.is_(None), Protection.until >= today))
    return frozenset(frozenset((one, other)) for one, other in session.execute(query))


def persons_with_phone(session: Session, phone: str) -> list[Person]:
    """Everybody who gave this number (11 digits, checked)."""
    index = crypto.keyring().blind_index(phone, "phone")
    return list(session.scalars(select(Person).where(Person.phone_index == index).order_by(Person.id)))
