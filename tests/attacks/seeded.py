"""Randomness from a seed: two worlds that draw the same differ only in what was done."""

import os
import random
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import Any, Self

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask

from survey.services.auditing import audit

KEY_BYTES = 31
NOON = 1_795_507_200.0  # a moment of 24 November 2026


class StandingClock(datetime):
    """A clock at which it is always noon."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp(NOON, tz)


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

    def make_key(self, curve: ec.EllipticCurve) -> ec.EllipticCurvePrivateKey:
        """A key of a sealing: its public part stands in the manifest."""
        return ec.derive_private_key(int.from_bytes(self.draw(KEY_BYTES), "big") + 1, curve)

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

    What OpenSSL draws for itself (each sealing's own key) stays random; nothing of it may outlive the count.
    """
    streams = Streams(seed)
    patch.setattr(os, "urandom", streams.draw)
    patch.setattr(random, "_urandom", streams.draw)
    patch.setattr(time, "time", lambda: NOON)
    patch.setattr(audit, "datetime", StandingClock)
    patch.setattr(ec, "generate_private_key", streams.make_key)
    assert secrets.token_bytes(8) == random.Random(f"{seed} server").randbytes(8), "secrets draws elsewhere"
    return streams
