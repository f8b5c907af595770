"""Code lists: a stable code with its Chinese and English names in one table. Pure."""

from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """Members are written `NAME = "code", "中文", "English"`."""

    zh: str
    en: str

    def __new__(cls, value: str, zh: str, en: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        member.en = en
        return member

    def label(self, locale: str) -> str:
        """The name in the reader's language; `locale` as Babel writes it, `zh_Hans_CN` or `en`."""
        return self.zh if locale.startswith("zh") else self.en

    @classmethod
    def of(cls, value: str) -> Self:
        """The member with this code; type checkers take `Cls(value)` for the making of a member.

        Raises: ValueError for a code that is not in the list.
        """
        for member in cls:
            if member.value == value:
                return member
        raise ValueError(value)
