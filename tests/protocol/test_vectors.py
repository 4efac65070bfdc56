"""The vectors that Python and the browser share. They are made by `python -m tests.protocol.make_vectors`."""

import hashlib
import json
from typing import Any

import pytest

from protocol import ballots, blind_rsa, box, holder, sealing, shares, tokens
from protocol.encoding import from_b64u
from tests.protocol import make_vectors

VECTORS = json.loads(make_vectors.FILE.read_text(encoding="ascii"))
KEYS = {name: from_b64u(key["modulus"]) for name, key in VECTORS["keys"].items()}
LAYERS = {
    each["layer"]: holder.HolderKey(make_vectors.CYCLE, each["layer"], "", from_b64u(each["private"]))
    for each in VECTORS["layers"]
}


def test_they_are_made_anew_to_the_byte() -> None:
    """Whoever changes a byte of the protocol sees it here, and makes a new version."""
    assert make_vectors.make() == VECTORS


@pytest.mark.parametrize("paper", VECTORS["papers"])
@pytest.mark.parametrize("name", ["stamp", "pass"])
def test_signatures_verify(paper: dict[str, Any], name: str) -> None:
    parts = {part: from_b64u(text) for part, text in paper[name].items()}
    assert blind_rsa.verify(KEYS[name], parts["message"], parts["signature"])
    inverse = int.from_bytes(parts["inverse"], "big")
    assert inverse * int.from_bytes(parts["factor"], "big") % int.from_bytes(KEYS[name], "big") == 1
    found = blind_rsa.finalize(KEYS[name], parts["message"], parts["blind_signature"], inverse)
    assert found == parts["signature"]
    assert tokens.receipt(from_b64u(paper["stamp"]["token"])) == paper["receipt"]


@pytest.mark.parametrize("sent", VECTORS["ballots"])
def test_ballots_open(sent: dict[str, Any]) -> None:
    """Their sealing was made by the steps of RFC 9180 written out, and is opened by the library."""
    delivery = box.read(json.dumps(sent["delivery"]).encode())
    assert delivery is not None
    assert box.has_valid_pass(delivery, KEYS["pass"])
    inner = sealing.open_layer(LAYERS[1].private_key, delivery.cycle, 1, delivery.sealed)
    assert inner == from_b64u(sent["inner"])
    padded = sealing.open_layer(LAYERS[2].private_key, delivery.cycle, 2, inner)
    assert padded is not None
    assert hashlib.sha256(padded).hexdigest() == sent["padded_hash"]
    text = sealing.unpad(padded)
    assert text == sent["text"].encode()
    ballot = ballots.read(text)
    assert ballot is not None
    assert ballots.has_valid_stamp(ballot, KEYS["stamp"])


def test_shares_give_the_secret_back() -> None:
    parts = {int(number): from_b64u(value) for number, value in VECTORS["shares"]["shares"].items()}
    for left_out in shares.NUMBERS:
        two = {number: value for number, value in parts.items() if number != left_out}
        assert shares.join(two) == from_b64u(VECTORS["shares"]["secret"])
