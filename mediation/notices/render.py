"""Templates of messages -> text in the reader's language. No Flask: the worker and `live` write messages too."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from babel.dates import format_datetime
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mediation.kernel.clock import CHINA
from mediation.notices.catalogue import NoticeKind

_PACKAGE: Final = Path(__file__).parent.parent
_TEMPLATES: Final = _PACKAGE.parent / "templates" / "notices"
_TRANSLATIONS: Final = _PACKAGE / "translations"
_CHINESE_INSTANT: Final = "M月d日（EEE）HH:mm"
_ENGLISH_INSTANT: Final = "EEEE d MMMM, HH:mm"
_AFTER_CHINESE_STOP: Final = re.compile("(?<=[\u3000-\u303f\uff00-\uffef]) ")


class _Installed:
    site = "http://127.0.0.1:8000"
    help_phone = "12348"
    district = "桃溪区"
    sender = "tiaohe@localhost"


def configure(*, site: str, help_phone: str, district: str, sender: str) -> None:
    """What every message names; called once by each process, as its settings say."""
    _Installed.site, _Installed.help_phone, _Installed.district = site, help_phone, district
    _Installed.sender = sender


def sender() -> str:
    """The address that our mails come from: the organiser of every hearing."""
    return _Installed.sender


def address_of(path: str) -> str:
    """The whole address of a page of ours."""
    return _Installed.site + path


def sms(kind: NoticeKind, locale: str, facts: Mapping[str, Any]) -> str:
    """One paragraph: SMS gateways count every character."""
    return _AFTER_CHINESE_STOP.sub("", " ".join(_render(f"{kind.value}.sms", locale, facts).split()))


def mail(kind: NoticeKind, locale: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and body: the template's first line, and the rest."""
    subject, _, body = _render(f"{kind.value}.txt", locale, facts).partition("\n")
    return " ".join(subject.split()), body.strip() + "\n"


def has_mail(kind: NoticeKind) -> bool:
    return (_TEMPLATES / f"{kind.value}.txt").exists()


def has_sms(kind: NoticeKind) -> bool:
    return (_TEMPLATES / f"{kind.value}.sms").exists()


def _render(name: str, locale: str, facts: Mapping[str, Any]) -> str:
    given = {"help_phone": _Installed.help_phone, "district": _Installed.district, **facts}
    return _environment(locale).get_template(name).render(given).strip()


@lru_cache(maxsize=4)
def _environment(locale: str) -> Environment:
    environment = Environment(  # noqa: S701 - plain text: a mail's reader must not see &amp;
        loader=FileSystemLoader(_TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    translations = Translations.load(_TRANSLATIONS, [locale])
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["instant"] = lambda value: instant(value, locale)
    return environment


def instant(value: datetime, locale: str) -> str:
    """11月24日(周二)09:30; Tuesday 24 November, 09:30. In the district's zone."""
    pattern = _CHINESE_INSTANT if locale.startswith("zh") else _ENGLISH_INSTANT
    return format_datetime(value.astimezone(CHINA), pattern, tzinfo=CHINA, locale=locale)
