"""A copy of everything an installation needs to live again, taken while it is in use, and its way back.

Holds the database, the encrypted files, the recordings and, where it was made by the program, the secret. Without the
secret the copy is unreadable: who keeps SECRET_KEY in the environment keeps it apart from the copies.
"""

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from mediation.settings import Settings, SettingsError

SUMS: Final = "SHA256SUMS"
SECRET: Final = "secret-key"  # noqa: S105 - the file's name
FILES: Final = "files"
RECORDINGS: Final = "recordings"


def backup(settings: Settings, folder: Path) -> int:
    """Copy everything into `folder`, which must not exist yet; gives the number of files.

    The database goes first: a file lies in its place before the row that names it is committed, so the later copy of
    the files holds all that the rows name. Raises: SettingsError.
    """
    database = _database(settings)
    if folder.exists():
        raise SettingsError(f"{folder} exists already; name a new folder")
    folder.mkdir(parents=True, mode=0o700)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(folder / database.name)) as copy:
        source.backup(copy)
    if settings.files_folder.exists():
        shutil.copytree(settings.files_folder, folder / FILES)
    if settings.recordings_folder.exists():
        shutil.copytree(settings.recordings_folder, folder / RECORDINGS)
    secret = settings.instance / SECRET
    if secret.exists():
        shutil.copy2(secret, folder / SECRET)
    sums = [f"{_sum(path)}  {path.relative_to(folder)}" for path in _contents(folder)]
    (folder / SUMS).write_text("\n".join(sums) + "\n", encoding="utf-8")
    return len(sums)


def restore(settings: Settings, folder: Path) -> int:
    """Bring a copy back into an empty installation, after every sum held; gives the number of files.

    Raises: SettingsError naming the first file that is not as it was copied.
    """
    database = _database(settings)
    if database.exists():
        raise SettingsError(f"{database} exists; restore into an INSTANCE folder without a database")
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise SettingsError(f"{folder} is no backup: {error.strerror}") from error
    sums = {name: expected for expected, _, name in (line.partition("  ") for line in lines)}
    for name, expected in sums.items():
        path = folder / name
        if not path.is_file() or _sum(path) != expected:
            raise SettingsError(f"{path} is not as it was copied; nothing was restored")
    for name in sums:
        target = database if name == database.name else settings.instance / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(folder / name, target)
    return len(sums)


def _database(settings: Settings) -> Path:
    prefix = "sqlite:///"
    if not settings.database.startswith(prefix):
        raise SettingsError(
            "DATABASE_URL is PostgreSQL: use pg_dump and pg_restore, and copy INSTANCE/files and /recordings after it"
        )
    return Path(settings.database.removeprefix(prefix))


def _contents(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != SUMS)


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
