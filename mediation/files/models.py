"""Table of stored files; the bytes lie encrypted in files.storage."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from mediation.kernel.db import Base
from mediation.kernel.ids import public_id
from mediation.kernel.types import EncryptedText


class StoredFile(Base):
    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    case_id: Mapped[int | None] = mapped_column(index=True)
    """The case that decides who may read it; no foreign key: disputes stands higher."""
    name: Mapped[str] = mapped_column(EncryptedText)
    media_type: Mapped[str] = mapped_column(String(60))
    """By content, never by name."""
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the plain bytes."""
    shown_type: Mapped[str | None] = mapped_column(String(60))
    """Of a picture: the media type of the copy that is shown, made anew without EXIF."""
    shown_sha256: Mapped[str | None] = mapped_column(String(64))
    data_key: Mapped[str] = mapped_column(EncryptedText)
    """Deleting it deletes the file, also in backups."""
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(60))
    deleted_at: Mapped[datetime | None]
