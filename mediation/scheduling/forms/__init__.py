"""Forms of time: choosing, confirming, moving, cancelling, own hours."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, SelectField, SelectMultipleField, ValidationError
from wtforms.validators import Optional

from mediation.disputes.queries import MediatorChoice, PartyRow
from mediation.kernel.errors import Invalid
from mediation.orgs.queries import StationRow
from mediation.orgs.rules.notice import LONGEST
from mediation.orgs.service import SetRoomHours
from mediation.people.queries import MediatorRow
from mediation.scheduling.queries import Closable
from mediation.scheduling.rules.caps import MOST, Caps, is_possible
from mediation.scheduling.rules.codes import CHOSEN_BY_PARTIES, CHOSEN_BY_PEOPLE, CancelReason
from mediation.scheduling.rules.hours import Span, check_spans, instant_of
from mediation.scheduling.rules.terms import MOST_SESSIONS
from mediation.scheduling.service import (
    CancelBooking,
    Close,
    KeepBooking,
    MoveBooking,
    SetCaps,
    SetDay,
    SetWeeklyHours,
    TakeLeave,
)
from mediation.web.fields import (
    ChineseDateField,
    CodeRadio,
    Files,
    IntegerField,
    LongText,
    ManyOptions,
    Text,
    checked,
    required,
)
from mediation.web.forms import Form
from mediation.web.i18n import locale
from mediation.web.problems import sentence

HOME: Final = ""
"""In `at`: everybody joins from home; else the public id of a station."""


def slot_of(text: str) -> datetime:
    """The instant that a time button means. Raises: Invalid `slot_unreadable`."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid("slot_unreadable", field="slot") from error
    if at.tzinfo is None:
        raise Invalid("slot_unreadable", field="slot")
    return at


class SlotForm(Form):
    """A time button; `at` says where. What the browser sends as `key` makes sending twice harmless."""

    slot = Text(most=40)  # the buttons' name: a hidden field beside them would win
    at = HiddenField()
    mediator = HiddenField()
    who = HiddenField()
    """Public ids of the parties who are asked, with blanks between; empty: everybody."""
    reception = HiddenField(filters=[lambda text: (text or "")[:16]])
    """Public id of the reception days to which the time belongs; empty: to none."""
    series = HiddenField()
    """Sessions x weeks between them, such as 3x1; empty: one session."""
    key = HiddenField(filters=[lambda text: (text or "")[:60]])


class ConfirmForm(Form):
    code = Text(_l("Code from the message"), [required()], most=12)


class CancelForm(Form):
    reason = CodeRadio(_l("Why?"), CancelReason, [required(_l("Choose a reason."))], only=CHOSEN_BY_PARTIES)

    def command(self, booking: str) -> CancelBooking:
        return CancelBooking(booking, CancelReason(self.reason.data))  # type: ignore[call-arg]  # Enum reads the value


class StaffCancelForm(Form):
    reason = CodeRadio(_l("Why?"), CancelReason, [required(_l("Choose a reason."))], only=CHOSEN_BY_PEOPLE)
    note = LongText(_l("Note for the file"), most=500)

    def command(self, booking: str) -> CancelBooking:
        return CancelBooking(booking, self.reason.data, self.note.data or "")


class WhoWhereForm(Form):
    """Staff choose who leads and where, before they see the free times. Sent by GET, so that it can be linked to."""

    class Meta:
        csrf = False

    mediator = SelectField(_l("Mediator"), [Optional()], widget=ManyOptions())
    at = SelectField(_l("Where"), [Optional()])
    who = SelectMultipleField(_l("Who is asked to come"), [Optional()], description=_l("Nobody ticked: everybody."))

    series = SelectField(_l("How many sessions"), [Optional()])

    def offer(
        self,
        choices: Sequence[MediatorChoice],
        stations: Sequence[StationRow],
        parties: Sequence[PartyRow],
        present: str,
    ) -> None:
        """`present`: public id of the case's mediator, who is offered first."""
        rows = sorted(choices, key=lambda one: one.mediator.public_id != present)
        self.mediator.choices = [
            *([] if present else [("", _("Whoever is free and has the fewest bookings"))]),
            *_named(row.mediator for row in rows),
        ]
        self.at.choices = _places(stations)
        self.series.choices = [
            ("", _("One session")),
            *((f"{n}x1", _("%(num)s sessions, one each week", num=n)) for n in range(2, MOST_SESSIONS + 1)),
            *((f"{n}x2", _("%(num)s sessions, one every two weeks", num=n)) for n in range(2, 3)),
        ]
        self.who.choices = [(party.public_id, f"{party.name} · {party.role.label(locale())}") for party in parties]


def minute_of(text: str) -> int:
    """A time of the day as people write it -> minute of the day. Raises: Invalid `clock_unreadable`."""
    plain = unicodedata.normalize("NFKC", text).strip()
    match = re.fullmatch(r"(\d{1,2})\s*[:.点时]\s*(\d{2})?\s*分?", plain)
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (24, 0)
    if hour >= 24 or minute >= 60:  # noqa: PLR2004 - a clock
        raise Invalid("clock_unreadable", field="time")
    return hour * 60 + minute


