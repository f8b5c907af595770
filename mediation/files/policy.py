"""Who may read a file. Default deny: whoever owns what a file belongs to says so."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.files.models import StoredFile
from mediation.kernel.actor import Actor, ActorKind
from mediation.kernel.errors import Missing

Decide = Callable[[Session, Actor, StoredFile], bool]


class _Decision:
    by: Decide | None = None


def decided_by(decide: Decide) -> None:
    """Say who decides; `disputes`, which stands higher and knows the cases, does so in `wiring.subscribe()`."""
    _Decision.by = decide


def may_read(session: Session, actor: Actor, file: StoredFile) -> bool:
    if actor.kind is ActorKind.SYSTEM:
        return True
    return _Decision.by is not None and _Decision.by(session, actor, file)


def file_for(session: Session, actor: Actor, public_id: str) -> StoredFile:
    """The file, if it is there and the actor may read it.

    Raises: Missing `file_unknown`, the same for both.
    """
    file = session.scalars(
        select(StoredFile).where(StoredFile.public_id == public_id, StoredFile.deleted_at.is_(None))
    ).one_or_none()
    if file is None or not may_read(session, actor, file):
        raise Missing("file_unknown")
    return file
