"""Tables of persons, protection between them, and mediators."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.access.models import Account
from mediation.kernel.db import Base
from mediation.kernel.ids import public_id
from mediation.kernel.types import CodeEnum, EncryptedText
from mediation.orgs.models import Org
from mediation.people.rules import MediatorKind, PersonKind, Sex


class Person(Base):
    """A natural person or an organisation, known once. Names have no fixed split."""

    __tablename__ = "person"
    __table_args__ = (Index(None, "phone_index"), Index(None, "id_number_index"))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    kind: Mapped[PersonKind] = mapped_column(CodeEnum(PersonKind), default=PersonKind.NATURAL)
    name: Mapped[str] = mapped_column(EncryptedText)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    phone_index: Mapped[str | None] = mapped_column(String(32))
    email: Mapped[str | None] = mapped_column(EncryptedText)
    id_number: Mapped[str | None] = mapped_column(EncryptedText)
    """18 characters, GB 11643; for an organisation its unified social credit code, GB 32100."""
    id_number_index: Mapped[str | None] = mapped_column(String(32))
    sex: Mapped[Sex | None] = mapped_column(CodeEnum(Sex))
    born_on: Mapped[date | None]
    nation: Mapped[str] = mapped_column(String(20), default="")
    occupation: Mapped[str] = mapped_column(String(60), default="")
    address: Mapped[str | None] = mapped_column(EncryptedText)
    locale: Mapped[str] = mapped_column(String(20), default="zh_Hans_CN")
    needs: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Codes of people.rules.Need."""
    created_at: Mapped[datetime]


class Protection(Base):
    """Two persons who must never share a room, a list or a notice (protection order, violence)."""

    __tablename__ = "protection"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    from_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(EncryptedText)
    until: Mapped[date | None]


class Mediator(Base):
    """Somebody who mediates: an account with skills and a share of the work."""

    __tablename__ = "mediator"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), unique=True)
    org_id: Mapped[int] = mapped_column(ForeignKey("org.id"), index=True)
    kind: Mapped[MediatorKind] = mapped_column(CodeEnum(MediatorKind))
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    """As people say them: 普通话, 四川话, English."""
    weight: Mapped[int] = mapped_column(default=100)
    """Share of a full-time load, in percent."""
    active: Mapped[bool] = mapped_column(default=True)

    account: Mapped[Account] = relationship()
    org: Mapped[Org] = relationship()
    skills: Mapped[list["MediatorSkill"]] = relationship(cascade="all, delete-orphan")


class MediatorSkill(Base):
    __tablename__ = "mediator_skill"

    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediator.id"), primary_key=True)
    dispute_type: Mapped[str] = mapped_column(String(40), primary_key=True)
