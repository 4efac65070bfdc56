"""How values are written as text: base64url, canonical JSON, and short codes for people."""

import base64
import json
from collections.abc import Mapping
from typing import Any

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U
CODE_BYTES = 10
CODE_LENGTH = 16
LARGEST_NUMBER = 2**53 - 1  # the largest that every language writes in the same digits


def to_b64u(data: bytes) -> str:
    """base64url without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_b64u(text: str, size: int | None = None) -> bytes:
    """Return the bytes of a base64url text (RFC 4648, section 5).

    Each sequence of bytes has one text; any other way to write it (padding, loose bits, spaces) is refused.

    Parameters
    ----------
    text
        Letters, digits, ``-`` and ``_``.
    size
        The number of bytes it must hold, where that is known.

    Raises
    ------
    ValueError
        It is not base64url, or not of that size.
    """
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_b64u(data) != text or (size is not None and len(data) != size):
        raise ValueError("not base64url of the right size")
    return data


def canonical(value: Any) -> bytes:
    """Write JSON that has the same bytes in every language.

    Keys are sorted by code point, nothing is spaced or escaped that need not be (as in RFC 8785, apart
    from the order of keys), and numbers are whole and at most ``LARGEST_NUMBER`` (RFC 7493, section 2.2).

    Raises
    ------
    ValueError
        There is a fraction, too large a number, a key that is no text, or a lone surrogate in it.
    """
    _refuse_what_languages_write_differently(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _refuse_what_languages_write_differently(value: Any) -> None:
    if isinstance(value, float):
        raise ValueError("canonical JSON holds no fractions")
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        raise ValueError("canonical JSON holds no numbers that large")
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("canonical JSON has texts as keys")
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            _refuse_what_languages_write_differently(part)


def read_canonical(text: bytes) -> Any:
    """Return the value of a canonical text.

    Raises
    ------
    ValueError
        It is no JSON, or not written canonically to the byte.
    """
    try:
        value = json.loads(text)
        is_canonical = canonical(value) == text
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not is_canonical:
        raise ValueError("not canonical JSON")
    return value


def record(value: Any, shape: Mapping[str, type]) -> dict[str, Any]:
    """Return a value that is an object of exactly these fields, each of exactly this type.

    Raises
    ------
    ValueError
        A field is missing, unknown or of another type.
    """
    if not isinstance(value, dict) or set(value) != set(shape):
        raise ValueError(f"not exactly the fields {', '.join(sorted(shape))}")
    for name, kind in shape.items():
        if type(value[name]) is not kind:
            raise ValueError(f"{name}: not {kind.__name__}")
    return value


def code(digest: bytes) -> str:
    """Write the first 80 bits of a hash for people: Crockford's letters, four groups of four.

    Examples
    --------
    >>> code(bytes(32))
    '0000-0000-0000-0000'
    """
    number = int.from_bytes(digest[:CODE_BYTES], "big")
    letters = "".join(CROCKFORD[(number >> (75 - 5 * place)) & 31] for place in range(CODE_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, CODE_LENGTH, 4))
