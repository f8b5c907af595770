"""Where the encrypted bytes lie: one Protocol, and the folder that keeps it."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from mediation.kernel.errors import Missing


class Storage(Protocol):
    """Bytes by key. Keys are ours (letters, digits, one dot), never a person's file name."""

    def put(self, key: str, content: bytes) -> None:
        """Keep `content`; when this returns it survives a power loss. The same key again replaces it whole."""

    def get(self, key: str) -> bytes:
        """Raises: Missing `file_gone`."""

    def delete(self, key: str) -> None:
        """Deleting what is not there is no error."""

    def keys(self) -> Iterator[str]: ...


class FolderStorage:
    """Files in one folder, spread over 2-character subfolders."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def _path(self, key: str) -> Path:
        if not key.replace(".", "", 1).isalnum():
            raise ValueError(f"not a storage key: {key!r}")
        return self._root / key[:2] / key

    def put(self, key: str, content: bytes) -> None:
        """Temporary name, fsync, rename, fsync of the folder: a reader sees all of it or nothing."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)

    def get(self, key: str) -> bytes:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError as error:
            raise Missing("file_gone") from error

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def keys(self) -> Iterator[str]:
        if self._root.is_dir():
            for path in sorted(self._root.glob("*/*")):
                if not path.name.startswith("."):
                    yield path.name


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Installed:
    storage: Storage | None = None


def install(storage: Storage) -> None:
    """Called once by each process when its settings are known."""
    _Installed.storage = storage


def storage() -> Storage:
    if _Installed.storage is None:
        raise RuntimeError("no storage installed; wiring.configure() comes first")
    return _Installed.storage
