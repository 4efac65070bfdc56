"""How the published files are written: canonical JSON, base64url, short codes, and Merkle trees."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class FormatError(Exception):
    """A file is not written as the protocol says."""


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def strict(text: bytes, fields: Mapping[str, type]) -> dict[str, Any]:
    """Read an object of exactly these fields, written canonically to the byte."""
    try:
        value = json.loads(text)
        is_canonical = canonical(value) == text
    except (ValueError, RecursionError) as error:
        raise FormatError("no JSON") from error
    if not isinstance(value, dict) or not is_canonical:
        raise FormatError("not canonical JSON")
    if {name: type(part) for name, part in value.items()} != dict(fields):
        raise FormatError(f"not exactly the fields {', '.join(sorted(fields))}")
    return value


def plain(text: bytes) -> dict[str, Any]:
    """Read an object in which no name stands twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise FormatError("a name stands twice")
        return dict(pairs)

    value = json.loads(text, object_pairs_hook=once)
    if not isinstance(value, dict):
        raise FormatError("not an object")
    return value


def unbase64(text: str, size: int) -> bytes:
    """Bytes of a base64url text without padding, of a known length."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise FormatError("not base64url") from error
    if len(data) != size or base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise FormatError(f"not {size} bytes in base64url")
    return data


def short_code(digest: bytes) -> str:
    """The first 80 bits of a hash, in four groups of four letters."""
    number = int.from_bytes(digest[:10], "big")
    letters = "".join(LETTERS[(number >> shift) & 31] for shift in range(75, -1, -5))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def tree_root(lines: Sequence[bytes]) -> bytes:
    """The root over lines (RFC 6962, section 2.1): split at the largest power of two."""
    if not lines:
        return hashlib.sha256().digest()
    if len(lines) == 1:
        return hashlib.sha256(b"\x00" + lines[0]).digest()
    split = 1 << ((len(lines) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + tree_root(lines[:split]) + tree_root(lines[split:])).digest()
