"""Files as people send them, and as attackers do. Made here, so that no binary lies in the repository."""

import io
import struct
import zipfile
import zlib

from PIL import Image


def picture(kind: str = "JPEG", *, size: tuple[int, int] = (64, 48), colour: str = "navy", **save: object) -> bytes:
    """`kind` as Pillow names it: JPEG, PNG, WEBP, GIF."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **save)
    return out.getvalue()


PLACE = "30 deg 40' N 104 deg 4' E, 桃溪街道"


def photo_with_position() -> bytes:
    """A photo whose EXIF says where it was taken, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn by a quarter
    exif[0x010E] = "taken at home"
    exif.get_ifd(0x8825)[0x1B] = PLACE.encode()  # GPS processing method
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (30.0, 40.0, 0.0)
    return picture(size=(64, 32), exif=exif)


PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def archive(name: str = "Evil.class") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(name, b"\xca\xfe\xba\xbe")
    return out.getvalue()


def gifar() -> bytes:
    """A picture in front, a Java archive behind: each reader finds what it looks for."""
    return picture("GIF") + archive()


def html_in_jpeg() -> bytes:
    """A real JPEG with a page in its comment."""
    return picture(comment=b"<script>alert(document.cookie)</script>")


def pixel_bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of some hundred bytes that says it has 3.6 thousand million pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )
