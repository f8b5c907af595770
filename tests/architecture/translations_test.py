"""Every sentence of the code and the templates stands in both catalogues, and each has its words."""

import re

import pytest

from tools import messages

PLACEHOLDER = re.compile(r"%\((\w+)\)")


@pytest.fixture(scope="module")
def sentences() -> set[str | tuple[str, ...]]:
    return {message.id for message in messages.sentences() if message.id}


@pytest.mark.parametrize("locale", ["en", "zh_Hans_CN"])
def test_the_catalogue_is_in_step_and_complete(locale: str, sentences: set[str | tuple[str, ...]]) -> None:
    catalog = messages.catalogue(locale)
    assert {message.id for message in catalog if message.id} == sentences, "run `make messages`"
    assert [message.id for message in messages.untranslated(catalog)] == []


def test_chinese_fills_the_same_places_as_english() -> None:
    for message in messages.catalogue("zh_Hans_CN"):
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id:
            wanted = set(PLACEHOLDER.findall(ids[-1]))
            assert {name for text in texts for name in PLACEHOLDER.findall(text)} <= wanted | {"num"}, message.id


HALF_WIDTH = re.compile(r"[\u4e00-\u9fff）”》][,:;?!]|[,;?!][\u4e00-\u9fff]|[。，：；？！] ")


def test_chinese_is_written_with_full_width_marks() -> None:
    texts = (
        text
        for message in messages.catalogue("zh_Hans_CN")
        if message.id
        for text in (message.string if isinstance(message.string, tuple | list) else (message.string,))
    )
    assert [text for text in texts if HALF_WIDTH.search(text)] == []
