"""Two sealings, one inside the other, each to the key of another office (HPKE, RFC 9180)."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec

SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_128_GCM)
CURVE = ec.SECP256R1()
POINT_BYTES = 65
TAG_BYTES = 16
OVERHEAD = POINT_BYTES + TAG_BYTES
PLAIN, OUTER, INNER = 0, 1, 2  # what an item is still closed by: nothing, layer 1 (and 2), layer 2
NEXT_LAYER = {OUTER: INNER, INNER: PLAIN}
LENGTH_BYTES = 4
PADDED_BYTES = 8_192
LONGEST_TEXT = PADDED_BYTES - LENGTH_BYTES
ITEM_BYTES = {PLAIN: PADDED_BYTES, INNER: PADDED_BYTES + OVERHEAD, OUTER: PADDED_BYTES + 2 * OVERHEAD}


def pad(text: bytes) -> bytes:
    """Bring a ballot to the size that all have.

    Raises
    ------
    ValueError
        It is longer than `LONGEST_TEXT`.
    """
    if len(text) > LONGEST_TEXT:
        raise ValueError("longer than a ballot may be")
    return (len(text).to_bytes(LENGTH_BYTES, "big") + text).ljust(PADDED_BYTES, b"\0")


def unpad(padded: bytes) -> bytes | None:
    """Return the ballot in its padding; None where the padding is not as `pad` makes it."""
    length = int.from_bytes(padded[:LENGTH_BYTES], "big")
    end = LENGTH_BYTES + length
    if len(padded) != PADDED_BYTES or length > LONGEST_TEXT or any(padded[end:]):
        return None
    return padded[LENGTH_BYTES:end]


def seal(outer_key: bytes, inner_key: bytes, cycle: str, text: bytes) -> bytes:
    """Seal a ballot to the owner of layer 2, and the result to the owner of layer 1.

    Raises
    ------
    ValueError
        The ballot is too long, or a key is no point of the curve.
    """
    inner = seal_layer(inner_key, cycle, INNER, pad(text))
    return seal_layer(outer_key, cycle, OUTER, inner)


def seal_layer(public_key: bytes, cycle: str, layer: int, text: bytes) -> bytes:
    """Seal what goes into one layer of a cycle (RFC 9180, section 6.1)."""
    return seal_text(public_key, _layer_info(cycle, layer), text)


def open_layer(
    private_key: ec.EllipticCurvePrivateKey, cycle: str, layer: int, sealed: bytes
) -> bytes | None:
    """Return what is inside one layer; None where key, cycle or layer do not fit or a byte was changed."""
    return open_text(private_key, _layer_info(cycle, layer), sealed)


def seal_text(public_key: bytes, info: bytes, text: bytes) -> bytes:
    """Seal in base mode, single shot (RFC 9180, sections 5.1.1 and 6.1): encapsulated key, then cipher text.

    Raises
    ------
    ValueError
        The key is no point of the curve.
    """
    key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public_key)
    return SUITE.encrypt(text, key, info=info)


def open_text(private_key: ec.EllipticCurvePrivateKey, info: bytes, sealed: bytes) -> bytes | None:
    """Return what was sealed (RFC 9180, section 6.1); None where key or info do not fit, or a byte."""
    try:
        return SUITE.decrypt(sealed, private_key, info=info)
    except InvalidTag:
        return None


def is_public_key(data: bytes) -> bool:
    """Return whether these bytes are an uncompressed point of the curve."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, data)
    except ValueError:
        return False
    return len(data) == POINT_BYTES


def _layer_info(cycle: str, layer: int) -> bytes:
    return f"cermin ballot 1 layer {layer}\n{cycle}".encode()
