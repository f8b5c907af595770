"""Where recordings lie: a folder apart from the evidence. The bytes in it are sealed, the keys are in the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from mediation.kernel.errors import Missing


@dataclass(frozen=True, slots=True)
class RecordingFiles:
    """Files by key: a public id of ours, never a person's name."""

    folder: Path
    keep: timedelta = timedelta(days=90)
    """How long a recording is kept after its end."""

    def _path(self, key: str) -> Path:
        if not key.isalnum():
            raise ValueError(f"not a storage key: {key!r}")
        return self.folder / key

    def create(self, key: str) -> BinaryIO:
        """A new file without a buffer, for writing and reading. Raises: OSError."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._path(key).open("xb+", buffering=0)

    def open(self, key: str) -> BinaryIO:
        """Raises: Missing `file_gone`."""
        try:
            return self._path(key).open("rb")
        except FileNotFoundError as error:
            raise Missing("file_gone") from error

    def delete(self, key: str) -> None:
        """Deleting what is not there is no error."""
        self._path(key).unlink(missing_ok=True)

    def keys(self, *, before: datetime | None = None) -> Iterator[str]:
        """All files, or those last written before an instant."""
        if not self.folder.is_dir():
            return
        for path in sorted(self.folder.iterdir()):
            if before is None or path.stat().st_mtime < before.timestamp():
                yield path.name


class _Installed:
    files: RecordingFiles | None = None


def install(files: RecordingFiles) -> None:
    """Called once by each process when its settings are known."""
    _Installed.files = files


def recordings() -> RecordingFiles:
    if _Installed.files is None:
        raise RuntimeError("no folder for recordings installed; wiring.configure() comes first")
    return _Installed.files
