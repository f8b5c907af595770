"""Tables of the `live` processes and of the hearings that each holds."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.kernel.db import Base
from mediation.kernel.ids import public_id


class LiveProcess(Base):
    """One run of a `live` process, from its start until its end is known."""

    __tablename__ = "live_process"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=lambda: public_id(16))
    """Of this run alone: the next process in the same place is another one."""
    place: Mapped[int]
    renewed_at: Mapped[datetime]
    load_percent: Mapped[int] = mapped_column(default=0)
    """Of one core."""
    is_full: Mapped[bool] = mapped_column(default=False)


class HearingLease(Base):
    """Who holds a hearing; no row: nobody."""

    __tablename__ = "hearing_lease"

    hearing_id: Mapped[int] = mapped_column(ForeignKey("hearing.id"), primary_key=True)
    process_id: Mapped[str] = mapped_column(ForeignKey("live_process.id"), index=True)

    process: Mapped[LiveProcess] = relationship()
