"""Something happened on a case: tell those whom the catalogue names."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from mediation.access import links
from mediation.disputes.rules.codes import OutcomeKind
from mediation.kernel import outbox
from mediation.kernel.actor import Actor
from mediation.kernel.events import Event
from mediation.kernel.text import masked_name
from mediation.notices import catalogue, queries, render, rules
from mediation.notices.catalogue import Entry, NoticeKind, Whom
from mediation.notices.queries import Around, Meeting
from mediation.notices.rules import Addressee, Colleague
from mediation.notices.service.write import Letter, write
from mediation.orgs.workdays import holiday_name
from mediation.scheduling import calendar
from mediation.scheduling import queries as scheduling
from mediation.scheduling.events import BookingCancelled, BookingMoved, EarlierTimeOffered
from mediation.scheduling.rules.codes import BlockReason

REMIND: Final = "notices.remind"
_OF_A_MEETING: Final = ("booking_", "hearing_soon")

_NEW_SEQUENCE: Final = {"booking_made", "booking_accepted", "booking_moved"}
"""After these a reminder of before is of a booking that is not so any more."""

_FOR_ONE: Final = frozenset({"party_added", "earlier_time_offered"})
"""Events that only the party whom they name is told of."""

_ENDED_WITHOUT: Final = {
    OutcomeKind.NOT_AGREED,
    OutcomeKind.WITHDRAWN,
    OutcomeKind.ENDED_REFUSAL,
    OutcomeKind.ENDED_OTHER,
}


@dataclass(frozen=True, slots=True)
class _News:
    """An event with what its messages need, loaded once for all readers."""

    entry: Entry
    around: Around
    meeting: Meeting | None
    about: str
    facts: dict[str, Any]
    now: datetime
    released: bool = False
    """The hearing stands; the reader has no part in it any more."""


def announce(session: Session, event: Event, *, actor: Actor, at: datetime) -> None:
    """Write the messages of `event`; a person who caused it gets none as a member of staff.

    Emits: outbox rows `notices.send`, and `notices.remind` for a new or moved hearing.
    """
    if event.case_id is None:
        return
    around = queries.around(session, event.case_id, now=at)
    meeting = _meeting_of(session, event, around, at)
    for entry in catalogue.entries(event.name()):
        if _is_news(entry, around):
            news = _News(entry, around, meeting, _about(event, meeting), _facts(session, event), at)
            _tell(session, news, only_party=getattr(event, "party_id", None), actor=actor)
    if isinstance(event, BookingMoved) and event.from_mediator_id != event.mediator_id and meeting is not None:
        entry = Entry(event.name(), NoticeKind.DIARY_CANCELLED, Whom.MEDIATOR, calendar=True)
        released = _News(entry, around, meeting, _about(event, meeting), {}, at, released=True)
        _tell_colleague(session, released, queries.colleague(session, event.from_mediator_id))
    if meeting is not None and event.name() in _NEW_SEQUENCE:
        _ask_for_reminders(session, around, meeting, at)


def remind(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Outbox `notices.remind`: tell the parties of the hearing that is near, unless it was moved or cancelled since."""
    booking_id, sequence, hours = int(payload["booking"]), int(payload["sequence"]), int(payload.get("hours", 24))
    if not queries.still_on(session, booking_id, sequence):
        return
    meeting = queries.meeting(session, booking_id)
    if not rules.still_helps(meeting.starts_at, hours, now):
        return
    around = queries.around(session, int(payload["case"]), now=now)
    entry = Entry("hearing_soon", NoticeKind.HEARING_SOON, Whom.PARTIES, prompt=True)
    news = _News(entry, around, meeting, f"b{booking_id}.{sequence}.{hours}h", {}, now)
    for party in around.parties:
        if around.accepted or party.side == rules.APPLICANT:
            _tell_party(session, news, party)


def _ask_for_reminders(session: Session, around: Around, meeting: Meeting, at: datetime) -> None:
    for hours, due_at in rules.reminders(meeting.starts_at, at).items():
        payload = {"case": around.case_id, "booking": meeting.booking_id, "sequence": meeting.sequence, "hours": hours}
        key = f"{REMIND}:b{meeting.booking_id}.{meeting.sequence}.{hours}h"
        outbox.put(session, REMIND, payload, key=key, due_at=due_at)


def _is_news(entry: Entry, around: Around) -> bool:
    if entry.kind is NoticeKind.MEDIATION_ENDED and around.outcome not in _ENDED_WITHOUT:
        return False
    return around.accepted or not entry.accepted_only


def _meeting_of(session: Session, event: Event, around: Around, at: datetime) -> Meeting | None:
    booking_id = getattr(event, "booking_id", None)
    if booking_id is not None:
        return queries.meeting(session, booking_id)
    return queries.next_meeting(session, around.case_id, at)


def _about(event: Event, meeting: Meeting | None) -> str:
    """What makes this announcement different from the next of its kind."""
    for name, short in (("agreement_id", "a"), ("referral_id", "r"), ("mediator_id", "m")):
        subject = getattr(event, name, None)
        if subject is not None and not hasattr(event, "booking_id"):
            return f"c{event.case_id}.{short}{subject}"
    if isinstance(event, EarlierTimeOffered):
        return f"b{event.booking_id}.offer{event.offer}.{event.offered_at:%d%H%M}"
    if hasattr(event, "booking_id") and meeting is not None:
        return f"b{meeting.booking_id}.{meeting.sequence}"
    return f"c{event.case_id}"


