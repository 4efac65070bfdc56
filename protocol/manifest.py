"""What is published before a cycle opens, so that nobody can be given other keys than the rest."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from protocol.encoding import canonical, code, to_b64u

KIND = "cermin manifest 1"


@dataclass(frozen=True)
class ScopeLine:
    """One line of the public list of scopes."""

    scope: str
    key: bytes
    papers: int

    @property
    def line(self) -> bytes:
        """As it is hashed and published."""
        return canonical({"key": to_b64u(self.key), "papers": self.papers, "scope": self.scope})


def scope_lines(scopes: Iterable[ScopeLine]) -> list[bytes]:
    """The public list of scopes, in the order of their names."""
    return [scope.line for scope in sorted(scopes, key=lambda each: each.scope)]


def manifest_hash(text: bytes) -> str:
    """The hash of a manifest."""
    return hashlib.sha256(text).hexdigest()


def manifest_code(text: bytes) -> str:
    """The hash as a short code, printed on every slip."""
    return code(hashlib.sha256(text).digest())


def read(text: bytes) -> dict[str, Any]:
    """The parts of a manifest.

    Raises
    ------
    ValueError
        It is none, or not written canonically.
    """
    parts = json.loads(text)
    if not isinstance(parts, dict) or parts.get("kind") != KIND or canonical(parts) != text:
        raise ValueError("not a manifest")
    return parts
