"""Forms of a mediator's reception days."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import Optional

from mediation.kernel.errors import Invalid
from mediation.orgs.queries import StationRow
from mediation.scheduling.forms import spans_of
from mediation.scheduling.rules.hours import Span
from mediation.scheduling.rules.reception import SLOT_MIN
from mediation.scheduling.service import ChangeReceptionDay, PlanReception
from mediation.web.fields import ChineseDateField, SelectChoice, Text, checked, required
from mediation.web.forms import Form
from mediation.web.i18n import locale

WEEKDAYS = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)


def _one_span(text: str) -> Span:
    """Raises: Invalid `reception_hours` for anything but one span, and as `spans_of`."""
    spans = spans_of(text)
    if len(spans) != 1:
        raise Invalid("reception_hours", field="hours")
    return spans[0]


class ReceptionForm(Form):
    """A new series."""

    weekday = SelectField(
        _l("Each"),
        [required(_l("Choose the weekday."))],
        choices=[SelectChoice(str(i), name) for i, name in enumerate(WEEKDAYS)],
    )
    hours = Text(
        _l("Hours"),
        [required(_l("Write the hours.")), checked(_one_span)],
        most=40,
        description=_l("Such as 14:00-16:30."),
        render_kw={"autocomplete": "off"},
    )
    station = SelectField(_l("Station"), [required(_l("Choose the station."))])
    slot_min = SelectField(_l("One talk takes"), [required()], default="30")
    first = ChineseDateField(_l("From"), [required(_l("Choose a day."))])
    last = ChineseDateField(_l("Until"), [Optional()], description=_l("Empty: until further notice."))

    def offer(self, stations: Sequence[StationRow]) -> None:
        self.station.choices = [SelectChoice(row.public_id, row.label(locale())) for row in stations]
        self.slot_min.choices = [SelectChoice(str(n), _("%(n)s minutes", n=n)) for n in SLOT_MIN]

    def command(self, mediator_id: int) -> PlanReception:
        assert self.first.data is not None
        return PlanReception(
            mediator_id,
            self.station.data,
            int(self.weekday.data),
            _one_span(self.hours.data or ""),
            int(self.slot_min.data),
            self.first.data,
            self.last.data,
        )


class ReceptionDayForm(Form):
    """One day of a series."""

    what = RadioField(
        _l("What becomes of this day?"),
        [required(_l("Choose one."))],
        choices=[
            SelectChoice("move", _l("It is held at another time")),
            SelectChoice("off", _l("It is not held")),
        ],
    )
    to_on = ChineseDateField(_l("New day"), [Optional()], description=_l("Only if it is held at another time."))
    hours = Text(_l("New hours"), [Optional(), checked(_one_span)], most=40, description=_l("Empty: the usual hours."))
    why = Text(_l("Why? Those who are booked are told"), [required(_l("Say why."))], most=80)

    def command(self, reception: str, day: ChineseDateField) -> ChangeReceptionDay:
        """Raises: Invalid `new_day_missing`."""
        assert day.data is not None
        moves = self.what.data == "move"
        if moves and self.to_on.data is None:
            raise Invalid("new_day_missing", field="to_on")
        span = _one_span(self.hours.data) if moves and self.hours.data else None
        to_on = self.to_on.data if moves else None
        return ChangeReceptionDay(reception, day.data, self.why.data or "", to_on, span)


class WhichDayForm(Form):
    """Which reception day is meant: the day it was planned for."""

    on = ChineseDateField("", [required()])


class EndReceptionForm(Form):
    from_day = ChineseDateField(
        _l("No reception any more from"),
        [required(_l("Choose a day."))],
        description=_l("Whoever is booked from this day on is told, and listed for a decision."),
    )
