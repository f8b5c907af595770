"""What happens to files."""

from dataclasses import dataclass

from mediation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStored(Event):
    file_id: int
    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead(Event):
    file_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDeleted(Event):
    file_id: int
