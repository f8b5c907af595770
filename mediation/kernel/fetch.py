"""The one way to read an address that somebody typed in: bounded in reach, size and time.

A name is resolved once and every address it has is checked; the connection goes to the checked address itself, so that
a second answer of the name server changes nothing. Each redirect goes through the same door.
"""

import http.client
import ipaddress
import socket
import ssl
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

REDIRECTS: Final = 3
_MOVED: Final = {301, 302, 303, 307, 308}
_FOUND: Final = 200
_CHUNK: Final = 65536


class Unreachable(Exception):
    """It may not be read, or cannot be now. `code` says why: `address_bad`, `address_inside`, `address_silent`,
    `address_refused`, `address_too_large`, `address_too_slow`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Bounds:
    most_bytes: int
    most_s: float
    networks: tuple[str, ...] = ()
    """Networks of our own that may be reached all the same, by setting."""


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, each once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def fetch(url: str, bounds: Bounds, *, resolver: Resolve = resolve) -> bytes:
    """The body at an http or https address. Raises: Unreachable."""
    until = monotonic() + bounds.most_s
    for _ in range(REDIRECTS + 1):
        parts = _parts(url)
        connection = _connect(parts, bounds, until, resolver)
        try:
            answer = _ask(connection, parts)
            if answer.status in _MOVED:
                url = urljoin(url, answer.getheader("Location") or "")
                continue
            if answer.status != _FOUND:
                raise Unreachable("address_refused")
            return _body(answer, connection, bounds, until)
        except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
            raise Unreachable("address_too_slow" if monotonic() >= until else "address_silent") from error
        finally:
            connection.close()
    raise Unreachable("address_refused")


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 80) > 0
    except ValueError as error:
        raise Unreachable("address_bad") from error
    if not known or parts.username or not url.isascii() or any(ord(one) <= ord(" ") for one in url):
        raise Unreachable("address_bad")
    return parts


def _connect(parts: SplitResult, bounds: Bounds, until: float, resolver: Resolve) -> http.client.HTTPConnection:
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        addresses = [ipaddress.ip_address(one.partition("%")[0]) for one in resolver(host, port)]
    except (OSError, UnicodeError) as error:
        raise Unreachable("address_silent") from error
    networks = [ipaddress.ip_network(one) for one in bounds.networks]
    if not addresses or not all(may_reach(one, networks) for one in addresses):
        raise Unreachable("address_inside")
    connection = http.client.HTTPConnection(host, port, timeout=max(until - monotonic(), 0.1))
    try:
        plain = socket.create_connection((str(addresses[0]), port), timeout=connection.timeout)
        if parts.scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        else:
            connection.sock = plain
    except OSError as error:
        raise Unreachable("address_silent") from error
    return connection


def may_reach(address: Address, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network] = ()) -> bool:
    """Whether an address lies outside: public, also the one that hides in an IPv6 address, and not this machine's."""
    inner = _inner(address)
    if any(inner in network for network in networks if network.version == inner.version):
        return True
    return inner.is_global and not inner.is_multicast and not _ours(inner)


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for: mapped, 6to4, Teredo, NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)


def _ours(address: Address) -> bool:
    """The kernel would leave by the same address as it arrives at; nothing is sent."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004 - IPv4
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((str(address), 9))
        except OSError:
            return False
        return bool(ipaddress.ip_address(probe.getsockname()[0]) == address)


def _ask(connection: http.client.HTTPConnection, parts: SplitResult) -> http.client.HTTPResponse:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Accept": "text/calendar, */*;q=0.1", "Accept-Encoding": "gzip", "User-Agent": "Tiaohe"}
    connection.request("GET", target, headers=headers)
    return connection.getresponse()


def _body(
    answer: http.client.HTTPResponse, connection: http.client.HTTPConnection, bounds: Bounds, until: float
) -> bytes:
    inflate = zlib.decompressobj(wbits=31) if answer.getheader("Content-Encoding", "") == "gzip" else None
    body = b""
    sock = connection.sock
    while True:
        left = until - monotonic()
        if left <= 0:
            raise Unreachable("address_too_slow")
        if sock is not None and sock.fileno() >= 0:
            sock.settimeout(left)
        chunk = answer.read1(_CHUNK)
        if not chunk:
            return body
        # One byte more than may be: a bomb is seen before it is unpacked.
        body += inflate.decompress(chunk, bounds.most_bytes + 1 - len(body)) if inflate else chunk
        if len(body) > bounds.most_bytes:
            raise Unreachable("address_too_large")
