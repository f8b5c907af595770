"""Draws one page; run as a script by `apart`, never imported: it knows nothing of the product and its secrets.

Takes an order (length, JSON) and the file on standard input; answers facts (length, JSON) and the picture.
"""

import io
import json
import math
import resource
import struct
import sys
import unicodedata
from typing import Any, Final

MAX_PAGES: Final = 300
MAX_PIXELS: Final = 6_000_000
"""Of one picture: 2000 wide, three times as high."""
MAX_SIDE: Final = 16_000
"""WebP ends at 16383."""
MAX_TEXT: Final = 20_000
MEMORY: Final = 1024**3
PROCESSOR_S: Final = 4
_HEAD: Final = struct.Struct(">I")


class Fault(Exception):
    """What `apart` raises as Unreadable."""


def limit() -> None:
    """From here on: nothing written, no other process, this much memory and time. Fonts may still be opened."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))


def scale_for(width: float, height: float, wanted: int) -> float:
    """How much larger the page is drawn, so that it is `wanted` pixels wide, within MAX_PIXELS and MAX_SIDE."""
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise Fault("damaged")
    return min(wanted / width, math.sqrt(MAX_PIXELS / (width * height)), MAX_SIDE / max(width, height))


def draw_pdf(content: bytes, page: int, width: int) -> tuple[int, Any, str]:
    document = open_pdf(content)
    n_pages = len(document)
    if n_pages > MAX_PAGES:
        raise Fault("too_long")
    if not 1 <= page <= n_pages:
        raise Fault("no_page" if n_pages else "damaged")
    sheet = document[page - 1]
    bitmap = sheet.render(scale=scale_for(sheet.get_width(), sheet.get_height(), width), may_draw_forms=False)
    return n_pages, bitmap.to_pil().convert("RGB"), plain(sheet.get_textpage().get_text_bounded())


def open_pdf(content: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise Fault("locked" if "assword" in str(error) else "damaged") from error


def plain(text: str) -> str:
    """Without control and direction characters; lines as they are."""
    kept = "".join(c for c in text.replace("\r\n", "\n") if c == "\n" or unicodedata.category(c)[0] != "C")
    return kept[:MAX_TEXT].strip()


def draw_picture(content: bytes, page: int, width: int) -> tuple[int, Any, str]:
    """The clean copy that was made when it was stored."""
    if page != 1:
        raise Fault("no_page")
    picture = Image.open(io.BytesIO(content))
    scale = min(1.0, scale_for(picture.width, picture.height, width))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return 1, picture.convert("RGB").resize(size, Image.Resampling.LANCZOS), ""


def main() -> None:
    given = sys.stdin.buffer.read()
    n_order = _HEAD.unpack_from(given)[0]
    order = json.loads(given[_HEAD.size : _HEAD.size + n_order])
    content = given[_HEAD.size + n_order :]
    out = io.BytesIO()
    facts: dict[str, Any]
    try:
        n_pages, picture, text = (draw_pdf if order["pdf"] else draw_picture)(content, order["page"], order["width"])
        picture.save(out, "WEBP", quality=82, method=2)
        facts = {"n_pages": n_pages, "text": text}
    except Fault as fault:
        facts = {"fault": fault.args[0]}
    except (pypdfium2.PdfiumError, OSError, ValueError, MemoryError):
        facts = {"fault": "damaged"}
    said = json.dumps(facts).encode()
    sys.stdout.buffer.write(_HEAD.pack(len(said)) + said + out.getvalue())


if __name__ == "__main__":
    # Loaded before the limits hold.
    import pypdfium2
    from PIL import Image

    Image.init()
    Image.MAX_IMAGE_PIXELS = 60_000_000
    pypdfium2.PdfDocument.new().close()  # loads the library
    limit()
    main()
