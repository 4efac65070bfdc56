"""Randomness from a seed: two worlds that draw the same differ only in what was done."""

import os
import random
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask

NOON = 1_795_507_200.0  # a moment of 24 November 2026


class Streams:
    """A stream of random bytes for everybody who draws: each rater's device, and the server."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._streams: dict[str, random.Random] = {}
        self._drawing = "server"

    def draw(self, size: int) -> bytes:
        """The next bytes of whoever draws now."""
        stream = self._streams.setdefault(self._drawing, random.Random(f"{self._seed} {self._drawing}"))
        return stream.randbytes(size)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Let `name` draw meanwhile."""
        before, self._drawing = self._drawing, name
        try:
            yield
        finally:
            self._drawing = before

    def keep_apart(self, app: Flask) -> None:
        """Let the app draw from the server's stream also while a device waits for its answer."""
        whole = app.wsgi_app

        def answer(environ: Any, start_response: Any) -> Any:
            with self.of("server"):
                return whole(environ, start_response)

        app.wsgi_app = answer  # type: ignore[method-assign]


def freeze(patch: pytest.MonkeyPatch, seed: str) -> Streams:
    """Patch `secrets` and `os.urandom` to draw from a seed, and stop the clock.

    What OpenSSL draws for itself (keys of sealings) stays random; nothing of it may outlive the count.
    """
    streams = Streams(seed)
    patch.setattr(os, "urandom", streams.draw)
    patch.setattr(random, "_urandom", streams.draw)
    patch.setattr(time, "time", lambda: NOON)
    assert secrets.token_bytes(8) == random.Random(f"{seed} server").randbytes(8), "secrets draws elsewhere"
    return streams
