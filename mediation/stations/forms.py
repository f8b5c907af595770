"""What is typed at a screen, and the staff's check-in."""

from flask_babel import lazy_gettext as _l

from mediation.web.fields import Text, required
from mediation.web.forms import Form


class SetUpForm(Form):
    code = Text(_l("Code of 8 digits"), [required(_l("Type the code that staff see on their page."))], most=20)


class NumberForm(Form):
    """The way in by oneself."""

    number = Text(_l("Your number"), [required(_l("Type the number on your slip, such as A012."))], most=8)
    digits = Text(
        _l("Last four digits of your phone number"),
        [required(_l("Type the last four digits of your phone number."))],
        most=8,
    )