class ChangeForm(Form):
    """All that a booking may change to at once: what the calendar is dragged to, and what is typed instead."""

    day = ChineseDateField(_l("Day"), [required(_l("Choose a day."))])
    time = Text(
        _l("Begins at"),
        [required(), checked(minute_of)],
        most=10,
        description=_l("Such as 9:30."),
        render_kw={"autocomplete": "off"},
    )
    minutes = IntegerField(
        _l("Length in minutes"),
        [required(_l("Write a number of minutes, such as 60."))],
        render_kw={"inputmode": "numeric"},
    )
    at = SelectField(_l("Where"), [Optional()])
    mediator = SelectField(_l("Mediator"), [Optional()], widget=ManyOptions())
    sequence = HiddenField()
    """Of the booking as this page showed it."""

    def offer(self, choices: Sequence[MediatorChoice], stations: Sequence[StationRow], present: MediatorRow) -> None:
        """`present`: the booking's mediator, who is offered first, and alone when nobody else is to be asked."""
        rows = [present, *(row.mediator for row in choices if row.mediator.id != present.id)]
        self.mediator.choices = _named(rows)
        self.at.choices = _places(stations)

    def command(self, booking: str, room_ids: tuple[int, ...] | None, mediator_id: int | None) -> MoveBooking:
        assert self.day.data is not None
        return MoveBooking(
            booking,
            instant_of(self.day.data, minute_of(self.time.data or "")),
            room_ids,
            minutes=self.minutes.data,
            mediator_id=mediator_id,
            sequence=int(seen) if (seen := self.sequence.data or "").isdecimal() else None,
        )


class WhyForm(WhoWhereForm):
    """Of which day staff ask why its times are not offered."""

    day = ChineseDateField(_l("Day"), [required(_l("Choose a day."))])


def series_of(text: str) -> tuple[int, int]:
    """Sessions and weeks between them. Raises: Invalid `series_impossible`."""
    match = re.fullmatch(r"([1-9])x([1-9])", text or "1x1")
    if match is None:
        raise Invalid("series_impossible", field="slot")
    return int(match[1]), int(match[2])


def _places(stations: Sequence[StationRow]) -> list[tuple[str, str]]:
    """From home, any room of a station, or one of its rooms."""
    choices = [(HOME, _("Everybody by video, from home"))]
    for station in stations:
        choices.append((station.public_id, _("%(station)s, any free room", station=station.label(locale()))))
        choices += [(room.public_id, f"{station.label(locale())} · {room.label(locale())}") for room in station.rooms]
    return choices


def _named(rows: Iterable[MediatorRow]) -> list[tuple[str, str]]:
    """Mediators as a list offers them, with the body of each."""
    language = locale()
    return [(row.public_id, f"{row.name} · {row.org_label(language)}") for row in rows]


def station_choices(stations: Sequence[StationRow]) -> list[tuple[str, str]]:
    return [(row.public_id, row.label(locale())) for row in stations]


def spans_of(text: str) -> tuple[Span, ...]:
    """`9:00-12:00, 14:00-17:30` as people write it, full width too; empty text is no hours.

    Raises: Invalid `hours_unreadable`, and as `check_spans`.
    """
    plain = unicodedata.normalize("NFKC", text).replace("。", ".").strip()
    parts = [part.strip() for part in re.split(r"[,;、,;\n]|\s和\s|\sand\s", plain) if part.strip()]
    spans = tuple(sorted(_span(part) for part in parts))
    check_spans(spans)
    return spans


_SPAN: Final = re.compile(r"(\d{1,2})[:.](\d{2})\s*(?:-|~|–|—|至|到|to)\s*(\d{1,2})[:.](\d{2})")


def _span(part: str) -> Span:
    match = _SPAN.fullmatch(part)
    if match is None:
        raise Invalid("hours_unreadable", field="hours")
    h1, m1, h2, m2 = (int(group) for group in match.groups())
    if m1 >= 60 or m2 >= 60:  # noqa: PLR2004 - minutes of an hour
        raise Invalid("hours_unreadable", field="hours")
    return Span(h1 * 60 + m1, h2 * 60 + m2)


def text_of(spans: Sequence[Span]) -> str:
    """The hours as `spans_of` reads them back."""
    return ", ".join(f"{_clock(span.from_minute)}-{_clock(span.to_minute)}" for span in spans)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _hours_field(label: object) -> Text:
    return Text(label, [Optional(), checked(spans_of)], most=120, render_kw={"autocomplete": "off"})


