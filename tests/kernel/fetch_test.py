"""The one way to read an address that somebody typed in reaches nothing inside, and ends in time."""

import gzip
import ipaddress
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any

import pytest

from mediation.kernel.fetch import Bounds, Unreachable, fetch, may_reach

LOOPBACK = ("127.0.0.1/32",)
"""What these tests open for themselves; 127.0.0.2 stays inside."""


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server: Any = self.server
        server.asked.append(self.path)
        if self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("Location", self.path.partition("?")[2])
            self.end_headers()
        elif self.path == "/bomb":
            self._say(gzip.compress(b"0" * 50_000_000), {"Content-Encoding": "gzip"})
        elif self.path == "/gzip":
            self._say(gzip.compress(b"hello"), {"Content-Encoding": "gzip"})
        elif self.path == "/large":
            self._say(b"0" * 200_000, {})
        elif self.path == "/drip":
            self.send_response(200)
            self.end_headers()
            while not server.over.wait(0.05):
                self.wfile.write(b"0")
        else:
            self._say(b"hello", {}) if self.path == "/hello" else self.send_error(404)

    def _say(self, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(200)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: str = "127.0.0.1") -> None:
        super().__init__((address, 0), _Answers)
        self.asked: list[str] = []
        self.over = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The other side hangs up when it has had enough."""

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]}:{self.server_address[1]}"


def serving(server: Server) -> Iterator[Server]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    yield from serving(Server())


@pytest.fixture
def inside() -> Iterator[Server]:
    """Another address of this machine."""
    yield from serving(Server("127.0.0.2"))


def bounds(**more: Any) -> Bounds:
    return Bounds(**{"most_bytes": 100_000, "most_s": 5.0, "networks": LOOPBACK, **more})


def refusal(url: str, **more: Any) -> str:
    with pytest.raises(Unreachable) as raised:
        fetch(url, bounds(**more))
    return raised.value.code


def test_what_is_there_is_read_also_packed_and_moved(server: Server) -> None:
    for path in ("/hello", "/gzip", "/to?/hello", f"/to?{server.url}/gzip"):
        assert fetch(server.url + path, bounds()) == b"hello"


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "255.255.255.255",
])  # fmt: skip
def test_no_address_of_the_machine_or_its_network_is_reached(address: str) -> None:
    assert not may_reach(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    assert refusal(f"http://{host}:1/", networks=()) == "address_inside"


def test_a_public_address_may_be_reached() -> None:
    assert may_reach(ipaddress.ip_address("93.184.215.14"))
    assert may_reach(ipaddress.ip_address("2606:2800:21f:cb07:6820:80da:af6b:8b2c"))


def test_a_redirect_leads_nowhere_inside(server: Server, inside: Server) -> None:
    assert refusal(f"{server.url}/to?{inside.url}/hello") == "address_inside"
    assert refusal(f"{server.url}/to?http://localhost.:1/", networks=LOOPBACK) in {"address_inside", "address_silent"}
    assert refusal(f"{server.url}/to?file:///etc/passwd") == "address_bad"
    assert inside.asked == []


def test_a_redirect_that_never_ends_is_left(server: Server) -> None:
    chain = "/to?" * 6 + "/hello"
    assert refusal(server.url + chain) == "address_refused"
    assert len(server.asked) == 4


def test_a_name_that_points_inside_is_refused_even_beside_a_public_address() -> None:
    for addresses in (["127.0.0.2"], ["93.184.215.14", "10.0.0.1"], []):
        with pytest.raises(Unreachable, match="address_inside"):
            fetch("http://calendar.example/", bounds(), resolver=lambda _host, _port, found=addresses: found)


def test_a_name_that_changes_its_mind_does_not_lead_inside(server: Server, inside: Server) -> None:
    """Resolved once; the connection goes to the address that was checked."""
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    port = server.server_address[1]
    fetched = fetch(f"http://calendar.example:{port}/hello", bounds(), resolver=lambda _host, _port: answers.pop(0))
    assert (fetched, len(answers), inside.asked) == (b"hello", 1, [])


def test_what_is_too_large_or_unpacks_to_it_is_left(server: Server) -> None:
    assert refusal(f"{server.url}/large") == "address_too_large"
    assert refusal(f"{server.url}/bomb") == "address_too_large"


def test_what_comes_drop_by_drop_is_left(server: Server) -> None:
    began = monotonic()
    assert refusal(f"{server.url}/drip", most_s=1.0) == "address_too_slow"
    assert monotonic() - began < 4


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/", "http://", "http://u:p@a.example/", "http://a.example/\r\nX: y", "http://a.example:99999/"],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    assert refusal(url) == "address_bad"


def test_a_missing_page_and_a_closed_port(server: Server) -> None:
    assert refusal(f"{server.url}/nothing") == "address_refused"
    assert refusal("http://127.0.0.1:1/") == "address_silent"
