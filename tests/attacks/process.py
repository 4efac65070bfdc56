"""A server in a process of its own, to be killed, and what speaks to it over the wire."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 90
SECONDS_BETWEEN_LOOKS = 0.05


class NotInTime(Exception):
    """What was waited for did not come about."""


def wait_until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for a condition; NotInTime after the deadline."""
    deadline = time.monotonic() + seconds
    looks = threading.Event()
    while not holds():
        if time.monotonic() > deadline:
            raise NotInTime(what)
        looks.wait(SECONDS_BETWEEN_LOOKS)


@dataclass
class Answer:
    """An answer of the server, as the test client of Flask gives it."""

    status_code: int
    data: bytes

    @property
    def text(self) -> str:
        return self.data.decode()

    def get_json(self) -> Any:
        return json.loads(self.data)


@dataclass
class WireClient:
    """Speaks HTTP; a lost connection is an OSError or an HTTPException."""

    port: int
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 30

    def get(self, path: str) -> Answer:
        return self._send("GET", path, None, {})

    def post(self, path: str, *, json: Any = None, data: Any = b"", content_type: str = "") -> Answer:
        if json is not None:
            return self._send("POST", path, _encoded(json), {"Content-Type": "application/json"})
        if isinstance(data, Mapping):
            body = urlencode(data).encode()
            return self._send("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        return self._send("POST", path, data, {"Content-Type": content_type})

    def _send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.seconds)
        try:
            connection.request(method, path, body, {**self.headers, **headers})
            answer = connection.getresponse()
            return Answer(answer.status, answer.read())
        finally:
            connection.close()


def _encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """`python -m survey serve` on an installation, or a module that dies on its own."""

    environment: Mapping[str, str]
    output: Path  # where standard output and error go
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self, *module: str) -> None:
        """Start; `module` replaces `survey`, with arguments before `serve`."""
        command = [sys.executable, "-m", *(module or ("survey",)), "serve", "--port", str(self.port)]
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **self.environment}, stdout=output, stderr=output
            )

    def wait_until_up(self) -> None:
        wait_until(self.is_up, SECONDS_TO_START, f"the server:\n{self.output.read_text()[-2000:]}")

    def is_up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.output.read_text()[-2000:]
        try:
            return WireClient(self.port).get("/healthz").status_code == 200
        except (OSError, http.client.HTTPException):
            return False

    def is_dead(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, nothing is tidied up."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait(30)
