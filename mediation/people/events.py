"""What happens to what is known of people. Ids and field names, never the values."""

from dataclasses import dataclass

from mediation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecorded(Event):
    person_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChanged(Event):
    person_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalShown(Event):
    """A masked field was shown in full to somebody, for a purpose they gave."""

    person_id: int
    field: str
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectionOrdered(Event):
    protection_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediatorAppointed(Event):
    mediator_id: int
    org_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediatorShareChanged(Event):
    """Of full-time work, in percent."""

    mediator_id: int
    percent: int
    from_percent: int
