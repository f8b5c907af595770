"""Names, numbers and money as Chinese readers write them; masking of personal data."""

import re
from typing import Final

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_UNITS: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿", "万亿")
WEEKDAYS: Final = "一二三四五六日"


_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")


def is_mobile(number: str) -> bool:
    """Whether these 11 digits are a mainland mobile number, one that a message can be sent to."""
    return _MOBILE.fullmatch(number) is not None


def masked_name(name: str) -> str:
    """罗桂兰 -> 罗**; a Latin name keeps its first letter."""
    return name[:1] + "*" * min(len(name) - 1, 3) if name else ""


def masked_phone(phone: str) -> str:
    """13812345678 -> 138****5678."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "*" * len(phone)  # noqa: PLR2004


def masked_id_number(number: str) -> str:
    """510***********1234."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if len(number) > 7 else "*" * len(number)  # noqa: PLR2004


def money_capital(fen: int) -> str:
    """Money in the capital form that documents use: 123450 fen -> 壹仟贰佰叁拾肆元伍角."""
    if fen < 0:
        return "负" + money_capital(-fen)
    yuan, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    text = _integer_capital(yuan) + "元" if yuan or not rest else ""
    if not rest:
        return text + "整"
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif text:
        text += "零"
    return text + (_DIGITS[cents] + "分" if cents else "")


def _integer_capital(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text, gap = "", False
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if group == 0:
            gap = bool(text)
            continue
        if text and (gap or group < 1000):  # noqa: PLR2004 - a missing thousand is read as zero
            text += _DIGITS[0]
        text += _group_capital(group) + _GROUPS[index]
        gap = False
    return text


def _group_capital(group: int) -> str:
    text, zero = "", False
    for power in range(3, -1, -1):
        digit = group // 10**power % 10
        if digit:
            text += (_DIGITS[0] if zero and text else "") + _DIGITS[digit] + _UNITS[power]
            zero = False
        else:
            zero = True
    return text
