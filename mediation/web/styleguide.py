"""A made-up form that shows every kind of field on /dev/styleguide; no table is read."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectField, SelectMultipleField, StringField

from mediation.web.fields import BooleanField, ChineseDateField, Files, LongText, PhoneField, Text, required
from mediation.web.forms import Form


def _attendance() -> list[tuple[str, str]]:
    return [("video", _("By video from home")), ("station", _("In the station's video room"))]


def _subjects() -> list[tuple[str, str]]:
    return [("housing", _("House and rent")), ("labour", _("Work and wages"))]


def _needs() -> list[tuple[str, str]]:
    return [
        ("dialect", _("Someone who speaks the local dialect")),
        ("wheelchair", _("A room for a wheelchair")),
    ]


class Sample(Form):
    """One field of each kind."""

    name = Text(_l("Your name"), [required()])
    phone = PhoneField(_l("Mobile number"), [required()])
    born_on = ChineseDateField(_l("Day it began"))
    subject = SelectField(_l("What is it about?"), choices=_subjects)
    attendance = RadioField(_l("How would you like to take part?"), [required()], choices=_attendance)
    needs = SelectMultipleField(_l("Do you need anything special?"), choices=_needs)
    story = LongText(_l("What happened?"), [required()])
    photos = Files(_l("Photos or papers"))
    agree = BooleanField(_l("What I wrote is true as far as I know"), [required()])
    code = StringField(_l("Code from the message"), [required()])


def values() -> dict[str, Any]:
    """The form once filled in well and once refused."""
    typed = {
        "name": "罗桂兰",
        "phone": "13812345678",
        "subject": "housing",
        "attendance": "station",
        "needs": "dialect",
    }
    wrong = {"refused-phone": "1381", "refused-subject": "housing"}
    filled = Sample(MultiDict(typed), meta={"csrf": False})
    refused = Sample(MultiDict(wrong), meta={"csrf": False}, prefix="refused-")
    refused.validate()
    return {"form": filled, "refused": refused}
