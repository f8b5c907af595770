"""Files kept, read, destroyed and verified."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.files import policy, service, storage
from mediation.files.models import StoredFile
from mediation.files.service import StoreFile
from mediation.files.storage import FolderStorage
from mediation.kernel.actor import SYSTEM, VISITOR, Actor, ActorKind
from mediation.kernel.crypto import Undecipherable
from mediation.kernel.errors import Missing
from mediation.kernel.log import LogEntry
from tests.factories.files import PDF, photo_with_position

pytestmark = pytest.mark.db
CLERK = Actor(kind=ActorKind.STAFF, account_id=1)


@pytest.fixture
def folder(tmp_path: Path):
    before = storage._Installed.storage
    storage.install(FolderStorage(tmp_path / "files"))
    yield tmp_path / "files"
    storage._Installed.storage = before


@pytest.fixture(autouse=True)
def _staff_may_read(monkeypatch):
    monkeypatch.setattr(policy._Decision, "by", lambda _session, actor, _file: actor.account_id is not None)


def keep(session: Session, clock, content: bytes = PDF, name: str = "租房合同.pdf") -> StoredFile:
    return service.store(session, CLERK, StoreFile(name=name, content=content, case_id=5), clock=clock)


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_was_sent_in_comes_back_and_the_reading_is_in_the_trail(session: Session, clock, folder: Path) -> None:
    file = keep(session, clock)
    assert service.bytes_of(session, CLERK, file, clock=clock) == PDF
    names = session.scalars(select(LogEntry.name).where(LogEntry.case_id == 5).order_by(LogEntry.seq)).all()
    assert names == ["file_stored", "file_read"]


def test_nothing_readable_lies_on_the_disk(session: Session, clock, folder: Path) -> None:
    keep(session, clock)
    session.flush()
    assert on_disk(folder)
    assert not any(b"%PDF" in path.read_bytes() for path in on_disk(folder))


def test_a_picture_is_shown_clean_and_kept_as_it_came(session: Session, clock, folder: Path) -> None:
    original = photo_with_position()
    file = keep(session, clock, original, "home.jpg")
    shown, media_type = service.shown_of(session, CLERK, file, clock=clock)
    assert media_type == "image/jpeg"
    assert "桃溪街道".encode() not in shown
    assert service.bytes_of(session, SYSTEM, file, clock=clock) == original


def test_who_may_not_is_told_the_same_as_for_a_file_that_never_was(session: Session, clock, folder: Path) -> None:
    file = keep(session, clock)
    with pytest.raises(Missing, match="file_unknown"):
        service.bytes_of(session, VISITOR, file, clock=clock)
    for identifier in (file.public_id, "0" * 12):
        with pytest.raises(Missing, match="file_unknown"):
            policy.file_for(session, VISITOR, identifier)
    assert policy.file_for(session, CLERK, file.public_id) is file


def test_without_anybody_who_decides_nobody_may(session: Session, clock, folder: Path, monkeypatch) -> None:
    file = keep(session, clock)
    monkeypatch.setattr(policy._Decision, "by", None)
    with pytest.raises(Missing):
        policy.file_for(session, CLERK, file.public_id)


def test_deleted_the_bytes_cannot_be_read_even_from_a_backup(session: Session, clock, folder: Path) -> None:
    file = keep(session, clock)
    (path,) = on_disk(folder)
    backup = path.read_bytes()
    service.delete(session, CLERK, file, clock=clock)
    assert on_disk(folder) == []
    path.write_bytes(backup)
    with pytest.raises(Missing):
        service.bytes_of(session, SYSTEM, file, clock=clock)
    assert file.data_key == ""


def test_a_changed_byte_is_refused(session: Session, clock, folder: Path) -> None:
    file = keep(session, clock)
    (path,) = on_disk(folder)
    content = bytearray(path.read_bytes())
    content[20] ^= 1
    path.write_bytes(content)
    with pytest.raises(Undecipherable):
        service.bytes_of(session, SYSTEM, file, clock=clock)


def test_two_files_cannot_change_places(session: Session, clock, folder: Path) -> None:
    one, other = keep(session, clock), keep(session, clock, photo_with_position())
    other.data_key = one.data_key
    storage.storage().put(other.public_id, storage.storage().get(one.public_id))
    with pytest.raises(Undecipherable):
        service.bytes_of(session, SYSTEM, other, clock=clock)


def test_verify_finds_missing_changed_and_orphaned_bytes(session: Session, clock, folder: Path) -> None:
    files = [keep(session, clock) for _ in range(3)]
    assert list(service.verify(session)) == []
    kept = storage.storage()
    kept.delete(files[0].public_id)
    kept.put(files[1].public_id, b"\0" * 60)
    kept.put("0rphan", b"left behind")
    found = {(fault.key, fault.fault) for fault in service.verify(session)}
    assert found == {(files[0].public_id, "missing"), (files[1].public_id, "changed"), ("0rphan", "orphan")}


def test_a_deleted_file_is_no_fault(session: Session, clock, folder: Path) -> None:
    service.delete(session, CLERK, keep(session, clock, photo_with_position()), clock=clock)
    assert list(service.verify(session)) == []


def test_an_interrupted_write_leaves_nothing_behind(folder: Path, monkeypatch) -> None:
    def no_space(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mediation.files.storage.os.fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        FolderStorage(folder).put("abc", b"x")
    assert on_disk(folder) == []


@pytest.mark.parametrize("key", ["../secret", "a/b", "", ".hidden..", "a.b.c"])
def test_only_our_own_keys_name_a_file(folder: Path, key: str) -> None:
    with pytest.raises(ValueError, match="not a storage key"):
        FolderStorage(folder).put(key, b"x")
