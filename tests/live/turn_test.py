"""What browsers get for a TURN server opens Debian's coturn, for its time and for nobody else."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from aioice import stun
from aioice.turn import create_turn_endpoint

from mediation.live.turn import HOLDS, Turn, credentials
from tests.fixtures.turn import SECRET, TurnServer

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def test_the_password_is_the_name_signed() -> None:
    """The control is OpenSSL: printf 1700000000:qin | openssl dgst -sha1 -hmac secret -binary | base64."""
    until = datetime.fromtimestamp(1_700_000_000, UTC)
    assert credentials("secret", "qin", until) == ("1700000000:qin", "Prk/UfS9wCnBXa3843kxSOLbi8A=")


def test_without_a_server_nothing_is_offered() -> None:
    assert Turn().servers("qin", NOW) == ()


def test_each_seat_gets_its_own_for_twelve_hours() -> None:
    turn = Turn(("turn:turn.example.org",), "s" * 16)
    (qin,), (zhao,) = turn.servers("qin", NOW), turn.servers("zhao", NOW)
    assert qin.username == f"{int((NOW + HOLDS).timestamp())}:qin"
    assert qin.credential != zhao.credential


async def allocate(server: TurnServer, username: str, password: str, transport: str = "udp") -> tuple[str, int]:
    """The relayed address. Raises: stun.TransactionFailed when the server refuses."""
    endpoint, _ = await create_turn_endpoint(
        asyncio.DatagramProtocol, (server.host, server.port), username, password, transport=transport
    )
    address: tuple[str, int] = endpoint.get_extra_info("sockname")
    endpoint.close()
    await asyncio.sleep(0)  # the refresh that gives it back leaves
    return address


@pytest.mark.coturn
@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_coturn_opens_for_a_seat(coturn: TurnServer, transport: str) -> None:
    (server,) = coturn.turn().servers("qin", datetime.now(UTC))
    host, port = await allocate(coturn, server.username, server.credential, transport)
    assert (host, port > 1024) == (coturn.host, True)


@pytest.mark.coturn
async def test_coturn_opens_neither_late_nor_for_another_name_nor_another_secret(coturn: TurnServer) -> None:
    now = datetime.now(UTC)
    name, password = credentials(SECRET, "qin", now + HOLDS)
    late = credentials(SECRET, "qin", now - timedelta(seconds=5))
    strangers = credentials("x" * 20, "qin", now + HOLDS)
    for username, credential in (late, (name.replace("qin", "zhao"), password), strangers):
        with pytest.raises(stun.TransactionFailed) as refusal:
            await allocate(coturn, username, credential)
        assert refusal.value.response.attributes["ERROR-CODE"][0] == 401
