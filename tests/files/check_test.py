"""A corpus of files: what is taken, what is refused and why, what is shown."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mediation.files.rules import FileKind, check_number, clean_name, kind_of
from mediation.files.service import check
from mediation.kernel.errors import Invalid
from tests.factories.files import (
    PDF,
    archive,
    gifar,
    html_in_jpeg,
    photo_with_position,
    picture,
    pixel_bomb,
)

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (picture("JPEG"), FileKind.JPEG),
        (picture("PNG"), FileKind.PNG),
        (picture("WEBP"), FileKind.WEBP),
        (picture("GIF"), FileKind.GIF),
        (PDF, FileKind.PDF),
        (PDF[:20], FileKind.PDF),
        (PDF.replace(b"1.4", b"2.0"), FileKind.PDF),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, kind: FileKind) -> None:
    assert kind_of(content) is kind
    assert check("scan.exe", content).name == f"scan.{kind.extension}"


HOSTILE = {
    "html renamed .jpg": (b"<!DOCTYPE html><html><script>alert(1)</script></html>", "file_kind"),
    "svg": (SVG, "file_kind"),
    "svg with a declaration": (b'<?xml version="1.0"?>' + SVG, "file_kind"),
    "zip": (archive(), "file_kind"),
    "jar behind a gif": (gifar(), "file_polyglot"),
    "zip behind a pdf": (PDF + archive(), "file_polyglot"),
    "zip behind a pdf, hidden by a comment": (PDF + archive() + b"\n%%EOF\n", "file_polyglot"),
    "html inside a jpeg": (html_in_jpeg(), "file_polyglot"),
    "html that begins as a gif": (b"GIF89a/*<script>*/=alert(1)", "file_polyglot"),
    "pdf with a page in front": (b"<html><body>" + PDF, "file_kind"),
    "pdf whose head is a page": (b"%PDF-1.4\n<html><script>alert(1)</script>" + PDF, "file_polyglot"),
    "pdf behind other bytes": (b"\n\n" + PDF, "file_kind"),
    "pixel bomb": (pixel_bomb(), "file_too_many_pixels"),
    "picture just over the limit": (pixel_bomb(10_000, 5_001), "file_too_many_pixels"),
    "picture cut off": (picture(size=(640, 480))[:300], "file_damaged"),
    "only the magic number": (b"\xff\xd8\xff", "file_damaged"),
    "png of garbage": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 200, "file_damaged"),
    "program": (b"MZ\x90\x00" + bytes(100), "file_kind"),
    "text": ("你好".encode(), "file_kind"),
    "nothing": (b"", "file_empty"),
    "too big": (PDF + bytes(20 * 1024 * 1024), "file_too_big"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_with_its_reason(case: str) -> None:
    content, code = HOSTILE[case]
    with pytest.raises(Invalid, match=code) as refusal:
        check("holiday.jpg", content)
    assert refusal.value.field == "files"


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF0000WEBP"])
)
def test_any_bytes_are_taken_or_refused_never_an_error(content: bytes, head: bytes) -> None:
    try:
        checked = check("x", head + content)
    except Invalid:
        return
    assert checked.kind in FileKind


def test_the_picture_that_is_shown_says_nothing_about_the_place_and_stands_upright() -> None:
    original = photo_with_position()
    assert b"GPS" in original or "桃溪街道".encode() in original
    checked = check("home.jpg", original)
    with Image.open(io.BytesIO(checked.shown)) as shown:
        assert not shown.getexif()
        assert not {"exif", "comment", "xmp", "icc_profile"} & set(shown.info)
        assert shown.size == (32, 64)
    assert "桃溪街道".encode() not in checked.shown
    assert checked.content == original


def test_a_large_photo_is_shown_smaller_and_kept_whole() -> None:
    checked = check("big.jpg", picture(size=(4000, 3000)))
    with Image.open(io.BytesIO(checked.shown)) as shown:
        assert max(shown.size) == 2560
    with Image.open(io.BytesIO(checked.content)) as kept:
        assert kept.size == (4000, 3000)


def test_a_screenshot_with_transparency_stays_a_png_and_a_moving_picture_stands_still() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (9, 9), (1, 2, 3, 4)).save(out, "PNG")
    assert check("shot.png", out.getvalue()).shown_kind is FileKind.PNG
    frames = [Image.new("P", (9, 9), i) for i in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    checked = check("moving.gif", out.getvalue())
    with Image.open(io.BytesIO(checked.shown)) as shown:
        assert getattr(shown, "n_frames", 1) == 1


def test_a_pdf_has_no_shown_copy() -> None:
    assert check("合同.pdf", PDF).shown is None


@pytest.mark.parametrize(
    ("given_name", "clean"),
    [
        ("照片 1.JPG", "照片 1.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\赵\\租房合同.docx", "租房合同.pdf"),
        ("evil\u202efdp.exe", "evilfdp.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie: x=1.pdf"),
        ("\x00", "file.pdf"),
        ("", "file.pdf"),
        ("长" * 500 + ".pdf", "长" * 120 + ".pdf"),
    ],
)
def test_a_name_keeps_only_what_may_be_shown(given_name: str, clean: str) -> None:
    assert clean_name(given_name, FileKind.PDF) == clean


def test_a_case_takes_ten_files() -> None:
    check_number(9, 1)
    with pytest.raises(Invalid, match="too_many_files"):
        check_number(9, 2)
