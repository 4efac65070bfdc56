"""Sealing of ballots (HPKE, RFC 9180) and the three hashes of a nonce.

A form carries a random nonce that is stored nowhere. The paper office keeps one hash of it, the box a
second, the receipt is a third: each knows its own, and none leads to another.
"""

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

# P-256 and AES-128-GCM: native in the browsers of old phones, which will seal for themselves later.
SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_128_GCM)
CURVE = ec.SECP256R1()
PADDED_SIZE = 4_096
LENGTH_BYTES = 4
NONCE = re.compile(r"[A-Za-z0-9_-]{32}")
RECEIPT_LENGTH = 16
BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U


def new_nonce() -> str:
    """A fresh nonce for a form."""
    return secrets.token_urlsafe(24)


def is_nonce(text: str) -> bool:
    """Whether a text sent by a stranger has the form of our nonces."""
    return NONCE.fullmatch(text) is not None


def bind_nonce(nonce: str, paper: str) -> str:
    """The nonce of a form together with the paper it was made for: it serves no other paper."""
    return f"{nonce}.{paper}"


def paper_hash(nonce: str) -> bytes:
    """H1: what the paper office keeps."""
    return _hash("paper", nonce)


def ballot_token(nonce: str) -> bytes:
    """H2: the name of the ballot in its box."""
    return _hash("ballot", nonce)


def stamp_token(nonce: str) -> bytes:
    """The token of the stamp, where the server stamps on behalf of a device."""
    return _hash("stamp", nonce)


def receipt_code(nonce: str) -> str:
    """H3: the receipt, in groups of four letters for people."""
    letters = "".join(BASE32[digit] for digit in _digits(_hash("receipt", nonce), RECEIPT_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, RECEIPT_LENGTH, 4))


def visit_hash(nonce: str) -> bytes:
    """What a single-use code is marked with."""
    return _hash("visit", nonce)


def officer_nonce(nonce: str) -> str:
    """What names the answers about an officer: it leads neither to the form nor to its other ballot."""
    return _hash("officer", nonce).hex()


def withdrawal_digits(nonce: str, length: int) -> list[int]:
    """A fourth hash, for citizens alone: what their withdrawal code is made of."""
    return _digits(_hash("withdrawal", nonce), length)


def _digits(hashed: bytes, length: int) -> list[int]:
    number = int.from_bytes(hashed, "big")
    return [(number >> (5 * place)) & 31 for place in range(length)]


def _hash(purpose: str, nonce: str) -> bytes:
    return hmac.digest(f"cermin {purpose} v1".encode(), nonce.encode(), hashlib.sha256)


def make_key(path: Path) -> bytes:
    """Make a private key file that only this user reads, unless it is there; return the public key."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = ec.generate_private_key(CURVE)
        text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_private(path, text)
    return read_private_key(path).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def write_private(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 whole or not at all, and make it durable."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_suffix(".partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def destroy(path: Path) -> None:
    """Overwrite a file and remove it; nothing happens where there is none."""
    if path.exists():
        with path.open("r+b") as file:
            file.write(os.urandom(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()


def seal(public_key: bytes, box: str, text: bytes) -> bytes:
    """Seal a ballot for a box. All sealed ballots have one size.

    Raises
    ------
    ValueError
        The ballot is longer than the common size allows.
    """
    if len(text) > PADDED_SIZE - LENGTH_BYTES:
        raise ValueError("text: longer than a sealed ballot may be")
    padded = len(text).to_bytes(LENGTH_BYTES, "big") + text
    key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public_key)
    return SUITE.encrypt(padded.ljust(PADDED_SIZE, b"\0"), key, info=box.encode())


class Opener:
    """Opens the ballots of one box with its private key."""

    def __init__(self, path: Path, box: str) -> None:
        self._key = read_private_key(path)
        self._box = box.encode()

    def try_open(self, sealed: bytes) -> bytes | None:
        """Return the text of a ballot; None where the key does not fit or the text was damaged."""
        try:
            padded = SUITE.decrypt(sealed, self._key, info=self._box)
        except (InvalidTag, ValueError):
            return None
        length = int.from_bytes(padded[:LENGTH_BYTES], "big")
        return padded[LENGTH_BYTES : LENGTH_BYTES + length]


def read_private_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """A private key that this server keeps in a file."""
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path}: not a key of this service")
    return key
