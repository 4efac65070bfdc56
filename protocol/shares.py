"""A secret in three shares, of which any two give it back (Shamir 1979), byte by byte over GF(256)."""

import secrets
from collections.abc import Mapping

POLYNOMIAL = 0x11B
NUMBERS = (1, 2, 3)
NEEDED = 2


def split(secret: bytes) -> dict[int, bytes]:
    """Return the three shares of a secret by their number.

    They are the values at 1, 2 and 3 of a random line through the secret at 0 (Shamir, "How to share a
    secret", 1979): one point lies on a line through every secret, so one share says nothing.
    """
    return on_line(secret, secrets.token_bytes(len(secret)))


def on_line(secret: bytes, slope: bytes) -> dict[int, bytes]:
    """Return the values of a given line at 1, 2 and 3, as test vectors need; everybody else calls `split`."""
    return {
        number: bytes(at_zero ^ times(number, rise) for at_zero, rise in zip(secret, slope, strict=True))
        for number in NUMBERS
    }


def join(two: Mapping[int, bytes]) -> bytes:
    """Return the secret of two shares.

    Parameters
    ----------
    two
        Shares by their number.

    Raises
    ------
    ValueError
        They are not two of the numbers 1 to 3, or not equally long.
    """
    if len(two) != NEEDED or not set(two) <= set(NUMBERS):
        raise ValueError("two: not two of three shares")
    (a, of_a), (b, of_b) = two.items()
    # The line at zero: (b y_a + a y_b) / (a + b); plus and minus are one in this field.
    inverse = _inverse(a ^ b)
    return bytes(times(inverse, times(b, y_a) ^ times(a, y_b)) for y_a, y_b in zip(of_a, of_b, strict=True))


def times(a: int, b: int) -> int:
    """Return the product in GF(256) of the polynomial x^8 + x^4 + x^3 + x + 1 (FIPS 197, section 4.2)."""
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
    return next(b for b in range(1, 256) if times(a, b) == 1)
