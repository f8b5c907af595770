"""Who comes to `live` with nothing good: silence, garbage, floods, tokens that are not theirs."""

import json

import pytest
from aiohttp import WSMsgType

from mediation.live import gateway
from tests.live.live_test import live_settings, opened, people

__all__ = ["live_settings", "people"]
pytestmark = pytest.mark.db


GARBAGE = [
    ("not json at all", "not_json"),
    ("[1, 2]", "unknown_message"),
    ('{"type": "launch"}', "unknown_message"),
    ('{"type": "hand"}', "bad_message"),
    ('{"type": "hand", "raised": true, "extra": 1}', "bad_message"),
    ('{"type": "say", "text": 5}', "bad_message"),
    ("[" * 5000, "not_json"),
    ('{"type": "hello", "token": "again"}', "bad_message"),
]


async def test_garbage_gets_its_sentence_and_disturbs_nobody(live_settings, session, people, clock) -> None:
    async with opened(live_settings, session, people, clock) as house:
        qin, zhao, zhou = await house.all_in_session()
        for text, code in GARBAGE:
            n_before = len(zhou.told)
            await zhou.socket.send_str(text)
            await zhou.until(lambda code=code, n=n_before: any(m.get("code") == code for m in zhou.told[n:]))
        await zhou.send("offer", generation=2, sdp="v=0 garbage", ref=3)
        await zhou.until(lambda: any(m.get("code") == "bad_sdp" and m.get("ref") == 3 for m in zhou.told))
        assert not any(message["type"] == "problem" for message in qin.told + zhao.told)
        zhao.media.send_audio()
        await qin.media.until(lambda: bool(qin.media.packets))


async def test_a_message_of_a_megabyte_is_answered_and_cut(live_settings, session, people, clock) -> None:
    async with opened(live_settings, session, people, clock) as house:
        zhou = await house.enter("zhou")
        await zhou.socket.send_str(json.dumps({"type": "say", "text": "x" * 1_000_000}))
        await zhou.until(lambda: (zhou.last("problem") or {}).get("code") == "message_too_big")
        await zhou.until(lambda: zhou.socket.closed)
        assert zhou.socket.close_code == 1009
        await (await house.enter("zhou")).is_in("checking")


async def test_a_flood_of_messages_cuts_the_flooder(live_settings, session, people, clock) -> None:
    async with opened(live_settings, session, people, clock) as house:
        qin = await house.enter("qin")
        zhou = await house.enter("zhou")
        for _ in range(200):
            if not zhou.socket.closed:
                await zhou.socket.send_json({"type": "refresh"})
        await zhou.until(lambda: zhou.socket.closed)
        assert zhou.socket.close_code == 4005
        assert not qin.socket.closed


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:0], lambda t: "x." + t[:4], lambda t: t[:-3] + "abc", lambda t: t + "a"]
)
async def test_a_token_that_is_not_ours_opens_nothing(live_settings, session, people, clock, spoil) -> None:
    async with opened(live_settings, session, people, clock) as house:
        socket = await house.socket()
        await socket.send_json({"type": "hello", "token": spoil(house.token("zhou"))})
        answer = await socket.receive_json()
        assert (answer["type"], answer["fatal"]) == ("problem", True)
        assert (await socket.receive()).type in (WSMsgType.CLOSE, WSMsgType.CLOSED)
        assert socket.close_code == 4003


async def test_a_token_played_back_opens_nothing(live_settings, session, people, clock) -> None:
    async with opened(live_settings, session, people, clock) as house:
        token = house.token("zhou")
        first, second = await house.socket(), await house.socket()
        await first.send_json({"type": "hello", "token": token})
        assert (await first.receive_json())["type"] == "welcome"
        await second.send_json({"type": "hello", "token": token})
        assert (await second.receive_json())["code"] == "token_used"


async def test_strangers_who_say_nothing_do_not_fill_the_house(
    live_settings, session, people, clock, monkeypatch
) -> None:
    monkeypatch.setattr(gateway, "STRANGERS_PER_ADDRESS", 3)
    async with opened(live_settings, session, people, clock) as house:
        qin = await house.enter("qin")
        strangers = [await house.socket() for _ in range(4)]
        assert (await strangers[3].receive_json())["code"] == "server_full"
        assert (await strangers[3].receive()).type is WSMsgType.CLOSE
        await strangers[0].close()
        await (await house.enter("zhao")).is_in("checking")
        assert not qin.socket.closed
