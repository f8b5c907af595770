"""The pictures: of each person the one that was to be seen at a given moment."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import av

from mediation.hearings.compose.decoding import decoded
from mediation.hearings.compose.parts import Placed, grid, tile
from mediation.hearings.storage import RecordingFiles

FREEZES_MS: Final = 2000
"""A picture that does not move for so long is not shown any more: a camera that is off looks off."""
_BLACK: Final = (16, 128, 128)
"""Of the planes Y, U, V."""


class Face:
    """One person's pictures in the order of their time."""

    def __init__(self, files: RecordingFiles, parts: Sequence[Placed], size: tuple[int, int]) -> None:
        self._size = size
        self._coming = _frames(files, sorted(parts, key=lambda one: one.at_ms))
        self._next: tuple[int, Any] | None = next(self._coming, None)
        self._shown: tuple[int, Any] | None = None

    def at(self, ms: int) -> tuple[bool, Any | None]:
        """Whether it is another picture than the last time, and the picture; None: black."""
        before = self._shown
        while self._next is not None and self._next[0] <= ms:
            self._shown, self._next = self._next, next(self._coming, None)
        if self._shown is not None and ms - self._shown[0] > FREEZES_MS:
            self._shown = None
        if self._shown is before:
            return False, None
        return True, self._fitted(self._shown[1]) if self._shown is not None else None

    def _fitted(self, frame: Any) -> Any:
        width, height = self._size
        scale = min(width / frame.width, height / frame.height)
        # Even sides: colour is kept for every second pixel only.
        return frame.reformat(
            width=max(2, int(frame.width * scale) // 2 * 2),
            height=max(2, int(frame.height * scale) // 2 * 2),
            format="yuv420p",
        )


def _frames(files: RecordingFiles, parts: Sequence[Placed]) -> Iterator[tuple[int, Any]]:
    for one in parts:
        for ms, frame in decoded(files, one.part):
            yield one.at_ms + ms, frame


class Canvas:
    """The whole picture: faces side by side on black."""

    def __init__(self, n_faces: int) -> None:
        self._columns, rows = grid(n_faces)
        self.tile = tile(n_faces)
        self.width, self.height = self._columns * self.tile[0], rows * self.tile[1]
        self._planes = [bytearray([black]) * self._size(index) for index, black in enumerate(_BLACK)]

    def _size(self, plane: int) -> int:
        return self.width * self.height if plane == 0 else self.width * self.height // 4

    def put(self, number: int, frame: Any | None) -> None:
        """Draw a face into its tile, in the middle; None: black."""
        row, column = divmod(number, self._columns)
        for index, black in enumerate(_BLACK):
            half = 1 if index == 0 else 2
            width, height = self.tile[0] // half, self.tile[1] // half
            left, top, stride = column * width, row * height, self.width // half
            plane = self._planes[index]
            for y in range(top, top + height):
                plane[y * stride + left : y * stride + left + width] = bytes([black]) * width
            if frame is not None:
                source = frame.planes[index]
                inner_width, inner_height = frame.width // half, frame.height // half
                left, top = left + (width - inner_width) // 2, top + (height - inner_height) // 2
                _copy(plane, memoryview(source), source.line_size, (left, top, inner_width, inner_height, stride))

    def frame(self) -> Any:
        whole = av.VideoFrame(self.width, self.height, "yuv420p")
        for index, plane in enumerate(whole.planes):
            half = 1 if index == 0 else 2
            width, height = self.width // half, self.height // half
            if plane.line_size == width:
                plane.update(bytes(self._planes[index]))
            else:
                padded = bytearray(plane.buffer_size)
                _copy(padded, memoryview(self._planes[index]), width, (0, 0, width, height, plane.line_size))
                plane.update(bytes(padded))
        return whole


def _copy(target: bytearray, source: memoryview, line_size: int, box: tuple[int, int, int, int, int]) -> None:
    """`box`: left, top, width and height in the target, and its stride."""
    left, top, width, height, stride = box
    for y in range(height):
        at = (top + y) * stride + left
        target[at : at + width] = source[y * line_size : y * line_size + width]
