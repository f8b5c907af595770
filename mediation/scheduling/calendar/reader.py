"""`python -m mediation.scheduling.calendar.reader`: reads one outside calendar, in a process of its own.

What strangers write is taken apart here, where it can be stopped: so much memory, so many seconds, no file written.
One JSON line comes in (and after it the file, when there is one), one goes out.
"""

import json
import resource
import sys
from datetime import datetime
from typing import Any, Final

from mediation.kernel.errors import Invalid
from mediation.kernel.fetch import Bounds, Unreachable, fetch
from mediation.scheduling.rules.outside import MOST_BYTES, busy_times

MOST_CPU_S: Final = 12
MOST_MEMORY: Final = 768 * 1024 * 1024
FETCH_S: Final = 15.0


def read(asked: dict[str, Any], body: bytes) -> dict[str, Any]:
    """`{busy: [[from, to], ...], left_out}` in epoch seconds, or `{fault}`."""
    try:
        if asked["address"]:
            body = fetch(asked["address"], Bounds(MOST_BYTES, FETCH_S, tuple(asked["networks"])))
        found = busy_times(
            body, from_at=datetime.fromisoformat(asked["from_at"]), to_at=datetime.fromisoformat(asked["to_at"])
        )
    except (Invalid, Unreachable) as error:
        return {"fault": error.code}
    except MemoryError:
        return {"fault": "calendar_too_large"}
    periods = [[int(one.timestamp()) for one in period] for period in found.periods]
    return {"busy": periods, "left_out": found.left_out}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    asked = json.loads(sys.stdin.buffer.readline())
    sys.stdout.write(json.dumps(read(asked, sys.stdin.buffer.read(MOST_BYTES + 1))))


if __name__ == "__main__":
    main()