def _facts(session: Session, event: Event) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if isinstance(event, EarlierTimeOffered):
        facts |= {"offered_at": event.offered_at, "offered_until": event.offered_until}
    if isinstance(event, BookingMoved | BookingCancelled):
        facts["orphaned"] = scheduling.why_orphaned(session, event.booking_id)
    if hasattr(event, "agreement_id"):
        facts["agreement"] = queries.agreement_number(session, event.agreement_id)
    if hasattr(event, "referral_id"):
        facts["body_names"] = queries.receiving_body(session, event.referral_id)
    return facts


def _tell(session: Session, news: _News, *, only_party: int | None, actor: Actor) -> None:
    if news.entry.whom is Whom.MEDIATOR:
        mediator = news.meeting.mediator if news.entry.calendar and news.meeting else news.around.mediator
        if mediator is not None and mediator.account_id != actor.account_id:
            _tell_colleague(session, news, mediator)
        return
    for party in rules.recipients(news.entry.whom, news.around.parties):
        if only_party in (None, party.party_id) or news.entry.event not in _FOR_ONE:
            _tell_party(session, news, party)


def _tell_party(session: Session, news: _News, party: Addressee) -> None:
    if news.meeting is not None and party.party_id in scheduling.left_out(session, news.meeting.booking_id):
        if news.entry.event.startswith(_OF_A_MEETING):
            return
        news = replace(news, meeting=None)
    token = links.issue(session, party_id=party.party_id, case_id=news.around.case_id, clock=lambda: news.now)
    others = rules.others_shown(party, news.around.parties, news.around.protected)
    chinese = party.locale.startswith("zh")
    facts = _common(news, chinese=chinese) | {
        "greeting": rules.addressed_as(party.name),
        "link": render.address_of(links.url_path(token)),
        "others": ("、" if chinese else ", ").join(masked_name(o.name) for o in others if o.side == rules.APPLICANT),
    }
    _write(session, news, facts, reader=f"p{party.party_id}", person=party, party_id=party.party_id)


def _tell_colleague(session: Session, news: _News, colleague: Colleague) -> None:
    facts = _common(news, chinese=colleague.locale.startswith("zh")) | {
        "greeting": colleague.name,
        "link": render.address_of(f"/cases/{news.around.public_id}"),
        "others": "",
    }
    _write(session, news, facts, reader=f"s{colleague.account_id}", person=colleague, party_id=None)


def _write(
    session: Session,
    news: _News,
    facts: dict[str, Any],
    *,
    reader: str,
    person: Addressee | Colleague,
    party_id: int | None,
) -> None:
    starts_at = news.meeting.starts_at if news.meeting and news.entry.calendar else None
    attachment = _calendar_file(session, news, person, link=facts["link"])
    letter = Letter(
        kind=news.entry.kind,
        about=news.about,
        reader=reader,
        phone=person.phone,
        email=person.email,
        locale=person.locale,
        facts=facts,
        due_at=rules.send_at(news.now, prompt=news.entry.prompt, about=starts_at),
        case_id=news.around.case_id,
        party_id=party_id,
        attachment=attachment,
        booking=(news.meeting.booking_id, news.meeting.sequence)
        if news.meeting and news.entry.kind is NoticeKind.HEARING_SOON
        else None,
    )
    write(session, letter, now=news.now)


def _calendar_file(session: Session, news: _News, person: Addressee | Colleague, *, link: str) -> bytes | None:
    """The booking for the calendar of a person with mail; the personal link is in it, so it is for that person only."""
    if not news.entry.calendar or news.meeting is None or not person.email:
        return None
    compose = calendar.release if news.released else calendar.invitation
    return compose(
        scheduling.booking_row(session, news.meeting.booking_id),
        locale=person.locale,
        link=link,
        organizer=calendar.Attendee("调和 Tiaohe", render.sender()),
        attendee=calendar.Attendee(person.name, person.email),
    )


def _common(news: _News, *, chinese: bool) -> dict[str, Any]:
    around, meeting = news.around, news.meeting
    body_zh, body_en = news.facts.get("body_names", ("", ""))
    return {
        "number": around.number,
        "kind": around.kind,
        "place": around.place if chinese else around.place_en,
        "ground": _ground(around, chinese=chinese),
        "reason": around.refusal_reason,
        "withdrawn": around.outcome is OutcomeKind.WITHDRAWN,
        "agreement": news.facts.get("agreement", ""),
        "body": body_zh if chinese else body_en,
        "offered_at": news.facts.get("offered_at"),
        "offered_until": news.facts.get("offered_until"),
        "why": _why(news.facts.get("orphaned"), chinese=chinese),
        "meeting": meeting,
        "station": "" if meeting is None else (meeting.station if chinese else meeting.station_en),
        "room": "" if meeting is None else (meeting.room if chinese else meeting.room_en),
    }


def _why(orphaned: tuple[BlockReason, str] | None, *, chinese: bool) -> str:
    """Why the time could not be kept; a holiday or a closed house by its name."""
    if orphaned is None:
        return ""
    language = "zh" if chinese else "en"
    label, note = orphaned[0].label(language), holiday_name(orphaned[1], language)
    return f"{label}（{note}）" if note and chinese else f"{label} ({note})" if note else label


def _ground(around: Around, *, chinese: bool) -> str:
    return "" if around.refusal_ground is None else around.refusal_ground.label("zh" if chinese else "en")
