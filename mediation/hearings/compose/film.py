"""One file out of many: H.264 and AAC in MP4, because the oldest phones play it (decision 0081)."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

import av

from mediation.hearings.compose.decoding import length_ms
from mediation.hearings.compose.faces import Canvas, Face
from mediation.hearings.compose.parts import Composed, Order, hash_of, placed, reader
from mediation.hearings.compose.voices import RATE, Mixer, Voice
from mediation.kernel.sealed import SealedFile

FPS: Final = 15
_STRETCH: Final = RATE // FPS
"""Samples to each picture."""
_TELL_EVERY: Final = FPS * 2
"""Pictures between two words on how far it is."""
Tell = Callable[[int], None]


class Unplayable(Exception):
    """Nothing of it can be put together: `args[0]` is `empty`, or `damaged`."""


def compose(order: Order, tell: Tell) -> Composed:
    """Write the film; `tell` hears per cent. What was written by a try before is gone.

    Raises: Unplayable; Undecipherable when a part was changed; OSError when the disk is full.
    """
    lengths = [(part, length_ms(order.files, part)) for part in order.parts]
    parts = placed([(part, length) for part, length in lengths if length])
    if not parts:
        raise Unplayable("empty")
    seats = sorted({one.part.seat for one in parts})
    canvas = Canvas(len(seats))
    size = canvas.tile
    faces = [Face(order.files, [p for p in parts if p.part.seat == seat and p.part.video], size) for seat in seats]
    voices = [Voice(order.files, [p for p in parts if p.part.seat == seat and not p.part.video]) for seat in seats]
    n_pictures = max(1, max(one.at_ms + one.length_ms for one in parts) * FPS // 1000)
    order.files.delete(order.file)
    sealed = SealedFile(order.files.create(order.file), order.data_key, order.file)
    with av.open(sealed, "w", format="mp4") as film:
        writer = _Writer(film, canvas)
        mixer = Mixer(len(voices))
        for number in range(n_pictures):
            for index, face in enumerate(faces):
                changed, frame = face.at(number * 1000 // FPS)
                if changed:
                    canvas.put(index, frame)
            writer.picture(number)
            for mixed in mixer.mix([voice.take(number * _STRETCH, _STRETCH) for voice in voices]):
                writer.sound(mixed)
            if number % _TELL_EVERY == 0:
                tell(number * 99 // n_pictures)
        writer.end()
    sealed.close()
    return _checked(order)


class _Writer:
    """The two streams of the film."""

    def __init__(self, film: Any, canvas: Canvas) -> None:
        self._film, self._canvas = film, canvas
        self._video = film.add_stream("libx264", rate=FPS)
        self._video.width, self._video.height, self._video.pix_fmt = canvas.width, canvas.height, "yuv420p"
        self._video.time_base = Fraction(1, FPS)
        self._video.codec_context.thread_count = 1
        self._video.options = {"preset": "veryfast", "crf": "27", "profile": "main", "g": str(FPS * 2)}
        self._audio = film.add_stream("aac", rate=RATE, layout="mono")
        self._audio.bit_rate = 64_000

    def picture(self, number: int) -> None:
        frame = self._canvas.frame()
        frame.pts, frame.time_base = number, Fraction(1, FPS)
        self._film.mux(self._video.encode(frame))

    def sound(self, frame: Any) -> None:
        self._film.mux(self._audio.encode(frame))

    def end(self) -> None:
        self._film.mux(self._video.encode(None))
        self._film.mux(self._audio.encode(None))


def _checked(order: Order) -> Composed:
    """Read it all once more, to its last picture: only then are its parts let go."""
    with reader(order.files, order.file, order.data_key) as sealed:
        sha256 = hash_of(sealed)
        sealed.seek(0)
        with av.open(sealed, "r", format="mp4") as film:
            last = 0
            for packet in film.demux(video=0):
                if packet.pts is not None:
                    last = max(last, int((packet.pts + (packet.duration or 0)) * packet.time_base * 1000))
        if not last:
            raise Unplayable("damaged")
        return Composed(sha256=sha256, n_bytes=sealed.size, duration_ms=last)
