"""`make run` as the person at the terminal meets it: three processes, one Ctrl-C, one clear line for a fault."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mediation.settings import NEXT_PORT
from tests.fixtures.servers import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "mediation.app.start"]
PORTS = ("WEB_PORT", "LIVE_PORT", "MEDIA_PORT", "WORKER_PORT", "LIVE_WAKE_PORT")


@dataclass
class Terminal:
    """Settings as somebody exports them before the command."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV")}
        return kept | {"INSTANCE": str(self.folder / "instance")} | self.settings

    @property
    def port(self) -> int:
        return int(self.settings["WEB_PORT"])

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[str]]:
        """The command, in a process group of its own as a terminal makes it; never left behind."""
        process = subprocess.Popen(
            COMMAND, cwd=ROOT, env=self.environment(), text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            process.communicate(timeout=30)

    def refused(self) -> list[str]:
        """The lines on stderr of a command that cannot start."""
        done = subprocess.run(
            COMMAND, cwd=ROOT, env=self.environment(), text=True, capture_output=True, timeout=60, check=False
        )
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        return done.stderr.splitlines()


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path, {name: str(free_port()) for name in PORTS})


def greeting(process: subprocess.Popen[str]) -> str:
    """What is printed until it says how to stop."""
    lines = []
    assert process.stdout
    for line in process.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            return "".join(lines)
    raise AssertionError(f"ended before it greeted: {''.join(lines)}")


def ctrl_c(process: subprocess.Popen[str]) -> int:
    os.killpg(process.pid, signal.SIGINT)
    return process.wait(30)


def is_free(port: int, kind: socket.SocketKind) -> bool:
    with closing(socket.socket(socket.AF_INET, kind)) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def test_it_greets_when_the_pages_answer_stops_on_ctrl_c_and_keeps_the_data(terminal: Terminal) -> None:
    with terminal.running() as process:
        first = greeting(process)
        assert f"http://127.0.0.1:{terminal.port}/sign-in" in first
        assert "tiaohe-demo" in first
        with urllib.request.urlopen(f"http://127.0.0.1:{terminal.port}/health", timeout=10) as answer:
            assert answer.status == 200
        assert ctrl_c(process) == 0
    for name in ("WEB_PORT", "LIVE_PORT"):
        assert is_free(int(terminal.settings[name]), socket.SOCK_STREAM), name
    for name in ("MEDIA_PORT", "WORKER_PORT", "LIVE_WAKE_PORT"):
        assert is_free(int(terminal.settings[name]), socket.SOCK_DGRAM), name
    with terminal.running() as process:
        assert "Kept the data" in greeting(process)
        assert ctrl_c(process) == 0


def told(port: int) -> dict[str, Any]:
    """What this `live` process says of itself, once it answers."""
    ends = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except OSError:
            assert time.monotonic() < ends
            time.sleep(0.1)


def test_several_live_processes_each_in_its_place(terminal: Terminal) -> None:
    terminal.settings["LIVE_PROCESSES"] = "2"
    first = int(terminal.settings["LIVE_PORT"])
    with terminal.running() as process:
        greeting(process)
        assert [told(first + step)["place"] for step in (0, NEXT_PORT)] == [0, 1]
        assert ctrl_c(process) == 0
    assert is_free(first + NEXT_PORT, socket.SOCK_STREAM)


def test_ports_of_several_processes_that_meet_are_named_in_one_line(terminal: Terminal) -> None:
    first = int(terminal.settings["LIVE_PORT"])
    terminal.settings |= {"LIVE_PROCESSES": "2", "MEDIA_PORT": str(first + NEXT_PORT)}
    (line,) = terminal.refused()
    assert "LIVE_PROCESSES=2" in line


@pytest.mark.parametrize(("name", "kind"), [("WEB_PORT", socket.SOCK_STREAM), ("MEDIA_PORT", socket.SOCK_DGRAM)])
def test_a_port_in_use_is_named_in_one_line(terminal: Terminal, name: str, kind: socket.SocketKind) -> None:
    with closing(socket.socket(socket.AF_INET, kind)) as other:
        other.bind(("127.0.0.1", int(terminal.settings[name])))
        if kind is socket.SOCK_STREAM:
            other.listen()
        (line,) = terminal.refused()
    assert name in line
    assert terminal.settings[name] in line


def test_a_folder_that_cannot_be_written_is_named_in_one_line(terminal: Terminal) -> None:
    (terminal.folder / "instance").write_text("a file where the folder should be")
    (line,) = terminal.refused()
    assert "INSTANCE" in line


def test_a_wrong_setting_is_named_in_one_line(terminal: Terminal) -> None:
    terminal.settings["WEB_PORT"] = "eighty"
    (line,) = terminal.refused()
    assert "WEB_PORT" in line


def test_all_wrong_settings_are_named_at_once(terminal: Terminal) -> None:
    terminal.settings |= {"WEB_PORT": "0", "ENVIRONMENT": "party"}
    lines = "\n".join(terminal.refused())
    assert "WEB_PORT" in lines
    assert "ENVIRONMENT" in lines


def test_a_database_that_cannot_be_opened_is_one_line(terminal: Terminal) -> None:
    terminal.settings["DATABASE_URL"] = f"sqlite:///{terminal.folder}/nowhere/at/all.sqlite3"
    (line,) = terminal.refused()
    assert "DATABASE_URL" in line
