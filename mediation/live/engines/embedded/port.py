"""One UDP port for all seats: ICE-lite (RFC 8445 section 2.5), demultiplexed by STUN username, then by address.

A connection check is answered only when its MESSAGE-INTEGRITY is made with the password we gave that seat. The
address of the last check that nominates is where the seat's media go: a phone that changes from Wi-Fi to 4G is
followed.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Any, Final, Protocol

from aioice import stun

Address = tuple[Any, ...]
_BATCH: Final = 64
"""Datagrams read before other tasks have their turn."""
_LARGEST: Final = 2048


class Peer(Protocol):
    """What the port needs of a seat's connection."""

    password: str

    def checked(self, address: Address, *, nominated: bool) -> None: ...
    def datagram(self, data: bytes) -> None: ...


class MediaPort:
    def __init__(self, host: str, port: int, clock: Callable[[], float]) -> None:
        self._host, self._port, self._clock = host, port, clock
        self._sockets: list[socket.socket] = []
        self._by_size: dict[int, socket.socket] = {}
        """By the length of an address: 2 for IPv4, 4 for IPv6."""
        self._by_ufrag: dict[str, tuple[Peer, str]] = {}
        self._by_address: dict[Address, Peer] = {}
        self.unknown_packets = 0
        self.unsent_packets = 0

    def open(self) -> None:
        """Raises: OSError."""
        for family, host in _hosts(self._host):
            sock = socket.socket(family, socket.SOCK_DGRAM)
            try:
                if family == socket.AF_INET6:
                    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                    sock.setsockopt(socket.SOL_SOCKET, option, 4 * 1024 * 1024)
                sock.setblocking(False)
                sock.bind((host, self._port))
            except OSError:
                sock.close()
                if family == socket.AF_INET6 and self._sockets:
                    continue  # a machine without IPv6
                raise
            self._sockets.append(sock)
            self._by_size[4 if family == socket.AF_INET6 else 2] = sock
            self._port = sock.getsockname()[1]
            asyncio.get_running_loop().add_reader(sock.fileno(), self._readable, sock)

    @property
    def number(self) -> int:
        return self._port

    def close(self) -> None:
        for sock in self._sockets:
            asyncio.get_running_loop().remove_reader(sock.fileno())
            sock.close()
        self._sockets.clear()
        self._by_size.clear()

    def expect(self, ufrag: str, password: str, peer: Peer) -> None:
        self._by_ufrag[ufrag] = (peer, password)

    def forget(self, peer: Peer) -> None:
        self._by_ufrag = {key: row for key, row in self._by_ufrag.items() if row[0] is not peer}
        self._by_address = {key: row for key, row in self._by_address.items() if row is not peer}

    def send(self, data: Any, address: Address) -> None:
        """Best effort, as UDP is: a full buffer loses the packet, and the listener asks for it again."""
        sock = self._by_size.get(len(address))
        if sock is None:
            return
        try:
            sock.sendto(data, address)
        except OSError:
            self.unsent_packets += 1

    def _readable(self, sock: socket.socket) -> None:
        for _ in range(_BATCH):
            try:
                data, address = sock.recvfrom(_LARGEST)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                continue  # an ICMP error of an earlier datagram
            if data:
                self._arrived(data, address, sock)

    def _arrived(self, data: bytes, address: Address, sock: socket.socket) -> None:
        if data[0] < 4:  # noqa: PLR2004 - RFC 7983: STUN
            self._check(data, address, sock)
            return
        known = self._by_address.get(address)
        if known is None:
            self.unknown_packets += 1
            return
        known.datagram(data)

    def _check(self, data: bytes, address: Address, sock: socket.socket) -> None:
        try:
            message = stun.parse_message(data)
        except (ValueError, IndexError, KeyError, UnicodeDecodeError, OverflowError):
            self.unknown_packets += 1
            return
        is_check = message.message_method == stun.Method.BINDING and message.message_class == stun.Class.REQUEST
        ufrag = str(message.attributes.get("USERNAME", "")).partition(":")[0]
        found = self._by_ufrag.get(ufrag)
        if not is_check or found is None or not message.check_message_integrity(found[1].encode()):
            self.unknown_packets += 1
            return
        peer, password = found
        self._by_address[address] = peer
        peer.checked(address, nominated="USE-CANDIDATE" in message.attributes)
        response = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.RESPONSE,
            transaction_id=message.transaction_id,
            attributes={"XOR-MAPPED-ADDRESS": address[:2]},
        )
        response.add_message_integrity(password.encode())
        with contextlib.suppress(OSError):
            sock.sendto(bytes(response), address)


def _hosts(host: str) -> list[tuple[socket.AddressFamily, str]]:
    """0.0.0.0 means every address of both families."""
    if host == "0.0.0.0":  # noqa: S104 - the setting's own words
        return [(socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")]  # noqa: S104
    return [(socket.AF_INET6 if ":" in host else socket.AF_INET, host)]


def candidates(addresses: tuple[str, ...], port: int) -> tuple[str, ...]:
    """Host candidates (RFC 8839 section 5.1), the first address preferred."""
    return tuple(
        f"candidate:{index + 1} 1 udp {2130706431 - 256 * index} {address} {port} typ host"
        for index, address in enumerate(addresses)
    )


def own_addresses(*, loopback: bool) -> tuple[str, ...]:
    """The addresses by which this machine would reach others; `loopback` adds the machine's own for trying out."""
    found: list[str] = []
    for family, far in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))  # sends nothing: UDP
            found.append(str(probe.getsockname()[0]))
    if loopback:
        found.append("127.0.0.1")
    return tuple(dict.fromkeys(found))
