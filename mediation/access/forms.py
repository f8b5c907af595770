"""Forms of signing in and finding one's way back."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField
from wtforms.validators import Length

from mediation.access.service.accounts import ChangePassword
from mediation.access.service.passwords import MAX_LENGTH
from mediation.access.service.sign_in import SignIn
from mediation.kernel.errors import Invalid
from mediation.kernel.text import is_mobile
from mediation.web.fields import PhoneField, Text, checked, required
from mediation.web.forms import Form


class SignInForm(Form):
    username = Text(
        _l("User name"),
        [required()],
        most=40,
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"), [required(), Length(max=MAX_LENGTH)], render_kw={"autocomplete": "current-password"}
    )

    def command(self, *, address: str, agent: str) -> SignIn:
        return SignIn(
            username=self.username.data or "", password=self.password.data or "", address=address, agent=agent
        )


class PasswordForm(Form):
    current = PasswordField(_l("Present password"), [required()], render_kw={"autocomplete": "current-password"})
    new = PasswordField(
        _l("New password"),
        [required()],
        description=_l("At least 10 characters. Three or four unrelated words are easy to remember."),
        render_kw={"autocomplete": "new-password"},
    )

    def command(self) -> ChangePassword:
        return ChangePassword(current=self.current.data or "", new=self.new.data or "")


def check_mobile(number: str) -> None:
    """Raises: Invalid `mobile_needed`: a code goes to a phone that receives messages."""
    if not is_mobile(number):
        raise Invalid("mobile_needed", field="phone")


class PhoneForm(Form):
    phone = PhoneField(_l("Your mobile number"), [required(), checked(check_mobile)])


class CodeForm(Form):
    code = Text(_l("Code from the message"), [required()], most=12)
