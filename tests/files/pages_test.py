"""Pages as pictures: drawn in a child that has no secrets, little memory and little time."""

import io
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from mediation.files import render, service
from mediation.files.render import Unreadable, apart
from mediation.files.service import StoreFile
from mediation.kernel.errors import Refused
from tests.factories.files import PDF, pdf, pdf_of_work, picture
from tests.files.store_test import CLERK
from tests.files.store_test import folder as folder  # noqa: PLC0414 - a fixture


def size_of(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content), formats=["WEBP"]) as found:
        return found.size


def test_a_page_has_its_words_and_the_width_that_was_asked_for() -> None:
    sheet = render.sheet(pdf(3), is_pdf=True, page=2, width=800)
    assert (sheet.n_pages, sheet.text) == (3, "Page 2")
    assert size_of(sheet.picture)[0] in {800, 801}  # PDFium rounds up
    assert sheet.picture != render.sheet(pdf(3), is_pdf=True, page=3, width=800).picture


def test_control_and_direction_characters_stay_out_of_the_words() -> None:
    assert render.sheet(pdf(1, words="a\\000b\\033c"), is_pdf=True, page=1, width=100).text == "abc"


@pytest.mark.parametrize(
    ("content", "page", "why"),
    [
        (b"", 1, "damaged"),
        (b"%PDF-1.7\nnothing", 1, "damaged"),
        (PDF, 1, "damaged"),
        (pdf(2)[:200], 1, "damaged"),
        (pdf(2), 3, "no_page"),
        (pdf(301), 1, "too_long"),
        (pdf(1, size=(0, 0)), 1, ""),
        (picture("PNG"), 1, "damaged"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_its_reason(content: bytes, page: int, why: str) -> None:
    if not why:  # PDFium gives a page without a size that of a letter
        assert size_of(render.sheet(content, is_pdf=True, page=page, width=200).picture)[0] == 200
        return
    with pytest.raises(Unreadable, match=f"^{why}$"):
        render.sheet(content, is_pdf=True, page=page, width=200)


@pytest.mark.parametrize("size", [(10, 14_000), (14_000, 10), (14_000, 14_000), (1, 1)])
def test_a_page_of_any_shape_has_at_most_so_many_pixels(size: tuple[float, float]) -> None:
    width, height = size_of(render.sheet(pdf(1, size=size), is_pdf=True, page=1, width=1800).picture)
    assert width * height <= 6_100_000


def test_a_page_that_is_endless_work_is_given_up() -> None:
    began = time.monotonic()
    with pytest.raises(Unreadable, match=r"^too_slow$"):
        render.sheet(pdf_of_work(), is_pdf=True, page=1, width=1800)
    assert time.monotonic() - began < apart.WITHIN_S + 2


def test_the_child_gets_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []
    run = apart.subprocess.run

    def watched(*args: object, **more: object) -> object:
        given.append(more["env"])
        return run(*args, **more)  # type: ignore[call-overload]

    monkeypatch.setitem(os.environ, "SECRET_KEY", "kept to ourselves")
    monkeypatch.setattr(apart.subprocess, "run", watched)
    render.sheet(pdf(1), is_pdf=True, page=1, width=100)
    assert given == [{}]


def stored(session: Session, clock: Callable[[], object], content: bytes, name: str = "a.pdf"):
    return service.store(session, CLERK, StoreFile(name, content, case_id=5), clock=clock)


@pytest.mark.db
def test_a_picture_is_one_page_without_where_it_was_taken(session: Session, clock, folder: Path) -> None:
    file = stored(session, clock, picture("JPEG", size=(1600, 400)), "b.jpg")
    sheet = service.page_of(file, 1, "small")
    assert (sheet.n_pages, sheet.text, size_of(sheet.picture)) == (1, "", (800, 200))
    assert size_of(service.page_of(file, 1, "large").picture) == (1600, 400)


@pytest.mark.db
def test_asked_for_by_all_at_once_it_is_drawn_once(session: Session, clock, folder: Path, monkeypatch) -> None:
    drawn: list[int] = []
    sheet = render.sheet

    def counted(content: bytes, *, is_pdf: bool, page: int, width: int):
        drawn.append(page)
        return sheet(content, is_pdf=is_pdf, page=page, width=width)

    monkeypatch.setattr(render, "sheet", counted)
    file = stored(session, clock, pdf(2))
    with ThreadPoolExecutor(5) as five:
        found = set(five.map(lambda _: service.page_of(file, 1, "small").picture, range(5)))
    assert (len(found), drawn) == (1, [1])


@pytest.mark.db
def test_nothing_of_a_page_lies_on_the_disk(session: Session, clock, folder: Path) -> None:
    file = stored(session, clock, pdf(2))
    before = sorted(folder.rglob("*"))
    service.page_of(file, 2, "large")
    assert sorted(folder.rglob("*")) == before
    assert list(service.verify(session)) == []


@pytest.mark.db
@pytest.mark.parametrize(
    ("content", "code"),
    [(PDF, "paper_unreadable"), (pdf(2), "paper_no_page"), (pdf(301), "paper_too_long")],
)
def test_the_refusal_has_a_sentence(session: Session, clock, folder: Path, content: bytes, code: str) -> None:
    with pytest.raises(Refused, match=code):
        service.page_of(stored(session, clock, content), 3, "small")


@pytest.mark.db
def test_what_cannot_be_drawn_is_tried_once(session: Session, clock, folder: Path, monkeypatch) -> None:
    file = stored(session, clock, PDF)
    with pytest.raises(Refused, match="paper_unreadable"):
        service.page_of(file, 1, "small")
    monkeypatch.setattr(render, "sheet", None)
    with pytest.raises(Refused, match="paper_unreadable"):
        service.page_of(file, 1, "small")
