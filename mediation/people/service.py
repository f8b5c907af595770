"""Recording people once, changing what is known of them, showing it on purpose, protecting them from each other."""

from dataclasses import dataclass, field, fields
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access import queries as access
from mediation.access.permissions import Relation, Scope
from mediation.kernel import crypto, log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock, local_date
from mediation.kernel.errors import Invalid, Missing, Refused
from mediation.orgs import queries as orgs
from mediation.people import policy
from mediation.people.events import (
    MediatorAppointed,
    MediatorShareChanged,
    PersonalShown,
    PersonChanged,
    PersonRecorded,
    ProtectionOrdered,
)
from mediation.people.identity import check_credit_code, check_id_number, check_phone
from mediation.people.models import Mediator, MediatorSkill, Person, Protection
from mediation.people.rules import MediatorKind, Need, PersonKind, Sex


@dataclass(frozen=True, slots=True)
class RecordPerson:
    """What is known of somebody; an empty text or None means "not known", never "delete"."""

    name: str
    kind: PersonKind = PersonKind.NATURAL
    phone: str = ""
    phone_proved: bool = False
    """A one-time code came back from this phone: it takes the place of an older one."""
    email: str = ""
    id_number: str = ""
    """GB 11643 for a person, GB 32100 for an organisation."""
    sex: Sex | None = None
    born_on: date | None = None
    nation: str = ""
    occupation: str = ""
    address: str = ""
    locale: str = ""
    needs: tuple[Need, ...] = field(default=())


def record(session: Session, actor: Actor, command: RecordPerson, *, clock: Clock) -> Person:
    """The person described: the one already known by the same name and ID number, or the same name and phone, with
    what is new filled in; else a new one.

    A number alone is not enough: families share a phone, and whoever types somebody else's ID number must not end up
    in that person's record. What is known is not overwritten here, because whoever fills in a form has not proved who
    they are; only a proved phone is.
    Raises: Invalid for an ID number or a phone that cannot be right.
    """
    checked = _checked(command, local_date(clock()))
    person = _known(session, checked)
    if person is None:
        person = Person(name=checked.name, kind=checked.kind, created_at=clock())
        _fill(person, checked, overwrite=True)
        session.add(person)
        session.flush()
        log.append(session, PersonRecorded(person_id=person.id), actor=actor, at=clock())
        return person
    changed = _fill(person, checked, overwrite=False)
    if changed:
        session.flush()
        log.append(session, PersonChanged(person_id=person.id, fields=changed), actor=actor, at=clock())
    return person


def known(session: Session, command: RecordPerson, *, clock: Clock) -> Person | None:
    """Whose record `record` would take for the person described; None when it would begin one."""
    return _known(session, _checked(command, local_date(clock())))


def update(session: Session, actor: Actor, person_id: int, command: RecordPerson, *, clock: Clock) -> Person:
    """Correct what is known of a person: what the command gives takes the place of what stood there.

    Raises: Missing; Invalid; Refused `id_number_of_another` when that number belongs to another person.
    """
    checked = _checked(command, local_date(clock()))
    person = session.get(Person, person_id)
    if person is None:
        raise Missing("person_unknown")
    if checked.id_number:
        other = session.scalar(
            select(Person.id).where(
                Person.id_number_index == _index(checked.id_number, "id-number"), Person.id != person.id
            )
        )
        if other is not None:
            raise Refused("id_number_of_another", field="id_number")
    changed = _fill(person, checked, overwrite=True)
    if checked.name != person.name:
        person.name = checked.name
        changed = ("name", *changed)
    if changed:
        session.flush()
        log.append(session, PersonChanged(person_id=person.id, fields=changed), actor=actor, at=clock())
    return person


def _checked(command: RecordPerson, today: date) -> RecordPerson:
    """The command with its numbers read, and sex and birth as the ID number tells them."""
    values = {item.name: getattr(command, item.name) for item in fields(command)}
    values["name"] = command.name.strip()
    if not values["name"]:
        raise Invalid("name_missing", field="name")
    if command.phone:
        values["phone"] = check_phone(command.phone)
    if command.id_number and command.kind is PersonKind.ORGANISATION:
        values["id_number"] = check_credit_code(command.id_number)
    elif command.id_number:
        read = check_id_number(command.id_number, today=today)
        sex = Sex.FEMALE if read.is_female else Sex.MALE
        values |= {"id_number": read.number, "sex": sex, "born_on": read.born_on}
    return RecordPerson(**values)


def _known(session: Session, command: RecordPerson) -> Person | None:
    """The earliest record with the same name and number; contradicting ID numbers are two people."""
    if command.id_number:
        by_number = Person.id_number_index == _index(command.id_number, "id-number")
        for person in session.scalars(select(Person).where(by_number).order_by(Person.id)):
            if _same_name(person, command):
                return person
    if not command.phone:
        return None
    by_phone = Person.phone_index == _index(command.phone, "phone")
    for person in session.scalars(select(Person).where(by_phone).order_by(Person.id)):
        contradicts = bool(command.id_number and person.id_number and person.id_number != command.id_number)
        if _same_name(person, command) and not contradicts:
            return person
    return None


