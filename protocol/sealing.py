"""Two sealings, one inside the other, each to the key of another office (HPKE, RFC 9180)."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec

SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_128_GCM)
CURVE = ec.SECP256R1()
OUTER, INNER = 1, 2
PADDED_BYTES = 8_192
LENGTH_BYTES = 4
LONGEST_TEXT = PADDED_BYTES - LENGTH_BYTES
OVERHEAD = 65 + 16  # encapsulated key and tag
SEALED_BYTES = {INNER: PADDED_BYTES + OVERHEAD, OUTER: PADDED_BYTES + 2 * OVERHEAD}


def pad(text: bytes) -> bytes:
    """Bring a ballot to the size that all have.

    Raises
    ------
    ValueError
        It is longer.
    """
    if len(text) > LONGEST_TEXT:
        raise ValueError("longer than a ballot may be")
    return (len(text).to_bytes(LENGTH_BYTES, "big") + text).ljust(PADDED_BYTES, b"\0")


def unpad(padded: bytes) -> bytes | None:
    """The ballot in its padding; None where it is none."""
    length = int.from_bytes(padded[:LENGTH_BYTES], "big")
    if len(padded) != PADDED_BYTES or length > LONGEST_TEXT or any(padded[LENGTH_BYTES + length :]):
        return None
    return padded[LENGTH_BYTES : LENGTH_BYTES + length]


def seal(outer_key: bytes, inner_key: bytes, cycle: str, text: bytes) -> bytes:
    """Seal a ballot to the owner of layer 2, and the result to the owner of layer 1."""
    return seal_layer(outer_key, cycle, OUTER, seal_layer(inner_key, cycle, INNER, pad(text)))


def seal_layer(public_key: bytes, cycle: str, layer: int, text: bytes) -> bytes:
    """One sealing of a ballot."""
    return seal_text(public_key, _ballot_info(cycle, layer), text)


def open_layer(
    private_key: ec.EllipticCurvePrivateKey, cycle: str, layer: int, sealed: bytes
) -> bytes | None:
    """What is inside one sealing; None where the key does not fit or the text was damaged."""
    return open_text(private_key, _ballot_info(cycle, layer), sealed)


def seal_text(public_key: bytes, info: bytes, text: bytes) -> bytes:
    """HPKE base mode, single shot: encapsulated key, then cipher text."""
    key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public_key)
    return SUITE.encrypt(text, key, info=info)


def open_text(private_key: ec.EllipticCurvePrivateKey, info: bytes, sealed: bytes) -> bytes | None:
    """The text; None where the key does not fit or something was damaged."""
    try:
        return SUITE.decrypt(sealed, private_key, info=info)
    except (InvalidTag, ValueError):
        return None


def is_public_key(data: bytes) -> bool:
    """Whether these bytes are a point of the curve."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, data)
    except ValueError:
        return False
    return len(data) == 65


def _ballot_info(cycle: str, layer: int) -> bytes:
    return f"cermin ballot 1 layer {layer}\n{cycle}".encode()
