"""What happens to papers."""

from dataclasses import dataclass

from mediation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRequested(Event):
    document_id: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRendered(Event):
    document_id: int
    kind: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRead(Event):
    document_id: int
