"""Chinese first, English beside it: locale choice and bilingual codes."""

from typing import Final

from flask import Flask, request
from flask_babel import Babel, get_locale

from mediation.kernel.codes import Code

LOCALES: Final = ("zh_Hans_CN", "en")
DEFAULT: Final = LOCALES[0]
LOCALE_COOKIE: Final = "locale"
PRINT_COOKIE: Final = "print"

babel = Babel()


def choose() -> str:
    """The reader's own choice, else Chinese unless the browser asks for English and no Chinese."""
    chosen = request.cookies.get(LOCALE_COOKIE)
    if chosen in LOCALES:
        return chosen
    wanted = [language for language, _quality in request.accept_languages]
    if any(language.lower().startswith("zh") for language in wanted):
        return DEFAULT
    return "en" if any(language.lower().startswith("en") for language in wanted) else DEFAULT


def locale() -> str:
    """`zh_Hans_CN` or `en`, for this reader."""
    return str(get_locale() or DEFAULT)


def html_lang() -> str:
    return "zh-Hans-CN" if locale().startswith("zh") else "en"


def label(code: Code | None) -> str:
    """The name of a code in the reader's language."""
    return "" if code is None else code.label(locale())


def large_print() -> bool:
    return request.cookies.get(PRINT_COOKIE) == "large"


def init_app(app: Flask) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Shanghai"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    babel.init_app(app, locale_selector=choose)
    app.jinja_env.globals.update(html_lang=html_lang, large_print=large_print, LOCALES=LOCALES)
    app.jinja_env.filters["label"] = label
    app.context_processor(lambda: {"locale": locale()})
