import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import ballots, blind_rsa, box, sealing, tokens
from tests.protocol.conftest import CYCLE

TOKEN = b"p" * 32
SEALED = bytes(sealing.ITEM_BYTES[sealing.OUTER])


def make_delivery(signer: blind_rsa.SigningKey) -> box.Delivery:
    return box.Delivery(CYCLE, ballots.Signed(TOKEN, signer.sign(tokens.pass_message(CYCLE, TOKEN))), SEALED)


def test_a_delivery_is_read_in_any_order_of_its_fields(signer: blind_rsa.SigningKey) -> None:
    delivery = make_delivery(signer)
    parts = json.loads(box.encode(delivery))
    assert list(parts) == ["box", "pass", "sealed"]
    assert box.read(json.dumps(dict(reversed(parts.items())), indent=1).encode()) == delivery
    assert delivery.name == tokens.name_in_box(TOKEN)


def test_a_pass_holds_for_its_cycle_alone(signer: blind_rsa.SigningKey) -> None:
    delivery = make_delivery(signer)
    stamp = ballots.Signed(TOKEN, signer.sign(tokens.stamp_message(CYCLE, TOKEN)))
    assert box.has_valid_pass(delivery, signer.public_bytes)
    for other in (
        {"cycle": "other"},
        {"box_pass": stamp},
        {"box_pass": ballots.Signed(bytes(32), bytes(256))},
    ):
        assert not box.has_valid_pass(dataclasses.replace(delivery, **other), signer.public_bytes)


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1}, {"box": 1}, {"pass": None}, {"pass": {"token": "AA", "signature": ""}}, {"sealed": "AA"},
        {"sealed": None}, {"sealed": "A" * 11_140}, {"invitation": "who"},
    ],
)  # fmt: skip
def test_a_delivery_with_another_shape_is_none(signer: blind_rsa.SigningKey, change: dict) -> None:
    parts = json.loads(box.encode(make_delivery(signer))) | change
    assert box.read(json.dumps(parts).encode()) is None


@given(body=st.binary(max_size=200))
def test_a_strangers_bytes_are_no_delivery(body: bytes) -> None:
    assert box.read(body) is None


def test_nested_nonsense_is_no_delivery() -> None:
    assert box.read(b"[" * 100_000) is None


def test_the_hash_of_a_box_is_over_all_in_the_order_of_their_names() -> None:
    lying = [(bytes([number]), b"ballot %d" % number) for number in range(1, 5)]
    whole = box.box_hash(CYCLE, lying)
    assert len({whole, box.box_hash("other", lying), box.box_hash(CYCLE, lying[1:])}) == 3
    for wrong in (reversed(lying), [lying[0], lying[0]]):
        with pytest.raises(ValueError, match="order"):
            box.box_hash(CYCLE, wrong)
