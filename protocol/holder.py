"""What a key holder does: make a key, prove that it works, keep it in three shares."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from protocol import sealing, shares
from protocol.encoding import canonical, code, from_b64u, to_b64u

KEY, SHARE, PUBLIC = "cermin holder key 1", "cermin holder share 1", "cermin holder public 1"
CHALLENGE, ANSWER = "cermin challenge 1", "cermin answer 1"
PROOF_BYTES = 32
SCALAR_BYTES = 32


class RefusedFileError(Exception):
    """A file that is not what it should be; `code` says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class HolderKey:
    """The private key of one layer of one cycle."""

    cycle: str
    layer: int
    office: str
    scalar: bytes

    @property
    def private_key(self) -> ec.EllipticCurvePrivateKey:
        """The key as it opens."""
        return ec.derive_private_key(int.from_bytes(self.scalar, "big"), sealing.CURVE)

    @property
    def public_bytes(self) -> bytes:
        """The key that ballots are sealed to."""
        return self.private_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def fingerprint(self) -> str:
        """The public key as a short code to be read out."""
        return fingerprint(self.public_bytes)


def fingerprint(public_key: bytes) -> str:
    """A public key as a short code to be read out."""
    return code(hashlib.sha256(public_key).digest())


def make_key(cycle: str, layer: int, office: str) -> HolderKey:
    """A fresh key."""
    key = ec.generate_private_key(sealing.CURVE)
    return HolderKey(cycle, layer, office, key.private_numbers().private_value.to_bytes(SCALAR_BYTES, "big"))


def key_file(key: HolderKey) -> bytes:
    """The secret file of a holder."""
    return canonical(_head(KEY, key) | {"private": to_b64u(key.scalar), "public": to_b64u(key.public_bytes)})


def public_file(key: HolderKey) -> bytes:
    """What is handed to the server."""
    return canonical(_head(PUBLIC, key) | {"public": to_b64u(key.public_bytes)})


def share_files(key: HolderKey) -> list[bytes]:
    """Three files of which any two give the key back, and one alone says nothing."""
    return [
        canonical(_head(SHARE, key) | {"share": number, "value": to_b64u(value)})
        for number, value in shares.split(key.scalar).items()
    ]


def read_key(data: bytes) -> HolderKey:
    """Read a key file."""
    parts = _read(data, KEY)
    try:
        key = _key(parts, from_b64u(parts["private"], SCALAR_BYTES))
        is_whole = to_b64u(key.public_bytes) == parts["public"]
    except (KeyError, TypeError, ValueError) as error:
        raise RefusedFileError("damaged") from error
    if not is_whole:
        raise RefusedFileError("damaged")
    return key


def join_shares(files: Sequence[bytes]) -> HolderKey:
    """The key from two of its shares."""
    parts = [_read(data, SHARE) for data in files]
    heads = {(part["cycle"], part["layer"], part["office"]) for part in parts}
    try:
        values = {part["share"]: from_b64u(part["value"], SCALAR_BYTES) for part in parts}
    except (KeyError, TypeError, ValueError) as error:
        raise RefusedFileError("damaged") from error
    if len(heads) != 1 or len(values) < 2 or not set(values) <= {1, 2, 3}:
        raise RefusedFileError("shares_do_not_belong_together")
    return _key(parts[0], shares.join(dict(list(values.items())[:2])))


def read_public(data: bytes) -> tuple[str, int, str, bytes]:
    """Cycle, layer, office and public key of a public file."""
    parts = _read(data, PUBLIC)
    try:
        public = from_b64u(parts["public"], 65)
    except (KeyError, TypeError, ValueError) as error:
        raise RefusedFileError("damaged") from error
    if not sealing.is_public_key(public):
        raise RefusedFileError("damaged")
    return parts["cycle"], parts["layer"], parts["office"], public


def challenge_file(public_key: bytes, cycle: str, layer: int, proof_text: bytes) -> bytes:
    """What only the owner of the key can answer."""
    sealed = sealing.seal_text(public_key, _proof_info(cycle, layer), proof_text)
    return canonical({"cycle": cycle, "kind": CHALLENGE, "layer": layer, "sealed": to_b64u(sealed)})


def answer_file(key: HolderKey, challenge: bytes) -> bytes:
    """The answer to a challenge; it shows that the key opens, and nothing of the key.

    Raises
    ------
    RefusedFileError
        The challenge is for another cycle, layer or key.
    """
    parts = _read(challenge, CHALLENGE)
    if (parts["cycle"], parts["layer"]) != (key.cycle, key.layer):
        raise RefusedFileError("wrong_cycle_or_layer")
    sealed = from_b64u(parts["sealed"])
    text = sealing.open_text(key.private_key, _proof_info(key.cycle, key.layer), sealed)
    if text is None:
        raise RefusedFileError("wrong_key")
    return canonical(
        {"answer": to_b64u(proof_answer(text)), "cycle": key.cycle, "kind": ANSWER, "layer": key.layer}
    )


def read_answer(data: bytes) -> bytes:
    """The answer in an answer file."""
    try:
        return from_b64u(_read(data, ANSWER)["answer"], 32)
    except (KeyError, TypeError, ValueError) as error:
        raise RefusedFileError("damaged") from error


def proof_answer(text: bytes) -> bytes:
    """What proves that a challenge was opened."""
    return hashlib.sha256(b"cermin proof 1\n" + text).digest()


def new_proof_text() -> bytes:
    """A fresh text to be opened."""
    return secrets.token_bytes(PROOF_BYTES)


def _proof_info(cycle: str, layer: int) -> bytes:
    return f"cermin proof 1\n{cycle}\n{layer}".encode()


def _head(kind: str, key: HolderKey) -> dict[str, Any]:
    return {"cycle": key.cycle, "kind": kind, "layer": key.layer, "office": key.office}


def _key(parts: dict[str, Any], scalar: bytes) -> HolderKey:
    key = HolderKey(str(parts["cycle"]), int(parts["layer"]), str(parts.get("office", "")), scalar)
    _ = key.private_key  # refuses a number that is no key
    return key


def _read(data: bytes, kind: str) -> dict[str, Any]:
    try:
        parts = json.loads(data)
    except ValueError as error:
        raise RefusedFileError("not_our_file") from error
    if not isinstance(parts, dict) or not str(parts.get("kind", "")).startswith("cermin "):
        raise RefusedFileError("not_our_file")
    if parts["kind"] != kind:
        raise RefusedFileError("another_kind")
    if not isinstance(parts.get("cycle"), str) or parts.get("layer") not in (1, 2):
        raise RefusedFileError("damaged")
    return parts
