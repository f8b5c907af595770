"""Table of running time limits."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.disputes.models import Case
from mediation.disputes.rules.limits import Basis
from mediation.kernel.db import Base
from mediation.kernel.types import CodeEnum
from mediation.supervision.rules.limits import TimerKind


class Timer(Base):
    """A time limit that runs for a case; its light is computed when it is shown."""

    __tablename__ = "timer"
    __table_args__ = (Index(None, "done_at", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    """What starts it names it, `decide:12`, `perform:clause:4`: started twice, one timer."""
    kind: Mapped[TimerKind] = mapped_column(CodeEnum(TimerKind))
    started_on: Mapped[date]
    due_on: Mapped[date]
    """The last day in time."""
    basis: Mapped[Basis] = mapped_column(CodeEnum(Basis))
    done_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()
