"""Who is told, what they may read there, and when. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from mediation.kernel.clock import CHINA
from mediation.notices.catalogue import Whom

APPLICANT: Final = "applicant"
AGENT: Final = "agent"

QUIET_FROM: Final = time(21, 30)
QUIET_TO: Final = time(7, 30)
"""No message that can wait reaches a person between these hours of the district's day. House rule, decision 0031."""

SOON: Final = timedelta(hours=12)
"""News about a hearing that is nearer than this does not wait for the morning."""

REMIND_HOURS: Final = (48, 24, 1)
"""How many hours before a hearing people are reminded."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """A party as messages see them. `person_ids`: the person and, for an agent, whom they represent."""

    party_id: int
    person_ids: frozenset[int]
    role: str
    represents_role: str
    name: str
    phone: str
    email: str
    locale: str

    @property
    def side(self) -> str:
        """An agent stands on the side of the one they represent."""
        return self.represents_role if self.role == AGENT and self.represents_role else self.role


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works here, as messages see them."""

    account_id: int
    name: str
    phone: str
    email: str
    locale: str


Pairs = frozenset[frozenset[int]]
"""Pairs of person ids who must never learn of each other's presence or contact."""


def recipients(whom: Whom, parties: Iterable[Addressee]) -> tuple[Addressee, ...]:
    """The parties that `whom` means; nobody for the mediator, who is not a party."""
    if whom is Whom.APPLICANTS:
        return tuple(party for party in parties if party.side == APPLICANT)
    if whom is Whom.OTHERS:
        return tuple(party for party in parties if party.side != APPLICANT)
    return tuple(parties) if whom is Whom.PARTIES else ()


def may_see(reader: Addressee, other: Addressee, protected: Pairs) -> bool:
    """Whether a message to `reader` may show that `other` takes part.

    A representative carries the protection of the one they represent: the agent's name would show the presence.
    """
    return not any(frozenset({mine, theirs}) in protected for mine in reader.person_ids for theirs in other.person_ids)


def others_shown(reader: Addressee, parties: Sequence[Addressee], protected: Pairs) -> tuple[Addressee, ...]:
    """The other parties whom a message to `reader` may name."""
    return tuple(party for party in parties if party.party_id != reader.party_id and may_see(reader, party, protected))


def send_at(now: datetime, *, prompt: bool, about: datetime | None = None) -> datetime:
    """When a message may leave: now, or at the end of the quiet hours.

    `about`: the instant the message is about; what is near does not wait.
    """
    if prompt or (about is not None and about - now < SOON):
        return now
    local = now.astimezone(CHINA)
    if QUIET_TO <= local.time() < QUIET_FROM:
        return now
    day = local.date() if local.time() < QUIET_TO else local.date() + timedelta(days=1)
    return datetime.combine(day, QUIET_TO, CHINA).astimezone(now.tzinfo)


def reminders(starts_at: datetime, now: datetime) -> dict[int, datetime]:
    """Hours before the hearing -> when that reminder is due: in waking hours, but the last one; none that is past."""
    due = {hours: starts_at - timedelta(hours=hours) for hours in REMIND_HOURS}
    return {hours: send_at(at, prompt=hours == min(REMIND_HOURS), about=None) for hours, at in due.items() if at > now}


def still_helps(starts_at: datetime, hours: int, now: datetime) -> bool:
    """Whether a reminder that comes late is still worth sending: not once the next one is due, or the hearing begun."""
    later = max((one for one in REMIND_HOURS if one < hours), default=0)
    return now < starts_at - timedelta(hours=later)


_CHINESE_NAME: Final = re.compile("[\u4e00-\u9fff\u3400-\u4dbf]{2,5}(·[\u4e00-\u9fff\u3400-\u4dbf]{1,6}){0,3}")
_LATIN_NAME: Final = re.compile(r"[A-Za-z\u00c0-\u024f]{1,15}((\. | |'|-)[A-Za-z\u00c0-\u024f]{1,15}){0,3}")


def addressed_as(name: str) -> str:
    """The name a message greets with, or nothing when the text is no person's name.

    One party types the other's name; a message in our name must not carry their words, numbers or addresses.
    """
    return name if _CHINESE_NAME.fullmatch(name) or _LATIN_NAME.fullmatch(name) else ""
