"""Blind RSA signatures: RSABSSA-SHA384-PSS-Deterministic (RFC 9474), 2048 bits.

The signer never sees what it signs: a blinded message is a random number whatever the message, so even
who owns the private key cannot tell which request a signature came from.
"""

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

from protocol import pss

BITS = 2048
BYTES = BITS // 8
EXPONENT = 65537
SALT_BYTES = 48


class FaultySignatureError(Exception):
    """The arithmetic went wrong: the signature would have given the key away, so it is not told."""


@dataclass(frozen=True, repr=False)
class SigningKey:
    """A private key in the form that signs fast (Chinese remainder theorem, RFC 8017, section 3.2)."""

    n: int
    p: int
    q: int
    dp: int
    dq: int
    q_inverse: int

    @classmethod
    def from_primes(cls, p: int, q: int) -> "SigningKey":
        """Make the key of two primes."""
        dp, dq = (int(gmpy2.invert(EXPONENT, prime - 1)) for prime in (p, q))
        return cls(p * q, p, q, dp, dq, int(gmpy2.invert(q, p)))

    @property
    def public_bytes(self) -> bytes:
        """The modulus, which is all that differs between public keys."""
        return self.n.to_bytes(self._size, "big")

    @property
    def _size(self) -> int:
        return -(-self.n.bit_length() // 8)

    def blind_sign(self, blinded: bytes) -> bytes:
        """Sign a blinded message (RFC 9474, section 4.3, BlindSign).

        Parameters
        ----------
        blinded
            As long as the modulus; neither 0, 1 nor -1, whose signatures everybody knows.

        Raises
        ------
        ValueError
            It is no blinded message under this key.
        FaultySignatureError
            The result does not check.
        """
        message = int.from_bytes(blinded, "big")
        if len(blinded) != self._size or not 1 < message < self.n - 1:
            raise ValueError("not a blinded message under this key")
        return self._power(message).to_bytes(self._size, "big")

    def sign(self, message: bytes) -> bytes:
        """Sign a plain message (RFC 8017, section 8.1.1).

        The signature looks like one that was signed blindly; for papers that the server itself fills in.

        Raises
        ------
        FaultySignatureError
            The result does not check.
        """
        encoded = pss.encode(message, secrets.token_bytes(SALT_BYTES), self.n.bit_length() - 1)
        return self._power(int.from_bytes(encoded, "big")).to_bytes(self._size, "big")

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


@dataclass(frozen=True)
class Blinded:
    """A blinded message, and the inverse of its blinding factor, which stays on the device."""

    message: bytes
    inverse: int


def generate() -> bytes:
    """Make a fresh private key (PKCS #8, DER)."""
    key = rsa.generate_private_key(public_exponent=EXPONENT, key_size=BITS)
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def load_private(der: bytes) -> SigningKey:
    """Read a key that `generate` made; keys of strangers are never read, so it is not checked anew."""
    key = load_der_private_key(der, password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("not an RSA key")
    numbers = key.private_numbers()
    return SigningKey.from_primes(numbers.p, numbers.q)


def verify(public_bytes: bytes, message: bytes, signature: bytes, salt_size: int = SALT_BYTES) -> bool:
    """Return whether a signature is valid (RFC 9474, section 4.5; RFC 8017, section 8.1.2)."""
    try:
        key = rsa.RSAPublicNumbers(EXPONENT, int.from_bytes(public_bytes, "big")).public_key()
        key.verify(signature, message, padding.PSS(padding.MGF1(SHA384()), salt_size), SHA384())
    except (InvalidSignature, ValueError):
        return False
    return True


def blind(public_bytes: bytes, message: bytes) -> Blinded:
    """Blind a message as a rater's device does (RFC 9474, section 4.2, Blind)."""
    n = int.from_bytes(public_bytes, "big")
    factor = secrets.randbelow(n - 2) + 2
    while gmpy2.gcd(factor, n) != 1:
        factor = secrets.randbelow(n - 2) + 2
    return blind_with(public_bytes, message, salt=secrets.token_bytes(SALT_BYTES), factor=factor)


def blind_with(public_bytes: bytes, message: bytes, *, salt: bytes, factor: int) -> Blinded:
    """Blind a message with given randomness, as test vectors need; everybody else calls `blind`.

    Raises
    ------
    ValueError
        The encoded message or the factor has no inverse.
    """
    n = int.from_bytes(public_bytes, "big")
    encoded = int.from_bytes(pss.encode(message, salt, n.bit_length() - 1), "big")
    if gmpy2.gcd(encoded * factor, n) != 1:
        raise ValueError("no inverse: the public key is not one")
    blinded = encoded * int(gmpy2.powmod(factor, EXPONENT, n)) % n
    return Blinded(blinded.to_bytes(len(public_bytes), "big"), int(gmpy2.invert(factor, n)))


def finalize(
    public_bytes: bytes, message: bytes, blind_signature: bytes, inverse: int, salt_size: int = SALT_BYTES
) -> bytes:
    """Unblind a signature and check it (RFC 9474, section 4.4, Finalize).

    Raises
    ------
    ValueError
        The server signed something else.
    """
    if len(blind_signature) != len(public_bytes):
        raise ValueError("not as long as a signature")
    n = int.from_bytes(public_bytes, "big")
    signature = int.from_bytes(blind_signature, "big") * inverse % n
    signature_bytes = signature.to_bytes(len(public_bytes), "big")
    if not verify(public_bytes, message, signature_bytes, salt_size):
        raise ValueError("the signature does not verify")
    return signature_bytes
