"""Looking into a file before it is kept: its kind, and for a picture the copy that people will see."""

import io
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from mediation.files.rules import MAX_PIXELS, FileKind, clean_name, kind_of
from mediation.kernel.errors import Invalid

MAX_SIDE: Final = 2560
"""Pixels of the longer side of the shown copy: a page of text photographed by a phone stays readable."""
_PILLOW_FORMAT: Final = {
    FileKind.JPEG: "JPEG",
    FileKind.PNG: "PNG",
    FileKind.WEBP: "WEBP",
    FileKind.GIF: "GIF",
}
_UNREADABLE: Final = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, UnidentifiedImageError)
"""What Pillow raises for a damaged picture, by plugin."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept. `shown` is a picture made anew from its pixels; None for a PDF."""

    name: str
    kind: FileKind
    content: bytes
    shown: bytes | None
    shown_kind: FileKind | None


def check(name: str, content: bytes) -> Checked:
    """Decide what the bytes are and, for a picture, make the copy that is shown.

    Takes up to a second for a large picture: call it before the transaction begins.
    Raises: Invalid `file_empty`, `file_too_big`, `file_kind`, `file_polyglot`, `file_damaged`, `file_too_many_pixels`.
    """
    kind = kind_of(content)
    shown, shown_kind = _shown_copy(content, kind) if kind.is_image else (None, None)
    return Checked(name=clean_name(name, kind), kind=kind, content=content, shown=shown, shown_kind=shown_kind)


def _shown_copy(content: bytes, kind: FileKind) -> tuple[bytes, FileKind]:
    """The picture decoded and encoded anew: without EXIF (position, device), without whatever else was in the file.

    Of a moving picture the first frame. Only the decoder of the kind found is tried, and no pixel is unpacked before
    the size in the header was looked at.
    """
    try:
        with Image.open(io.BytesIO(content), formats=[_PILLOW_FORMAT[kind]]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Invalid("file_too_many_pixels", field="files", megapixels=MAX_PIXELS // 10**6)
            picture.draft("RGB", (MAX_SIDE, MAX_SIDE))  # a JPEG decoder can shrink while it reads
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((MAX_SIDE, MAX_SIDE))
            return _encoded(upright)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid("file_too_many_pixels", field="files", megapixels=MAX_PIXELS // 10**6) from error
    except _UNREADABLE as error:
        raise Invalid("file_damaged", field="files") from error


def _encoded(picture: Image.Image) -> tuple[bytes, FileKind]:
    """PNG where a picture can be seen through or has a palette (screenshots), else JPEG."""
    out = io.BytesIO()
    if picture.mode in {"RGBA", "LA", "PA", "P"}:
        clean = picture.convert("RGBA")
        clean.info.clear()
        clean.save(out, "PNG", optimize=False)
        return out.getvalue(), FileKind.PNG
    clean = picture.convert("RGB")
    clean.info.clear()
    clean.save(out, "JPEG", quality=88)
    return out.getvalue(), FileKind.JPEG
