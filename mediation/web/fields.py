"""Fields as people fill them in. Format only; what depends on other rows or on time is a rule."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import (
    BooleanField,
    Field,
    Form,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms import DateField as _DateField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget, Select

from mediation.kernel.codes import Code
from mediation.kernel.errors import Problem
from mediation.web.i18n import label
from mediation.web.problems import sentence

__all__ = [
    "BooleanField",
    "ChineseDateField",
    "CodeChecks",
    "CodeRadio",
    "CodeSelect",
    "Files",
    "IdNumberField",
    "IntegerField",
    "LongText",
    "ManyOptions",
    "PhoneField",
    "SelectChoice",
    "Text",
    "checked",
    "required",
]

_BIDI_AND_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def required(message: Any = None) -> InputRequired:
    return InputRequired(message=message or _l("Please fill this in."))


def clean(text: str | None) -> str | None:
    """Trim, and drop marks that nobody sees: they come along when people paste from a chat."""
    if text is None:
        return None
    return unicodedata.normalize("NFC", _BIDI_AND_INVISIBLE.sub("", text)).replace("\r\n", "\n").strip()


def no_control_characters(_form: object, field: Field) -> None:
    text = field.data
    if isinstance(text, str) and any(unicodedata.category(sign) == "Cc" and sign not in "\n\t" for sign in text):
        raise ValidationError(
            _l("There is a character in here that cannot be shown. Please type the text again, or leave that part out.")
        )


def checked(check: Callable[[str], object]) -> Callable[[Form, Field], None]:
    """A validator out of a rule that raises a Problem."""

    def validator(_form: Form, field: Field) -> None:
        if not field.data:
            return
        try:
            check(field.data)
        except Problem as problem:
            raise ValidationError(str(sentence(problem))) from problem

    return validator


def _too_long(limit: int) -> Length:
    return Length(max=limit, message=_l("This is too long: at most %(max)d characters."))


class Text(StringField):
    """One line of text, at most `most` characters."""

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), *, most: int = 200, **kwargs: Any) -> None:
        rules = [*(validators or [Optional()]), _too_long(most), no_control_characters]
        super().__init__(label, rules, filters=[clean, _one_line], **kwargs)


class LongText(TextAreaField):
    """Several lines, at most `most` characters."""

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), *, most: int = 5000, **kwargs: Any) -> None:
        rules = [*(validators or [Optional()]), _too_long(most), no_control_characters]
        super().__init__(label, rules, filters=[clean], **kwargs)


def _one_line(text: str | None) -> str | None:
    return None if text is None else " ".join(text.split("\n"))


def _compact(text: str | None) -> str | None:
    """Digits as machines read them: full width, spaces and dashes out."""
    return None if text is None else re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))


class PhoneField(StringField):
    """A phone number: a mobile of 11 digits, or a fixed line with its area code."""

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        kwargs.setdefault("render_kw", {"inputmode": "tel", "autocomplete": "tel"})
        super().__init__(label, [*(validators or [Optional()]), _phone_format], filters=[clean, _phone], **kwargs)


def _phone(text: str | None) -> str | None:
    compact = _compact(text)
    return None if compact is None else re.sub(r"^(\+|00)86", "", compact)


def _phone_format(_form: object, field: Field) -> None:
    if field.data and not re.fullmatch(r"1[3-9][0-9]{9}|0[0-9]{9,11}", field.data):
        raise ValidationError(
            _l("This is not a phone number. A mobile number has 11 digits and begins with 1, such as 13812345678.")
        )


class IdNumberField(StringField):
    """A resident identity number. Its checksum is a rule of people.identity: pass `checked(...)`."""

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        kwargs.setdefault("render_kw", {"autocomplete": "off", "maxlength": "24"})
        super().__init__(label, [*(validators or [Optional()])], filters=[clean, _compact, _upper], **kwargs)


def _upper(text: str | None) -> str | None:
    return None if text is None else text.upper()


class ChineseDateField(_DateField):
    """A date: the browser's picker gives 2026-11-23; typed 2026年11月23日, 2026/11/23 and 20261123 are understood."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = unicodedata.normalize("NFKC", clean(valuelist[0]) or "") if valuelist else ""
        if not text:
            self.data = None
            return
        match = re.fullmatch(r"(\d{4})\s*[年/.-]\s*(\d{1,2})\s*[月/.-]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})", text)
        numbers = [int(part) for part in match.groups() if part is not None] if match else [0, 0, 0]
        try:
            self.data = date(*numbers)
        except ValueError as error:
            self.data = None
            raise ValueError(_l("This is not a date. Write it like 2026-11-23.")) from error


class _CodeChoices:
    codes: type[Code]

    def code_choices(
        self, codes: type[Code], only: Sequence[Code] | None, blank: Any = None
    ) -> Callable[[], list[tuple[str, str]]]:
        first = [] if blank is None else [("", blank)]
        return lambda: [*((value, str(text)) for value, text in first), *((c.value, label(c)) for c in (only or codes))]


class CodeSelect(SelectField, _CodeChoices):
    """A list to choose a code from; `data` is the code, or None. `blank`: what the choice of none is called."""

    def __init__(
        self,
        label: Any,
        codes: type[Code],
        validators: Sequence[Any] = (),
        *,
        only: Sequence[Code] | None = None,
        blank: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            label,
            list(validators) or [Optional()],
            choices=self.code_choices(codes, only, blank),
            coerce=_coerce(codes),
            **kwargs,
        )


class CodeRadio(RadioField, _CodeChoices):
    """A code by radio buttons."""

    def __init__(
        self,
        label: Any,
        codes: type[Code],
        validators: Sequence[Any] = (),
        *,
        only: Sequence[Code] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            label,
            list(validators) or [Optional()],
            choices=self.code_choices(codes, only),
            coerce=_coerce(codes),
            **kwargs,
        )


_OPTION, _CHOSEN = Markup('<option value="'), Markup('<option selected value="')
_NAMED, _END = Markup('">'), Markup("</option>")


class ManyOptions(Select):
    """A list of hundreds: options without attributes of their own, written plainly. 500 cost 25 ms otherwise."""

    @classmethod
    def render_option(cls, choice: Any, **_: Any) -> Markup:  # type: ignore[override]  # newer than its stubs
        start = _CHOSEN if choice.selected else _OPTION
        option: Markup = start + choice.value + _NAMED + choice.label + _END  # escapes what is no Markup
        return option


class CodeChecks(SelectMultipleField, _CodeChoices):
    """Several codes by check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any, codes: type[Code], validators: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(
            label,
            list(validators) or [Optional()],
            choices=self.code_choices(codes, None),
            coerce=_coerce(codes),
            **kwargs,
        )


def _coerce(codes: type[Code]) -> Callable[[Any], Code | str | None]:
    def coerce(value: Any) -> Code | str | None:
        if value in (None, "", "None"):
            return None
        try:
            return codes(value)  # type: ignore[call-arg]  # mypy reads __new__, Enum reads the value
        except ValueError:
            return str(value)  # not among the choices: WTForms says so

    return coerce


class Files(MultipleFileField):
    """Photos and PDFs; how many, how large and of what kind is a rule of files.service."""
