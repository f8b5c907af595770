"""What the desk keeps about a mediator."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import NumberRange

from mediation.web.fields import IntegerField, required
from mediation.web.forms import Form

_RANGE = _l("Write a whole number from 1 to 100.")


class _WholeNumber(IntegerField):
    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_RANGE) from error


class ShareForm(Form):
    percent = _WholeNumber(
        _l("Share of full-time work, in percent"),
        [required(_RANGE), NumberRange(1, 100, message=_RANGE)],
        description=_l("100: full time. 50: half as many cases as a full-time mediator."),
        render_kw={"inputmode": "numeric"},
    )