class HoursForm(Form):
    """One line for each weekday; an empty one is a free day."""

    day_0 = _hours_field(_l("Monday"))
    day_1 = _hours_field(_l("Tuesday"))
    day_2 = _hours_field(_l("Wednesday"))
    day_3 = _hours_field(_l("Thursday"))
    day_4 = _hours_field(_l("Friday"))
    day_5 = _hours_field(_l("Saturday"))
    day_6 = _hours_field(_l("Sunday"))

    first = ChineseDateField(_l("From"), [Optional()], description=_l("Empty: from today on."))
    last = ChineseDateField(
        _l("Until"), [Optional()], description=_l("Empty: until further notice. Else the week of before comes back.")
    )

    @property
    def week(self) -> list[Field]:
        return [self[f"day_{i}"] for i in range(7)]

    def command(self, mediator_id: int) -> SetWeeklyHours:
        spans = {i: spans_of(field.data or "") for i, field in enumerate(self.week)}
        days = {i: found for i, found in spans.items() if found}
        return SetWeeklyHours(mediator_id, days, self.first.data, self.last.data)


def possible_cap(_form: object, field: Field) -> None:
    """Each by itself, so that two wrong numbers are both marked at once."""
    if not is_possible(field.data):
        raise ValidationError(str(sentence(Invalid("cap_impossible", most=MOST))))


class CapsForm(Form):
    """How many sessions a mediator takes; empty: no limit."""

    daily = IntegerField(_l("Sessions a day, at most"), [Optional(), possible_cap])
    weekly = IntegerField(_l("Sessions a week, at most"), [Optional(), possible_cap])

    def command(self, mediator_id: int) -> SetCaps:
        return SetCaps(mediator_id, Caps(self.daily.data, self.weekly.data))


def _days(first: ChineseDateField, last: ChineseDateField) -> tuple[date, date]:
    """One day when only the first is named."""
    assert first.data is not None
    return first.data, last.data or first.data


class LeaveForm(Form):
    first = ChineseDateField(_l("First day"), [required(_l("Choose a day."))])
    last = ChineseDateField(_l("Last day"), [Optional()], description=_l("Empty: one day."))
    why = Text(_l("Note, for those who keep the hours"), most=80)

    def command(self, mediator_id: int) -> TakeLeave:
        return TakeLeave(mediator_id, *_days(self.first, self.last), why=self.why.data or "")


class ClosureForm(Form):
    what = SelectField(_l("What is closed?"), [required()])
    first = ChineseDateField(_l("First day"), [required(_l("Choose a day."))])
    last = ChineseDateField(_l("Last day"), [Optional()], description=_l("Empty: one day."))
    why = Text(_l("Why? People may be told"), [required(_l("Say why."))], most=80)

    def offer(self, subjects: Sequence[Closable], locale: str) -> None:
        self.what.choices = [(row.public_id, row.label(locale)) for row in subjects]

    def command(self) -> Close:
        return Close(self.what.data, *_days(self.first, self.last), why=self.why.data or "")


class NoticeForm(Form):
    year = IntegerField(_l("For which year?"), [required()])
    text = LongText(_l("Text of the notice"), [Optional()], most=LONGEST)
    file = Files(_l("Or a text file"), [Optional()], description=_l("A .txt file, at most 20,000 characters."))


class OutsideForm(Form):
    """A calendar elsewhere: its file when one is given, else its address."""

    name = Text(_l("Name, for you"), most=80, render_kw={"autocomplete": "off"})
    address = Text(
        _l("Private address of the calendar"),
        most=1000,
        description=_l("It is read again every hour."),
        render_kw={"autocomplete": "off", "inputmode": "url", "placeholder": "https://"},
    )
    file = Files(
        _l("Or an .ics file"),
        [Optional()],
        description=_l("It is read once; give it again when it changes."),
    )


class RoomHoursForm(Form):
    hours = _hours_field(_l("Open each day"))
    units = IntegerField(
        _l("Sessions side by side"),
        [required(_l("Write how many."))],
        description=_l("1: one at a time. A large room may take two small ones at once."),
    )

    def command(self, room: str) -> SetRoomHours:
        """Raises: Invalid `room_hours` for anything but one span."""
        spans = spans_of(self.hours.data or "")
        if len(spans) != 1:
            raise Invalid("room_hours", field="hours")
        return SetRoomHours(room, spans[0].from_minute, spans[0].to_minute)


class OverrideForm(SlotForm):
    """A taken time, once more with the reason."""

    why = Text(_l("Why does it have to be at this time?"), most=200)
    """Nothing is asked once the time is free."""


class KeepForm(Form):
    why = Text(_l("Why does it stand all the same?"), [required(_l("Say why."))], most=200)

    def command(self, booking: str) -> KeepBooking:
        return KeepBooking(booking, self.why.data or "")


class DayForm(Form):
    on = ChineseDateField(_l("Day"), [required(_l("Choose a day."))])
    hours = Text(
        _l("Hours on that day"),
        [Optional(), checked(spans_of)],
        most=120,
        description=_l("Such as 9:00-12:00, 14:00-17:30. Leave it empty if you are away."),
        render_kw={"autocomplete": "off"},
    )
    reason = Text(_l("Note for yourself"), most=80)

    def command(self, mediator_id: int) -> SetDay:
        assert self.on.data is not None
        return SetDay(mediator_id, self.on.data, spans_of(self.hours.data or ""), self.reason.data or "")
