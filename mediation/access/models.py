"""Tables of accounts, sessions, personal links, one-time codes, counters."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.kernel.db import Base
from mediation.kernel.ids import public_id
from mediation.kernel.types import EncryptedText


class Account(Base):
    """Somebody who works here. Residents have no account."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    password_hash: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    email: Mapped[str | None] = mapped_column(EncryptedText)
    locale: Mapped[str] = mapped_column(String(20), default="zh_Hans_CN")
    active: Mapped[bool] = mapped_column(default=True)
    totp_secret: Mapped[str | None] = mapped_column(EncryptedText)

    grants: Mapped[list["RoleGrant"]] = relationship(cascade="all, delete-orphan", order_by="RoleGrant.id")


class RoleGrant(Base):
    """A role held at a place and all below it. `path` copies the org's."""

    __tablename__ = "role_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    org_id: Mapped[int] = mapped_column(ForeignKey("org.id"))
    path: Mapped[str] = mapped_column(String(120))


class StaffSession(Base):
    """One sign-in of one browser; deleted or revoked, the browser is signed out."""

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    agent: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class PersonalLink(Base):
    """A party's way in, without an account. The address is `public_id.signature`; the database alone opens nothing.

    `party_id` and `case_id` have no foreign key: disputes stands higher.
    """

    __tablename__ = "personal_link"
    __table_args__ = (Index(None, "party_id", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    party_id: Mapped[int]
    case_id: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(30), default="case")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class OneTimeCode(Base):
    """Six digits sent to a phone; only their keyed hash is kept."""

    __tablename__ = "one_time_code"
    __table_args__ = (Index(None, "subject", "purpose", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    subject: Mapped[str] = mapped_column(String(64))
    """Blind index of the phone number."""
    purpose: Mapped[str] = mapped_column(String(60))
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    n_tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class RateCount(Base):
    """How often a key was seen in a window; the limit of sign-ins, codes, links, intakes."""

    __tablename__ = "rate_count"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    window: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int]
