"""Blind RSA signatures: RSABSSA-SHA384-PSS-Deterministic (RFC 9474), 2048 bits.

The signer never sees what it signs: a blinded message is a random number whatever the message, so even
who owns the private key cannot tell which request a signature came from.
"""

import hashlib
import secrets
from dataclasses import dataclass

import gmpy2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

BITS = 2048
BYTES = BITS // 8
EXPONENT = 65537
SALT_BYTES = 48
HASH_BYTES = 48


class FaultySignatureError(Exception):
    """The arithmetic went wrong: the signature would have given the key away, so it is not told."""


@dataclass(frozen=True)
class SigningKey:
    """A private key in the form that signs fast (Chinese remainder theorem)."""

    n: int
    p: int
    q: int
    dp: int
    dq: int
    q_inverse: int

    @property
    def public_bytes(self) -> bytes:
        """The modulus, which is all that differs between public keys."""
        return self.n.to_bytes(BYTES, "big")

    def blind_sign(self, blinded: bytes) -> bytes:
        """Sign a blinded message (RFC 9474, section 4.3).

        Raises
        ------
        ValueError
            It is no blinded message under this key.
        FaultySignatureError
            The result does not check.
        """
        message = int.from_bytes(blinded, "big")
        if len(blinded) != BYTES or not 1 < message < self.n - 1:
            raise ValueError("not a blinded message under this key")
        return self._power(message).to_bytes(BYTES, "big")

    def sign(self, message: bytes) -> bytes:
        """Sign a plain message, in the way that a finalized blind signature looks like."""
        encoded = _encode(message, secrets.token_bytes(SALT_BYTES))
        return self._power(int.from_bytes(encoded, "big")).to_bytes(BYTES, "big")

    def _power(self, message: int) -> int:
        """message^d mod n, with a hidden base: its time says nothing about key or message."""
        hiding = secrets.randbelow(self.n - 2) + 2
        base = message * int(gmpy2.powmod(hiding, EXPONENT, self.n)) % self.n
        of_p = int(gmpy2.powmod_sec(base % self.p, self.dp, self.p))
        of_q = int(gmpy2.powmod_sec(base % self.q, self.dq, self.q))
        hidden = of_q + self.q * (self.q_inverse * (of_p - of_q) % self.p)
        signature = hidden * int(gmpy2.invert(hiding, self.n)) % self.n
        if int(gmpy2.powmod(signature, EXPONENT, self.n)) != message:
            raise FaultySignatureError
        return signature


def generate() -> bytes:
    """A fresh private key (PKCS #8, DER)."""
    key = rsa.generate_private_key(public_exponent=EXPONENT, key_size=BITS)
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def load_private(der: bytes) -> SigningKey:
    """Read a key that `generate` made; keys of strangers are never read, so it is not checked anew."""
    key = load_der_private_key(der, password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("not an RSA key")
    numbers = key.private_numbers()
    return SigningKey(
        numbers.public_numbers.n, numbers.p, numbers.q, numbers.dmp1, numbers.dmq1, numbers.iqmp
    )


def verify(public_bytes: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature is valid (RFC 8017, section 8.1.2)."""
    key = rsa.RSAPublicNumbers(EXPONENT, int.from_bytes(public_bytes, "big")).public_key()
    try:
        key.verify(signature, message, padding.PSS(padding.MGF1(SHA384()), SALT_BYTES), SHA384())
    except InvalidSignature:
        return False
    return True


def blind(public_bytes: bytes, message: bytes) -> tuple[bytes, int]:
    """Blind a message as a device does; returns it with what unblinds its signature (section 4.2)."""
    n = int.from_bytes(public_bytes, "big")
    encoded = int.from_bytes(_encode(message, secrets.token_bytes(SALT_BYTES)), "big")
    while True:
        factor = secrets.randbelow(n - 2) + 2
        if gmpy2.gcd(factor, n) == 1:
            break
    blinded = encoded * int(gmpy2.powmod(factor, EXPONENT, n)) % n
    return blinded.to_bytes(BYTES, "big"), int(gmpy2.invert(factor, n))


def finalize(public_bytes: bytes, message: bytes, blind_signature: bytes, inverse: int) -> bytes:
    """Unblind a signature and check it (section 4.4).

    Raises
    ------
    ValueError
        The server signed something else.
    """
    n = int.from_bytes(public_bytes, "big")
    signature = (int.from_bytes(blind_signature, "big") * inverse % n).to_bytes(BYTES, "big")
    if not verify(public_bytes, message, signature):
        raise ValueError("the signature does not verify")
    return signature


def _encode(message: bytes, salt: bytes) -> bytes:
    """EMSA-PSS (RFC 8017, section 9.1.1) for 2047 bits."""
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = bytes(BYTES - len(salt) - HASH_BYTES - 2) + b"\x01" + salt
    mask = _mgf1(digest, len(block))
    masked = bytearray(a ^ b for a, b in zip(block, mask, strict=True))
    masked[0] &= 0x7F
    return bytes(masked) + digest + b"\xbc"


def _mgf1(seed: bytes, length: int) -> bytes:
    rounds = range(-(-length // HASH_BYTES))
    whole = b"".join(hashlib.sha384(seed + count.to_bytes(4, "big")).digest() for count in rounds)
    return whole[:length]
