"""Reading one recorded file: its length, its frames."""

from collections.abc import Iterator
from typing import Any

import av

from mediation.hearings.compose.parts import Part, reader
from mediation.hearings.storage import RecordingFiles
from mediation.kernel.errors import Missing


def length_ms(files: RecordingFiles, part: Part) -> int:
    """Until the last frame that can be read; 0 when there is none, as after a kill in the first second.

    Raises: Undecipherable when the bytes were changed.
    """
    last = 0
    for packet in _packets(files, part):
        if packet.pts is not None:
            last = max(last, int(packet.pts * packet.time_base * 1000))
    return last


def decoded(files: RecordingFiles, part: Part) -> Iterator[tuple[int, Any]]:
    """Milliseconds after the file's beginning, and the frame. A frame that cannot be decoded is left out."""
    for packet in _packets(files, part):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            continue
        for frame in frames:
            if frame.pts is not None:
                yield int(frame.pts * frame.time_base * 1000), frame


def _packets(files: RecordingFiles, part: Part) -> Iterator[Any]:
    try:
        sealed = reader(files, part.file, part.data_key)
    except Missing:
        return
    with sealed:
        try:
            container = av.open(sealed, "r", format="matroska")
        except (av.error.InvalidDataError, av.error.EOFError):
            return
        with container:
            for packet in container.demux():
                if packet.size:
                    yield packet
