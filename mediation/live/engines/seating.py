"""Who is in which receiving slot of a listener: the same in every engine."""

from collections.abc import Mapping

import structlog

from mediation.hearings.rules.forwarding import Link

log = structlog.get_logger()
Placed = tuple[str, bool, bool]
"""Speaker, their sound, their picture."""


def seated(before: Mapping[int, Placed], links: frozenset[Link], listener: str, n_slots: int) -> dict[int, Placed]:
    """Whoever was in a slot stays there, newcomers take the first free one."""
    wanted = {link.speaker: (link.audio, link.video) for link in links if link.listener == listener}
    there = {slot: (who, *wanted[who]) for slot, (who, _, _) in before.items() if who in wanted and slot < n_slots}
    free = (slot for slot in range(n_slots) if slot not in there)
    for who in sorted(wanted.keys() - {who for who, _, _ in there.values()}):
        slot = next(free, None)
        if slot is None:
            log.warning("engine.slots_full", n_slots=n_slots)
            break
        there[slot] = (who, *wanted[who])
    return there
