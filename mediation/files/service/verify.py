"""Comparing what the database says of files with what lies in the storage."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.files.models import StoredFile
from mediation.files.service.store import original_key, shown_key, unsealed
from mediation.files.storage import storage
from mediation.kernel.crypto import Undecipherable
from mediation.kernel.errors import Missing


@dataclass(frozen=True, slots=True)
class Fault:
    """`missing`: a row without bytes. `changed`: other bytes than were written. `orphan`: bytes without a row."""

    key: str
    fault: str


def verify(session: Session) -> Iterator[Fault]:
    """Read every file and compare it with its hash; yields nothing when all is as it was written."""
    known: set[str] = set()
    rows = session.scalars(select(StoredFile).where(StoredFile.deleted_at.is_(None)).order_by(StoredFile.id))
    for file in rows.yield_per(100):
        expected = {original_key(file): file.sha256}
        if file.shown_sha256 is not None:
            expected[shown_key(file)] = file.shown_sha256
        for key, sha256 in expected.items():
            known.add(key)
            fault = _fault_of(file, key, sha256)
            if fault:
                yield Fault(key, fault)
    for key in storage().keys():  # noqa: SIM118 - a storage, not a dict
        if key not in known:
            yield Fault(key, "orphan")


def _fault_of(file: StoredFile, key: str, sha256: str) -> str:
    try:
        content = unsealed(file, key)
    except Missing:
        return "missing"
    except Undecipherable:
        return "changed"
    return "" if hashlib.sha256(content).hexdigest() == sha256 else "changed"
