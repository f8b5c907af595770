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


def pdf(n_pages: int = 3, *, size: tuple[float, float] = (595, 842), words: str = "Page %d") -> bytes:
    """A PDF with its words on each page, as small as one can be."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(n_pages))
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {n_pages}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for n in range(n_pages):
        text = words % (n + 1) if "%d" in words else words
        stream = f"BT /F 40 Tf 60 700 Td ({text}) Tj ET".encode()
        parts += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {size[0]} {size[1]}]/Contents {5 + 2 * n} 0 R"
            f"/Resources<</Font<</F 3 0 R>>>>>>".encode(),
            f"<</Length {len(stream)}>>stream\n".encode() + stream + b"\nendstream",
        ]
    return _assembled(parts)


def _assembled(parts: list[bytes]) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += f"{number} 0 obj".encode() + part + b"endobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    n_objects = len(parts) + 1
    head = f"xref\n0 {n_objects}\n0000000000 65535 f \n{table}"
    end = f"{head}trailer<</Size {n_objects}/Root 1 0 R>>\nstartxref\n{len(out)}\n"
    return out + end.encode() + b"%%EOF\n"


def pdf_of_work(n_marks: int = 40_000) -> bytes:
    """A PDF of some kilobytes whose one page is painted over and over, each time half through."""
    stream = zlib.compress(b"/G gs " + b"1 0 0 rg 0 0 595 842 re f 0 0 1 rg 0 0 595 842 re f\n" * n_marks)
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</ExtGState<</G<</ca 0.5>>>>>>>>",
        f"<</Length {len(stream)}/Filter/FlateDecode>>stream\n".encode() + stream + b"\nendstream",
    ]
    return _assembled(parts)
