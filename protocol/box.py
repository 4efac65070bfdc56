"""What a device sends to the ballot box, and the hash over everything in the box."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from protocol import blind_rsa, sealing, tokens
from protocol.ballots import Signed
from protocol.encoding import canonical, from_b64u, record, to_b64u

SHAPE = {"box": str, "pass": dict, "sealed": str}


@dataclass(frozen=True)
class Delivery:
    """A sealed ballot on its way into the box of a cycle. It names no scope and no person."""

    cycle: str
    box_pass: Signed
    sealed: bytes

    @property
    def name(self) -> bytes:
        """The name under which it lies in the box."""
        return tokens.name_in_box(self.box_pass.token)


def encode(delivery: Delivery) -> bytes:
    """Return the body of the request that delivers a ballot."""
    sealed = to_b64u(delivery.sealed)
    return canonical({"box": delivery.cycle, "pass": delivery.box_pass.as_json(), "sealed": sealed})


def read(body: bytes) -> Delivery | None:
    """Return what a device sent; None where it has not the fields and sizes of a delivery.

    The order of its fields does not matter: the body is neither hashed nor signed.
    """
    try:
        parts = record(json.loads(body), SHAPE)
        box_pass = Signed.from_json(parts["pass"])
        if not parts["box"].isascii():
            return None
        return Delivery(parts["box"], box_pass, from_b64u(parts["sealed"], sealing.ITEM_BYTES[sealing.OUTER]))
    except (ValueError, RecursionError):
        return None


def has_valid_pass(delivery: Delivery, box_key: bytes) -> bool:
    """Return whether a pass of this cycle was given out for it (RFC 9474, section 4.5)."""
    message = tokens.pass_message(delivery.cycle, delivery.box_pass.token)
    return blind_rsa.verify(box_key, message, delivery.box_pass.signature)


def box_hash(cycle: str, ballots: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the hash over everything in a box, in hexadecimal.

    Parameters
    ----------
    cycle
        The key of the cycle.
    ballots
        Name in the box and sealed ballot, in the order of their names.

    Raises
    ------
    ValueError
        The names do not ascend.
    """
    whole = hashlib.sha256(f"cermin box list 1\n{cycle}\n".encode())
    previous = b""
    for name, sealed in ballots:
        if name <= previous:
            raise ValueError("ballots: not in the order of their names")
        previous = name
        whole.update(hashlib.sha256(sealed).digest())
    return whole.hexdigest()
