"""One-time codes to a phone."""

from datetime import datetime

from sqlalchemy.orm import Session

from mediation.kernel.ids import public_id
from mediation.notices.catalogue import NoticeKind
from mediation.notices.service.write import Letter, write

CODE_MINUTES = 5
"""As long as access keeps a code valid (shared/SECURITY.md)."""


def send_code(session: Session, phone: str, code: str, locale: str, now: datetime) -> None:
    """Access calls it for each code it makes. The code stands only in the encrypted body, until `forget_codes`."""
    letter = Letter(
        kind=NoticeKind.CODE,
        about=public_id(16),
        reader="phone",
        phone=phone,
        email="",
        locale=locale,
        facts={"code": code, "minutes": CODE_MINUTES},
        due_at=now,
    )
    write(session, letter, now=now)
