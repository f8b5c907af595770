"""Requests per second of the home page and of the booking page, beside a bare Flask page in the same run.

Both applications run in a process of their own on the product's WSGI server with as many threads; 8 kept-open
connections ask for the page as fast as it comes. Prints one line for each page:

    <name> | <figure> | control: <figure>
"""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONNECTIONS = 8
WARM_S = 1.0
MEASURE_S = 4.0
ROUNDS = 3
PAGES = (("home page", "/"), ("booking page", "/book/mediation"))


@dataclass(frozen=True)
class Load:
    """What came back in one measurement."""

    per_second: float
    p95_ms: float


async def _ask(port: int, path: str, until: float, took: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: zh-CN\r\n\r\n".encode()
    while time.perf_counter() < until:
        began = time.perf_counter()
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 200"):
            raise RuntimeError(head.decode())
        await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
        took.append(time.perf_counter() - began)
    writer.close()


async def _burst(port: int, path: str, seconds: float) -> Load:
    took: list[float] = []
    until = time.perf_counter() + seconds
    await asyncio.gather(*(_ask(port, path, until, took) for _ in range(CONNECTIONS)))
    return Load(len(took) / seconds, sorted(took)[int(len(took) * 0.95)] * 1000)


def load(port: int, path: str, seconds: float) -> Load:
    return asyncio.run(_burst(port, path, seconds))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], port: int, **settings: str) -> Iterator[None]:
    """The process while it answers; ended afterwards."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | settings
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.1):
                break
            if process.poll() is not None:
                raise RuntimeError(f"{command} ended with {process.returncode}")
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def prepared(folder: str, port: int) -> dict[str, str]:
    """Settings of an installation with the demo district in a database of its own."""
    settings = {"INSTANCE": folder, "WEB_PORT": str(port), "LOG_LEVEL": "ERROR"}
    fill = (
        "from mediation.settings import Settings; from mediation.app.start import prepare; prepare(Settings.from_env())"
    )
    subprocess.run([sys.executable, "-c", fill], cwd=ROOT, env=os.environ | settings, check=True)
    return settings


def median(loads: list[Load]) -> Load:
    return sorted(loads, key=lambda each: each.per_second)[len(loads) // 2]


def main() -> None:
    port, control_port = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        settings = prepared(folder, port)
        control = [sys.executable, "bench/bare_flask.py", str(control_port)]
        product = [sys.executable, "-m", "mediation.app.serve"]
        with running(product, port, **settings), running(control, control_port):
            for name, path in PAGES:
                print(line(name, path, port, control_port), flush=True)


def line(name: str, path: str, port: int, control_port: int) -> str:
    """Page and control in turn, so that a busy moment of the machine meets both; the median of the rounds."""
    load(port, path, WARM_S)
    load(control_port, "/", WARM_S)
    pairs = [(load(port, path, MEASURE_S), load(control_port, "/", MEASURE_S)) for _ in range(ROUNDS)]
    page, bare = median([pair[0] for pair in pairs]), median([pair[1] for pair in pairs])
    return (
        f"{name} | {page.per_second:.0f} requests/s, p95 {page.p95_ms:.1f} ms"
        f" | control: bare Flask page {bare.per_second:.0f} requests/s, p95 {bare.p95_ms:.1f} ms"
    )


if __name__ == "__main__":
    main()
