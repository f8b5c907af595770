"""What recording costs beside none: the same rooms and the same load, with nobody and with everybody recorded.

Sound and picture of 593 and 32 kbit/s a person become frames, Matroska, AES-256-GCM and fsync; nothing is decoded.
MEDIA_BENCH_S: seconds of each measurement (default 8).
Prints one line: <name> | <figure> | control: <figure>
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import uvloop  # noqa: E402

from bench.media_forwarding_bench import SEATS, measure  # noqa: E402
from bench.media_load import encode  # noqa: E402

N_ROOMS = 4


def main() -> None:
    """A busy machine shows in the last bracket: such figures say nothing."""
    media = encode()
    without = uvloop.run(measure("embedded", N_ROOMS, media))
    recorded = uvloop.run(measure("recorded", N_ROOMS, media))
    more = (recorded.core - without.core) / (N_ROOMS * SEATS)
    name = f"recording everybody, {N_ROOMS} rooms of {SEATS}"
    busy = f"machine load {os.getloadavg()[0]:.1f}"
    print(
        f"{name} | {more:.4f} core a person more: {recorded} | control: nobody recorded: {without} ({busy})", flush=True
    )


if __name__ == "__main__":
    main()
