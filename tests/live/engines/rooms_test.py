"""No packet from room to room: random moves, on the embedded engine, with real packets (complaint 1 of HEARINGS.md)."""

import random
from itertools import product

from mediation.hearings.rules import forwarding
from mediation.hearings.rules.codes import HearingState, SeatState
from mediation.hearings.rules.forwarding import Place
from mediation.live.engines.contract import SeatKey
from tests.fixtures.rtp_peer import RtpPeer
from tests.live.engines.embedded_test import H, opened

NAMES = ("qin", "zhao", "zhou", "fang", "ma")
ROOMS = ("main", "caucus-1", "caucus-2", "waiting")
MOVES = 200


def said(peer: RtpPeer) -> list[list[str]]:
    """Who said it, in which room, after which move: the words of the sound packets that arrived."""
    return [p[13:].decode().split() for p in peer.packets if p[12:13] == b"\xfc"]


async def test_in_200_random_moves_nothing_is_heard_from_another_room() -> None:
    """Five seats, three rooms and the waiting room; each one speaks after each move, pictures run throughout."""
    chance = random.Random(20261124)
    where = dict.fromkeys(NAMES, "main")
    heard = 0
    async with opened() as room:
        peers = {name: await room.join(SeatKey(H, name), slots=4) for name in NAMES}
        for move in range(MOVES):
            where[chance.choice(NAMES)] = chance.choice(ROOMS)
            places = [Place(name, SeatState.IN_ROOM, where[name]) for name in NAMES]
            room.engine.forward(H, forwarding.matrix(HearingState.IN_SESSION, places), where)
            for peer in peers.values():
                peer.packets.clear()
            for name, peer in peers.items():
                peer.send_audio(b"\xfc" + f"{name} {where[name]} {move}".encode())
                peer.send_picture(key=True, picture_id=move)
            for listener, speaker in product(NAMES, NAMES):
                if listener != speaker and where[listener] == where[speaker] != "waiting":
                    words = [speaker, where[speaker], str(move)]
                    await peers[listener].until(lambda p=peers[listener], words=words: words in said(p))
            for listener in NAMES:
                words = [one for one in said(peers[listener]) if one[2] == str(move)]
                assert all(one[1] == where[listener] != "waiting" for one in words), (listener, where, words)
                heard += len(words)
        counts = room.engine.counts(H)
        within = sum(n for (one, other), n in counts.items() if one == other)
        assert sum(n for (one, other), n in counts.items() if one != other) == 0
        assert within >= 2 * heard - 8 > MOVES
        assert {one for (one, other), n in counts.items() if n} == {"main", "caucus-1", "caucus-2"}
