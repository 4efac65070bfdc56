"""A secret in three shares, of which any two give it back (Shamir 1979), byte by byte over GF(256)."""

import secrets
from collections.abc import Mapping

POLYNOMIAL = 0x11B
NUMBERS = (1, 2, 3)


def split(secret: bytes) -> dict[int, bytes]:
    """The shares by their number: values of a random line through the secret at 1, 2 and 3."""
    slope = secrets.token_bytes(len(secret))
    return {
        number: bytes(at_zero ^ _times(number, rise) for at_zero, rise in zip(secret, slope, strict=True))
        for number in NUMBERS
    }


def join(two: Mapping[int, bytes]) -> bytes:
    """The secret from two shares.

    Raises
    ------
    ValueError
        They are not two, or not equally long.
    """
    if len(two) != 2:
        raise ValueError("two shares are needed")
    (a, of_a), (b, of_b) = two.items()
    # The line at zero: (b y_a + a y_b) / (a + b); plus and minus are one in this field.
    inverse = _inverse(a ^ b)
    return bytes(
        _times(inverse, _times(b, y_a) ^ _times(a, y_b)) for y_a, y_b in zip(of_a, of_b, strict=True)
    )


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= POLYNOMIAL
        b >>= 1
    return product


def _inverse(a: int) -> int:
    return next(b for b in range(1, 256) if _times(a, b) == 1)
