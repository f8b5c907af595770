"""Table of the papers that were rendered."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.disputes.models import Case
from mediation.documents.catalogue import DocumentKind
from mediation.files.models import StoredFile
from mediation.kernel.db import Base
from mediation.kernel.ids import public_id
from mediation.kernel.types import CodeEnum


class Document(Base):
    """One paper of a case: its kind (documents.catalogue), its subject, its PDF."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("case_id", "kind", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[DocumentKind] = mapped_column(CodeEnum(DocumentKind))
    subject: Mapped[str] = mapped_column(String(60))
    """What it is about, `agreement:3`: asked for twice, one paper."""
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    """None until the worker has rendered it."""
    created_at: Mapped[datetime]
    rendered_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()
    file: Mapped[StoredFile | None] = relationship()
