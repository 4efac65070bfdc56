"""The key of a layer, held by an office: its files, its three shares, and the proof that it works."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from protocol import sealing, shares
from protocol.encoding import canonical, code, from_b64u, record, to_b64u
from protocol.refusals import RefusedError

KEY, SHARE, PUBLIC = "cermin holder key 1", "cermin holder share 1", "cermin holder public 1"
CHALLENGE, ANSWER = "cermin challenge 1", "cermin answer 1"
FROM_KEY, FROM_SHARES = "key", "shares"
SCALAR_BYTES = 32
PROOF_BYTES = 32
OF_LAYER = {"cycle": str, "kind": str, "layer": int}
OF_OFFICE = OF_LAYER | {"office": str, "public": str}
SHAPES: Mapping[str, Mapping[str, type]] = {
    KEY: OF_OFFICE | {"private": str},
    SHARE: OF_OFFICE | {"share": int, "value": str},
    PUBLIC: OF_OFFICE,
    CHALLENGE: OF_LAYER | {"sealed": str},
    ANSWER: OF_LAYER | {"answer": str, "source": str},
}


@dataclass(frozen=True)
class PublicKey:
    """The key that ballots are sealed to, and whose it is."""

    cycle: str
    layer: int
    office: str
    point: bytes

    @property
    def fingerprint(self) -> str:
        """A short code to be read out and compared."""
        return code(hashlib.sha256(self.point).digest())


@dataclass(frozen=True)
class HolderKey:
    """The private key of one layer of one cycle."""

    cycle: str
    layer: int
    office: str
    scalar: bytes = field(repr=False)

    @property
    def private_key(self) -> ec.EllipticCurvePrivateKey:
        """The key as it opens."""
        return ec.derive_private_key(int.from_bytes(self.scalar, "big"), sealing.CURVE)

    @property
    def public(self) -> PublicKey:
        """The public key."""
        point = self.private_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return PublicKey(self.cycle, self.layer, self.office, point)


@dataclass(frozen=True)
class Answer:
    """The answer to a challenge, and whether the key came whole or out of two shares."""

    cycle: str
    layer: int
    source: str
    proof: bytes


def make_key(cycle: str, layer: int, office: str) -> HolderKey:
    """Make a fresh key for a layer (RFC 9180, section 4.1: DHKEM with P-256)."""
    key = ec.generate_private_key(sealing.CURVE)
    return HolderKey(cycle, layer, office, key.private_numbers().private_value.to_bytes(SCALAR_BYTES, "big"))


def key_file(key: HolderKey) -> bytes:
    """Return the secret file of a holder."""
    return canonical(_of_office(KEY, key.public) | {"private": to_b64u(key.scalar)})


def public_file(key: HolderKey) -> bytes:
    """Return the file that goes to the server."""
    return canonical(_of_office(PUBLIC, key.public))


def share_files(key: HolderKey) -> dict[int, bytes]:
    """Return three secret files by their number; any two give the key back, one says nothing of it."""
    return {
        number: canonical(_of_office(SHARE, key.public) | {"share": number, "value": to_b64u(value)})
        for number, value in shares.split(key.scalar).items()
    }


def kind_of(data: bytes) -> str:
    """Return what a file says it is.

    Raises
    ------
    RefusedError
        ``not_our_file``.
    """
    return str(_parts(data)["kind"])


def read_key(data: bytes) -> HolderKey:
    """Read the secret file of a holder.

    Raises
    ------
    RefusedError
        ``not_our_file``, ``another_kind``, ``damaged``.
    """
    parts = _read(data, KEY)
    return _checked(parts, _bytes(parts["private"], SCALAR_BYTES), "damaged")


def join_shares(files: Sequence[bytes]) -> HolderKey:
    """Put a key together from the files of two of its shares.

    Raises
    ------
    RefusedError
        ``not_our_file``, ``another_kind``, ``damaged``, or ``shares_do_not_fit`` one another.
    """
    parts = [_read(data, SHARE) for data in files]
    values = {part["share"]: _bytes(part["value"], SCALAR_BYTES) for part in parts}
    owners = {tuple(part[name] for name in OF_OFFICE) for part in parts}
    try:
        scalar = shares.join(values)
    except ValueError as error:
        raise RefusedError("shares_do_not_fit") from error
    if len(owners) != 1:
        raise RefusedError("shares_do_not_fit")
    return _checked(parts[0], scalar, "shares_do_not_fit")


def read_public(data: bytes) -> PublicKey:
    """Read the file that a holder hands to the server.

    Raises
    ------
    RefusedError
        ``not_our_file``, ``another_kind``, ``damaged``.
    """
    parts = _read(data, PUBLIC)
    point = _bytes(parts["public"], sealing.POINT_BYTES)
    if not sealing.is_public_key(point):
        raise RefusedError("damaged")
    return PublicKey(parts["cycle"], parts["layer"], parts["office"], point)


def new_proof_text() -> bytes:
    """Draw what a holder is to open; the server keeps it until the answer."""
    return secrets.token_bytes(PROOF_BYTES)


def proof_answer(text: bytes) -> bytes:
    """Return what proves that a text was opened, and says nothing of it."""
    return hashlib.sha256(b"cermin proof 1\n" + text).digest()


def challenge_file(public: PublicKey, proof_text: bytes) -> bytes:
    """Return what only the owner of the private key can answer."""
    sealed = sealing.seal_text(public.point, _proof_info(public.cycle, public.layer), proof_text)
    return canonical(_of_layer(CHALLENGE, public.cycle, public.layer) | {"sealed": to_b64u(sealed)})


def answer_file(key: HolderKey, challenge: bytes, source: str) -> bytes:
    """Answer a challenge: it shows that the key opens, and says nothing of the key.

    Parameters
    ----------
    key
        The key that was challenged.
    challenge
        What the server sent.
    source
        `FROM_KEY` or `FROM_SHARES`: from what the key was read.

    Raises
    ------
    RefusedError
        ``not_our_file``, ``another_kind``, ``damaged``; ``wrong_challenge``: for another cycle or layer;
        ``wrong_key``.
    """
    parts = _read(challenge, CHALLENGE)
    if (parts["cycle"], parts["layer"]) != (key.cycle, key.layer):
        raise RefusedError("wrong_challenge", cycle=parts["cycle"], layer=parts["layer"])
    text = sealing.open_text(key.private_key, _proof_info(key.cycle, key.layer), _bytes(parts["sealed"]))
    if text is None:
        raise RefusedError("wrong_key")
    answer = {"answer": to_b64u(proof_answer(text)), "source": source}
    return canonical(_of_layer(ANSWER, key.cycle, key.layer) | answer)


def read_answer(data: bytes) -> Answer:
    """Read the answer to a challenge; the server compares its proof with its own `proof_answer`.

    Raises
    ------
    RefusedError
        ``not_our_file``, ``another_kind``, ``damaged``.
    """
    parts = _read(data, ANSWER)
    if parts["source"] not in (FROM_KEY, FROM_SHARES):
        raise RefusedError("damaged")
    return Answer(parts["cycle"], parts["layer"], parts["source"], _bytes(parts["answer"], PROOF_BYTES))


def _proof_info(cycle: str, layer: int) -> bytes:
    return f"cermin proof 1\n{cycle}\n{layer}".encode()


def _of_layer(kind: str, cycle: str, layer: int) -> dict[str, Any]:
    return {"cycle": cycle, "kind": kind, "layer": layer}


def _of_office(kind: str, public: PublicKey) -> dict[str, Any]:
    owner = {"office": public.office, "public": to_b64u(public.point)}
    return _of_layer(kind, public.cycle, public.layer) | owner


def _checked(parts: Mapping[str, Any], scalar: bytes, refusal: str) -> HolderKey:
    """The key, if it belongs to the public key that stands beside it."""
    key = HolderKey(parts["cycle"], parts["layer"], parts["office"], scalar)
    try:
        is_pair = to_b64u(key.public.point) == parts["public"]
    except ValueError as error:
        raise RefusedError(refusal) from error
    if not is_pair:
        raise RefusedError(refusal)
    return key


def _read(data: bytes, kind: str) -> dict[str, Any]:
    parts = _parts(data)
    if parts["kind"] != kind:
        raise RefusedError("another_kind", kind=parts["kind"], wanted=kind)
    try:
        record(parts, SHAPES[kind])
    except ValueError as error:
        raise RefusedError("damaged") from error
    if parts["layer"] not in sealing.NEXT_LAYER:
        raise RefusedError("damaged")
    return parts


def _parts(data: bytes) -> dict[str, Any]:
    """The parts of a file; it may be spaced otherwise than a ballot, for people keep and copy it."""
    try:
        parts = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RefusedError("not_our_file") from error
    if not isinstance(parts, dict) or str(parts.get("kind")) not in SHAPES:
        raise RefusedError("not_our_file")
    return parts


def _bytes(text: str, size: int | None = None) -> bytes:
    try:
        return from_b64u(text, size)
    except ValueError as error:
        raise RefusedError("damaged") from error
