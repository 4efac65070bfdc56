"""Raters' devices that hammer a server, and repeat to the byte what was not acknowledged."""

import http.client
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from protocol import box, tokens
from tests.attacks import city
from tests.devices import Device

AT_ONCE = 4
SECONDS = 600
FINAL = frozenset({200, 201})


@dataclass
class Crowd:
    """All devices of a cycle, and what the server acknowledged to them."""

    devices: Sequence[Device]
    is_up: threading.Event = field(default_factory=threading.Event)
    names: set[bytes] = field(default_factory=set)  # in the box, acknowledged
    receipts: set[str] = field(default_factory=set)
    repeated: int = 0
    faults: list[int] = field(default_factory=list)  # answers that no device expects
    change: threading.Condition = field(default_factory=threading.Condition)

    def start(self) -> list[Future[None]]:
        """Let all devices go, a few at once."""
        pool = ThreadPoolExecutor(AT_ONCE)
        futures = [pool.submit(self._vote, device) for device in self.devices]
        pool.shutdown(wait=False)
        return futures

    def wait_for(self, number: int, seconds: float) -> bool:
        """Until so many ballots are acknowledged."""
        with self.change:
            return self.change.wait_for(lambda: len(self.names) >= number, seconds)

    def _vote(self, device: Device) -> None:
        self._until(device.take)
        found = self._until(device.listed).get_json()
        for paper in device.papers:
            delivery = city.sealed(device, found, paper, 1 + len(paper) % 5)
            self._until(lambda sent=delivery: device.cast(sent))
            read = box.read(delivery)
            assert read is not None
            with self.change:
                self.names.add(read.name)
                self.receipts.add(tokens.receipt(device.papers[paper].stamp.token))
                self.change.notify_all()

    def _until(self, call: Callable[[], Any]) -> Any:
        """Repeat a call until it is answered; wait for a server that is down."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            assert self.is_up.wait(SECONDS)
            try:
                answer = call()
            except (OSError, http.client.HTTPException, ValueError):
                self.repeated += 1
                continue
            if answer.status_code in FINAL:
                return answer
            self.faults.append(answer.status_code)
        raise TimeoutError
