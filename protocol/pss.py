"""The encoding of a message before it is signed: EMSA-PSS with SHA-384 and MGF1-SHA-384 (RFC 8017)."""

import hashlib

HASH_BYTES = 48
TRAILER = b"\xbc"


def encode(message: bytes, salt: bytes, bits: int) -> bytes:
    """Encode a message for a modulus of one bit more (RFC 8017, section 9.1.1).

    Parameters
    ----------
    message
        Of any length.
    salt
        Random; 48 bytes in this protocol, none in the variants "PSSZERO" of RFC 9474.
    bits
        The most the encoded message may have: those of the modulus less one.

    Raises
    ------
    ValueError
        The modulus is too small for hash and salt.
    """
    size = -(-bits // 8)
    zeros = size - len(salt) - HASH_BYTES - 2
    if zeros < 0:
        raise ValueError("the modulus is too small")
    digest = _hash(bytes(8) + _hash(message) + salt)
    block = bytes(zeros) + b"\x01" + salt
    masked = bytearray(a ^ b for a, b in zip(block, mask(digest, len(block)), strict=True))
    masked[0] &= 0xFF >> (8 * size - bits)
    return bytes(masked) + digest + TRAILER


def mask(seed: bytes, length: int) -> bytes:
    """Return the mask that MGF1 generates from a seed (RFC 8017, appendix B.2.1)."""
    rounds = range(-(-length // HASH_BYTES))
    return b"".join(_hash(seed + number.to_bytes(4, "big")) for number in rounds)[:length]


def _hash(data: bytes) -> bytes:
    return hashlib.sha384(data).digest()
