"""How bytes are written as text."""

import base64
import binascii
import json
from typing import Any

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U
CODE_LENGTH = 16


def to_b64u(data: bytes) -> str:
    """base64url without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_b64u(text: str, size: int | None = None) -> bytes:
    """The bytes of a base64url text; there is one text for each, any other is refused.

    Raises
    ------
    ValueError
        The text is not base64url, or not of that many bytes.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64url") from error
    if to_b64u(data) != text or (size is not None and len(data) != size):
        raise ValueError("not base64url of the right size")
    return data


def canonical(value: Any) -> bytes:
    """JSON that is the same in every language: sorted keys, no spaces, whole numbers only.

    Raises
    ------
    ValueError
        There is a fraction in it.
    """
    _refuse_fractions(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _refuse_fractions(value: Any) -> None:
    if isinstance(value, float):
        raise ValueError("canonical JSON holds no fractions")
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    for part in parts:
        _refuse_fractions(part)


def code(digest: bytes) -> str:
    """The first 80 bits in Crockford's letters, as four groups of four."""
    number = int.from_bytes(digest[:10], "big")
    letters = "".join(CROCKFORD[(number >> (75 - 5 * place)) & 31] for place in range(CODE_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, CODE_LENGTH, 4))
