"""Identity numbers of people and organisations, and phone numbers. Pure.

Sources: GB 11643-1999 (citizen identification number), GB 32100-2015 (unified social credit code).
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from mediation.kernel.errors import Invalid
from mediation.kernel.text import is_mobile

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_PROVINCES: Final = frozenset(
    (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83)
)
"""First two digits: GB/T 2260, and 83 as Taiwan residents' permits carry it beside 71."""
_CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
EARLIEST_BIRTH: Final = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A citizen's number whose check digit and date of birth are right."""

    number: str
    born_on: date
    is_female: bool

    def age_on(self, day: date) -> int:
        """Completed years on `day`."""
        return age(self.born_on, day)


def _compact(text: str) -> str:
    """What was typed, without the blanks and dashes people put in; full-width digits as plain ones."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()


def check_digit(first_17: str) -> str:
    """The 18th character of a citizen's number (GB 11643, ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(w * int(c) for w, c in zip(_WEIGHTS, first_17, strict=True)) % 11]


def check_id_number(text: str, *, today: date | None = None) -> IdNumber:
    """Read a citizen's number.

    `today` refuses a birth in the future where the caller knows the day.
    Raises: Invalid `id_number_shape`, `id_number_region`, `id_number_birth`, `id_number_check`.
    """
    number = _compact(text)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise Invalid("id_number_shape", field="id_number")
    if int(number[:2]) not in _PROVINCES:
        raise Invalid("id_number_region", field="id_number")
    try:
        born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise Invalid("id_number_birth", field="id_number") from error
    if born_on < EARLIEST_BIRTH or (today is not None and born_on > today):
        raise Invalid("id_number_birth", field="id_number")
    if check_digit(number[:17]) != number[17]:
        raise Invalid("id_number_check", field="id_number")
    return IdNumber(number=number, born_on=born_on, is_female=int(number[16]) % 2 == 0)


def credit_check(first_17: str) -> str:
    """The 18th character of a unified social credit code (GB 32100)."""
    total = sum(w * _CREDIT_ALPHABET.index(c) for w, c in zip(_CREDIT_WEIGHTS, first_17, strict=True))
    return _CREDIT_ALPHABET[-total % 31]


def check_credit_code(text: str) -> str:
    """Read an organisation's unified social credit code.

    Raises: Invalid `credit_code_shape`, `credit_code_check`.
    """
    code = _compact(text)
    if not re.fullmatch(rf"[{_CREDIT_ALPHABET}]{{2}}[0-9]{{6}}[{_CREDIT_ALPHABET}]{{10}}", code):
        raise Invalid("credit_code_shape", field="id_number")
    if credit_check(code[:17]) != code[17]:
        raise Invalid("credit_code_check", field="id_number")
    return code


def check_phone(text: str) -> str:
    """Read a mainland mobile number: 11 digits, 1[3-9]; `+86` and blanks are dropped.

    Raises: Invalid `phone_shape`.
    """
    number = re.sub(r"^(\+86|0086)", "", _compact(text))
    if not is_mobile(number):
        raise Invalid("phone_shape", field="phone")
    return number


def age(born_on: date, day: date) -> int:
    """Completed years on `day`; somebody born on 29 February turns a year older on 1 March of a common year."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def is_minor(born_on: date, day: date) -> bool:
    """Under 18 (Civil Code art. 17): takes part with a guardian."""
    return age(born_on, day) < 18  # noqa: PLR2004 - the article's number
