"""What a file is, by its content and never by its name. Pure.

A file is accepted when its first bytes say what it is and nothing else in it says otherwise. HTML, SVG, archives and
files that are two things at once (a GIF that is also a Java archive) are refused: a browser or a viewer might take
them for the other thing.
"""

import re
import unicodedata
from typing import Final

from mediation.kernel.codes import Code
from mediation.kernel.errors import Invalid

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_FILES: Final = 10
"""Per case or draft."""
MAX_PIXELS: Final = 50_000_000
"""A 50 megapixel picture is 150 MB once unpacked; phones send 12 to 50."""
MAX_NAME: Final = 120


class FileKind(Code):
    JPEG = "image/jpeg", "照片（JPEG）", "Photo (JPEG)"
    PNG = "image/png", "图片（PNG）", "Picture (PNG)"
    WEBP = "image/webp", "图片（WebP）", "Picture (WebP)"
    GIF = "image/gif", "图片（GIF）", "Picture (GIF)"
    PDF = "application/pdf", "PDF文件", "PDF document"

    @property
    def is_image(self) -> bool:
        return self is not FileKind.PDF

    @property
    def extension(self) -> str:
        return {FileKind.JPEG: "jpg", FileKind.PDF: "pdf"}.get(self, self.value.partition("/")[2])


_HTML: Final = re.compile(rb"<(!doctype|html|head|body|script|iframe|object|embed|\?php)[\s>/]", re.IGNORECASE)
_ZIP_END: Final = b"PK\x05\x06"
_ZIP_END_SIZE: Final = 22
_ZIP_COMMENT: Final = 65_535
_PDF_HEADER: Final = re.compile(rb"%PDF-[12]\.[0-9]")
_HEAD: Final = 1024


def kind_of(content: bytes) -> FileKind:
    """What the bytes are.

    Raises: Invalid `file_empty`, `file_too_big`, `file_kind` (not one of ours), `file_polyglot` (also something else).
    """
    if not content:
        raise Invalid("file_empty", field="files")
    if len(content) > MAX_BYTES:
        raise Invalid("file_too_big", field="files", megabytes=MAX_BYTES // 1024**2)
    kind = _by_magic(content)
    if kind is None:
        raise Invalid("file_kind", field="files")
    # A PDF may carry HTML inside its streams and stay a PDF; a picture has no use for it anywhere.
    suspect = content if kind.is_image else content[:_HEAD]
    if _HTML.search(suspect) or _ends_as_zip(content):
        raise Invalid("file_polyglot", field="files")
    return kind


def _by_magic(content: bytes) -> FileKind | None:
    if content.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if content.startswith((b"GIF87a", b"GIF89a")):
        return FileKind.GIF
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return FileKind.WEBP
    # Readers accept the header anywhere in the first kilobyte, which is what makes polyglots; we do not.
    return FileKind.PDF if _PDF_HEADER.match(content) else None


def _ends_as_zip(content: bytes) -> bool:
    """Whether an archive's end record stands at the end (APPNOTE 4.3.16), from where zip, jar, docx, apk are read."""
    tail = content[-(_ZIP_END_SIZE + _ZIP_COMMENT) :]
    at = tail.rfind(_ZIP_END)
    while at >= 0:
        comment = int.from_bytes(tail[at + 20 : at + 22], "little")
        if len(tail) - at >= _ZIP_END_SIZE and comment <= len(tail) - at - _ZIP_END_SIZE:
            return True
        at = tail.rfind(_ZIP_END, 0, at)
    return False


def check_number(n_there: int, n_new: int) -> None:
    """Raises: Invalid `too_many_files` when a case or draft would hold more than MAX_FILES."""
    if n_there + n_new > MAX_FILES:
        raise Invalid("too_many_files", field="files", most=MAX_FILES)


def clean_name(name: str, kind: FileKind) -> str:
    """A name to show: no folder, no control or direction characters, and the extension of what it really is."""
    base = re.split(r"[\\/]", name)[-1]
    kept = "".join(c for c in unicodedata.normalize("NFC", base) if unicodedata.category(c)[0] != "C")
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", kept).strip(" .") or "file"
    return f"{stem[:MAX_NAME]}.{kind.extension}"
