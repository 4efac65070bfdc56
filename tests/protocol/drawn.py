"""Keys and random numbers that are the same every time: for vectors and tests alone."""

import hashlib

import gmpy2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from protocol import blind_rsa, holder, sealing

KEM_ID = b"KEM\x00\x10"
HPKE_ID = b"HPKE\x00\x10\x00\x01\x00\x01"


def draw(name: str, size: int) -> bytes:
    """Bytes that look random and belong to a name."""
    return hashlib.shake_256(f"cermin vectors 1\n{name}".encode()).digest(size)


def signing_key(name: str) -> blind_rsa.SigningKey:
    return blind_rsa.SigningKey.from_primes(_prime(f"{name} p"), _prime(f"{name} q"))


def holder_key(cycle: str, layer: int, office: str) -> holder.HolderKey:
    return holder.HolderKey(cycle, layer, office, scalar(f"holder {layer}"))


def scalar(name: str) -> bytes:
    """A private number of P-256: a leading zero keeps it below the order of the curve."""
    return b"\0" + draw(name, 31)


def seal(public_key: bytes, info: bytes, text: bytes, ephemeral: bytes) -> bytes:
    """HPKE in base mode with a given ephemeral key (RFC 9180, sections 4.1, 5.1 and 6.1), written anew."""
    key = ec.derive_private_key(int.from_bytes(ephemeral, "big"), ec.SECP256R1())
    enc = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    receiver = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    shared = _extract(KEM_ID, b"", b"eae_prk", key.exchange(ec.ECDH(), receiver))
    shared = _expand(KEM_ID, shared, b"shared_secret", enc + public_key, 32)
    context = b"\0" + _extract(HPKE_ID, b"", b"psk_id_hash", b"") + _extract(HPKE_ID, b"", b"info_hash", info)
    secret = _extract(HPKE_ID, shared, b"secret", b"")
    cipher = AESGCM(_expand(HPKE_ID, secret, b"key", context, 16))
    return enc + cipher.encrypt(_expand(HPKE_ID, secret, b"base_nonce", context, 12), text, b"")


def seal_ballot(keys: dict[int, holder.HolderKey], cycle: str, text: bytes, name: str) -> tuple[bytes, bytes]:
    """Inner and outer text of a ballot."""
    inner = _seal_layer(keys[sealing.INNER], cycle, sealing.pad(text), name)
    return inner, _seal_layer(keys[sealing.OUTER], cycle, inner, name)


def _seal_layer(key: holder.HolderKey, cycle: str, text: bytes, name: str) -> bytes:
    info = f"cermin ballot 1 layer {key.layer}\n{cycle}".encode()
    return seal(key.public.point, info, text, scalar(f"ephemeral {key.layer} {name}"))


def _prime(name: str) -> int:
    start = int.from_bytes(draw(name, 128), "big") | 3 << 1022
    prime = gmpy2.next_prime(start)
    while gmpy2.gcd(prime - 1, blind_rsa.EXPONENT) != 1:
        prime = gmpy2.next_prime(prime)
    return int(prime)


def _extract(suite: bytes, salt: bytes, label: bytes, secret: bytes) -> bytes:
    return HKDF.extract(SHA256(), salt, b"HPKE-v1" + suite + label + secret)


def _expand(suite: bytes, secret: bytes, label: bytes, info: bytes, size: int) -> bytes:
    whole = size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return HKDFExpand(SHA256(), size, whole).derive(secret)
