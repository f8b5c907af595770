"""The two things of a VP8 packet that a forwarder looks at (RFC 7741 section 4.2): does a key frame begin here, and
where is the picture id. Pure.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Vp8Start:
    key_frame: bool
    """The first packet of a key frame."""
    picture_id: int | None
    picture_id_at: int
    """Offset in the packet; 0 when there is none."""
    wide: bool
    """15 bits, not 7."""


NOTHING = Vp8Start(key_frame=False, picture_id=None, picture_id_at=0, wide=False)


def payload_at(packet: Any) -> int:
    """Where the payload begins: after the fixed header, the CSRCs and the extension (RFC 3550 section 5.1, 5.3.1)."""
    start: int = 12 + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10:
        start += 4 + 4 * ((packet[start + 2] << 8) | packet[start + 3])
    return start


def look(packet: Any) -> Vp8Start:
    """Read the payload descriptor; a packet too short for one says nothing."""
    size = len(packet)
    try:
        at = payload_at(packet)
        first = packet[at]
        starts = first & 0x10 and not first & 0x07  # S bit, partition 0
        at += 1
        picture_id, picture_id_at, wide = None, 0, False
        if first & 0x80:
            flags = packet[at]
            at += 1
            if flags & 0x80:
                picture_id_at, wide = at, bool(packet[at] & 0x80)
                picture_id = ((packet[at] & 0x7F) << 8) | packet[at + 1] if wide else packet[at] & 0x7F
                at += 2 if wide else 1
            at += bool(flags & 0x40) + bool(flags & 0x30)
        key_frame = bool(starts) and at < size and not packet[at] & 0x01
    except IndexError:
        return NOTHING
    return Vp8Start(key_frame=key_frame, picture_id=picture_id, picture_id_at=picture_id_at, wide=wide)