def _same_name(person: Person, command: RecordPerson) -> bool:
    """Chinese names are often typed with a blank inside to align two characters with three."""
    return person.kind is command.kind and "".join(person.name.split()) == "".join(command.name.split())


_FIELDS = ("phone", "email", "id_number", "sex", "born_on", "nation", "occupation", "address", "locale")


def _fill(person: Person, command: RecordPerson, *, overwrite: bool) -> tuple[str, ...]:
    """Set what the command knows; returns the names of the fields that changed."""
    changed: list[str] = []
    for name in _FIELDS:
        value, known = getattr(command, name), getattr(person, name, None)
        proved = name == "phone" and command.phone_proved
        if value and value != known and (overwrite or proved or not known):
            setattr(person, name, value)
            changed.append(name)
    needs = sorted({*(person.needs or ()), *(need.value for need in command.needs)})
    if needs != (person.needs or []):
        person.needs = needs
        changed.append("needs")
    if "phone" in changed:
        person.phone_index = _index(command.phone, "phone")
    if "id_number" in changed:
        person.id_number_index = _index(command.id_number, "id-number")
    return tuple(changed)


def _index(value: str, purpose: str) -> str:
    return crypto.keyring().blind_index(value, purpose)


@dataclass(frozen=True, slots=True)
class Reveal:
    """Show one field of a person in full, in a case, for a purpose."""

    person_id: int
    field: str
    purpose: str
    case_id: int
    scope: Scope
    relation: Relation = Relation.NONE


def reveal(session: Session, actor: Actor, command: Reveal, *, clock: Clock) -> str:
    """The field in full; the showing is written to the case's trail with its purpose.

    Raises: Denied; Missing; Invalid `purpose_missing`.
    """
    policy.check_reveal(actor, scope=command.scope, relation=command.relation)
    if command.field not in policy.REVEALABLE:
        raise Missing("field_unknown")
    if not command.purpose.strip():
        raise Invalid("purpose_missing", field="purpose")
    person = session.get(Person, command.person_id)
    if person is None:
        raise Missing("person_unknown")
    shown = PersonalShown(
        case_id=command.case_id, person_id=person.id, field=command.field, purpose=command.purpose.strip()[:80]
    )
    log.append(session, shown, actor=actor, at=clock())
    return getattr(person, command.field) or ""


def protect(
    session: Session,
    actor: Actor,
    *,
    person_id: int,
    from_person_id: int,
    reason: str,
    until: date | None,
    clock: Clock,
) -> Protection:
    """Two people never share a room, a list or a notice, until the day named (None: until it is lifted).

    Source: Anti-Domestic Violence Law arts 23-32 (personal safety protection order).
    Raises: Invalid for one and the same person.
    """
    if person_id == from_person_id:
        raise Invalid("same_person", field="from_person")
    row = Protection(person_id=person_id, from_person_id=from_person_id, reason=reason, until=until)
    session.add(row)
    session.flush()
    log.append(session, ProtectionOrdered(protection_id=row.id), actor=actor, at=clock())
    return row


@dataclass(frozen=True, slots=True)
class AppointMediator:
    account_id: int
    org_id: int
    kind: MediatorKind
    skills: tuple[str, ...]
    """Codes of dispute types."""
    languages: tuple[str, ...] = ("普通话",)
    weight: int = 100


def appoint(session: Session, actor: Actor, command: AppointMediator, *, clock: Clock) -> Mediator:
    """Make an account a mediator of a body; appointed before, the appointment is renewed.

    Raises: Missing; Invalid `weight` outside 1 to 100 percent.
    """
    if not 1 <= command.weight <= 100:  # noqa: PLR2004 - percent
        raise Invalid("weight", field="weight")
    body = orgs.place(session, command.org_id)
    access.account_name(session, command.account_id)
    row = session.scalars(select(Mediator).where(Mediator.account_id == command.account_id)).one_or_none()
    if row is None:
        row = Mediator(account_id=command.account_id)
        session.add(row)
    row.org_id, row.kind, row.active = body.id, command.kind, True
    row.languages, row.weight = list(command.languages), command.weight
    row.skills = [MediatorSkill(dispute_type=code) for code in sorted(set(command.skills))]
    session.flush()
    log.append(session, MediatorAppointed(mediator_id=row.id, org_id=body.id), actor=actor, at=clock())
    return row


@dataclass(frozen=True, slots=True)
class SetShare:
    mediator: str
    """Public id."""
    percent: int
    """Of full-time work, 1 to 100."""


def set_share(session: Session, actor: Actor, command: SetShare, *, clock: Clock) -> Mediator:
    """How much of a full-time mediator's work somebody does: new cases are spread by it. The same, nothing more.

    Emits: MediatorShareChanged. Raises: Missing `mediator_unknown`; Denied `share_not_kept_by_you`; Invalid `weight`.
    """
    row = policy.share_for(session, actor, command.mediator)
    if not 1 <= command.percent <= 100:  # noqa: PLR2004 - percent
        raise Invalid("weight", field="percent")
    if row.weight != command.percent:
        changed = MediatorShareChanged(mediator_id=row.id, percent=command.percent, from_percent=row.weight)
        row.weight = command.percent
        session.flush()
        log.append(session, changed, actor=actor, at=clock())
    return row
