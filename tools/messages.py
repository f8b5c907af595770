"""Bring the catalogues in step with the code: `make messages`. New sentences are printed; give each its Chinese.

English is the key and its own translation. Chinese is never guessed: a changed sentence begins empty, and
`tests/architecture/translations_test.py` fails until somebody wrote it.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "mediation" / "translations"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "_l": None, "_n": (1, 2), "lazy_gettext": None}
PO_OF = {locale: FOLDER / locale / "LC_MESSAGES" / "messages.po" for locale in ("en", "zh_Hans_CN")}


def sentences() -> Catalog:
    """Every sentence of the code and the templates."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = Catalog()
    for _file, _line, message, _comments, context in extract_from_dir(ROOT, methods, options, KEYWORDS):
        found.add(message, context=context)
    return found


def catalogue(locale: str) -> Catalog:
    with PO_OF[locale].open("rb") as file:
        return read_po(file, locale=locale)


def untranslated(catalog: Catalog) -> Iterator[Message]:
    for message in catalog:
        texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and not all(texts):
            yield message


def renew(locale: str) -> Catalog:
    """The catalogue with exactly today's sentences, sorted, written to its file."""
    catalog = catalogue(locale)
    catalog.update(sentences(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    if locale == "en":
        for message in untranslated(catalog):
            message.string = message.id
    with PO_OF[locale].open("wb") as file:
        write_po(file, catalog, no_location=True, sort_output=True, width=0)
    return catalog


def main() -> int:
    renew("en")
    missing = [str(message.id) for message in untranslated(renew("zh_Hans_CN"))]
    print(*(f"no Chinese yet: {sentence}" for sentence in missing), sep="\n", end="\n" if missing else "")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
