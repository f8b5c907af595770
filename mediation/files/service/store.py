"""Keeping, reading and deleting files; each is encrypted with a data key of its own."""

import base64
import hashlib
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from mediation.files import policy
from mediation.files.events import FileDeleted, FileRead, FileStored
from mediation.files.models import StoredFile
from mediation.files.service.check import Checked, check
from mediation.files.storage import storage
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.crypto import Undecipherable
from mediation.kernel.errors import Missing
from mediation.kernel.ids import public_id

_NONCE = 12


@dataclass(frozen=True, slots=True)
class StoreFile:
    """`content` as it came, or already looked into by `check` (which spares the transaction the wait)."""

    name: str
    content: bytes | Checked
    case_id: int | None = None


def original_key(file: StoredFile) -> str:
    return file.public_id


def shown_key(file: StoredFile) -> str:
    return f"{file.public_id}.shown"


def store(session: Session, actor: Actor, command: StoreFile, *, clock: Clock) -> StoredFile:
    """Keep a file: bytes first, then the row, so that a row never points at nothing.

    When the transaction fails afterwards the bytes are orphans; `verify` finds them, and nobody can read them because
    their key went with the row.
    Raises: Invalid as `check` does.
    """
    checked = command.content if isinstance(command.content, Checked) else check(command.name, command.content)
    key = AESGCM.generate_key(256)
    file = StoredFile(
        public_id=public_id(),
        case_id=command.case_id,
        name=checked.name,
        media_type=checked.kind.value,
        size=len(checked.content),
        sha256=hashlib.sha256(checked.content).hexdigest(),
        data_key=base64.b64encode(key).decode(),
        created_at=clock(),
        created_by=actor.ref,
    )
    storage().put(original_key(file), _sealed(key, checked.content, original_key(file)))
    if checked.shown is not None and checked.shown_kind is not None:
        file.shown_type = checked.shown_kind.value
        file.shown_sha256 = hashlib.sha256(checked.shown).hexdigest()
        storage().put(shown_key(file), _sealed(key, checked.shown, shown_key(file)))
    session.add(file)
    session.flush()
    stored = FileStored(case_id=file.case_id, file_id=file.id, sha256=file.sha256, media_type=file.media_type)
    log.append(session, stored, actor=actor, at=clock())
    return file


def bytes_of(session: Session, actor: Actor, file: StoredFile, *, clock: Clock) -> bytes:
    """The file as it was sent in; the reading is logged. For documents and export, never for a browser to render.

    Raises: Missing; Undecipherable when the bytes were changed.
    """
    _check_and_log(session, actor, file, clock)
    return unsealed(file, original_key(file))


def shown_of(session: Session, actor: Actor, file: StoredFile, *, clock: Clock) -> tuple[bytes, str]:
    """What people may look at, and its media type: the clean copy of a picture, a PDF as it is. Logged."""
    _check_and_log(session, actor, file, clock)
    if file.shown_type is None:
        return unsealed(file, original_key(file)), file.media_type
    return unsealed(file, shown_key(file)), file.shown_type


def _check_and_log(session: Session, actor: Actor, file: StoredFile, clock: Clock) -> None:
    if file.deleted_at is not None or not policy.may_read(session, actor, file):
        raise Missing("file_unknown")
    log.append(session, FileRead(case_id=file.case_id, file_id=file.id), actor=actor, at=clock())


def delete(session: Session, actor: Actor, file: StoredFile, *, clock: Clock) -> None:
    """Destroy the data key, and with it every copy of the bytes, also in backups; then the bytes themselves."""
    if file.deleted_at is None:
        file.data_key, file.deleted_at = "", clock()
        session.flush()
        log.append(session, FileDeleted(case_id=file.case_id, file_id=file.id), actor=actor, at=clock())
    storage().delete(original_key(file))
    storage().delete(shown_key(file))


def attach(session: Session, file_id: int, case_id: int) -> StoredFile:
    """Give a file that came before its case to the case; what belongs to a case already stays there.

    Raises: Missing `file_unknown`.
    """
    file = session.get(StoredFile, file_id)
    if file is None or file.deleted_at is not None or file.case_id not in {None, case_id}:
        raise Missing("file_unknown")
    file.case_id = case_id
    session.flush()
    return file


def discard(session: Session, actor: Actor, file_id: int, *, clock: Clock) -> None:
    """Delete a file that never came to belong to a case; one that did is left alone."""
    file = session.get(StoredFile, file_id)
    if file is not None and file.case_id is None:
        delete(session, actor, file, clock=clock)


def _sealed(key: bytes, content: bytes, context: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, context.encode())


def unsealed(file: StoredFile, key: str = "") -> bytes:
    """The bytes as they were sent in, or those under `key`, without a log entry: for papers that are made of them.

    Raises: Missing `file_gone`; Undecipherable when the stored bytes are not those that were written.
    """
    key = key or original_key(file)
    sealed = storage().get(key)
    try:
        return AESGCM(base64.b64decode(file.data_key)).decrypt(sealed[:_NONCE], sealed[_NONCE:], key.encode())
    except (InvalidTag, ValueError) as error:
        raise Undecipherable from error
