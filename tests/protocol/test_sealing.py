import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import holder, sealing
from tests.protocol import drawn
from tests.protocol.conftest import CYCLE

KEY = holder.HolderKey(CYCLE, 1, "A", drawn.scalar("sealing"))
SEALED = sealing.seal(KEY.public.point, KEY.public.point, CYCLE, b"{}")


@given(text=st.binary(max_size=200))
def test_padding_comes_off_again(text: bytes) -> None:
    padded = sealing.pad(text)
    assert len(padded) == sealing.PADDED_BYTES
    assert sealing.unpad(padded) == text


def test_a_ballot_too_long_is_refused_before_it_is_sealed() -> None:
    longest = b"x" * sealing.LONGEST_TEXT
    assert sealing.unpad(sealing.pad(longest)) == longest
    with pytest.raises(ValueError, match="longer"):
        sealing.pad(longest + b"x")


@pytest.mark.parametrize(
    "padded",
    [
        b"", bytes(8_191), bytes(8_193), b"\xff" * 8_192, (8_189).to_bytes(4, "big") + bytes(8_188),
        (1).to_bytes(4, "big") + b"xy" + bytes(8_186), bytes(8_191) + b"\x01",
    ],
)  # fmt: skip
def test_what_is_not_padded_our_way_is_none(padded: bytes) -> None:
    assert sealing.unpad(padded) is None


def test_a_ballot_goes_through_both_layers_and_back(keys: dict[int, holder.HolderKey]) -> None:
    sealed = sealing.seal(keys[1].public.point, keys[2].public.point, CYCLE, b"ballot")
    assert len(sealed) == sealing.ITEM_BYTES[sealing.OUTER] == 8_354
    once = sealing.open_layer(keys[1].private_key, CYCLE, 1, sealed)
    assert once is not None
    assert len(once) == sealing.ITEM_BYTES[sealing.INNER]
    padded = sealing.open_layer(keys[2].private_key, CYCLE, 2, once)
    assert padded is not None
    assert sealing.unpad(padded) == b"ballot"


def test_another_cycle_layer_or_key_opens_nothing(keys: dict[int, holder.HolderKey]) -> None:
    sealed = sealing.seal(keys[1].public.point, keys[2].public.point, CYCLE, b"ballot")
    assert sealing.open_layer(keys[1].private_key, "another", 1, sealed) is None
    assert sealing.open_layer(keys[1].private_key, CYCLE, 2, sealed) is None
    assert sealing.open_layer(keys[2].private_key, CYCLE, 1, sealed) is None


def test_our_sealing_is_that_of_the_rfc(keys: dict[int, holder.HolderKey]) -> None:
    """Sealed by the steps of RFC 9180 written out anew, opened by ours."""
    inner, outer = drawn.seal_ballot(keys, CYCLE, b"ballot", "test")
    assert sealing.open_layer(keys[1].private_key, CYCLE, 1, outer) == inner
    assert sealing.open_layer(keys[2].private_key, CYCLE, 2, inner) == sealing.pad(b"ballot")


@settings(max_examples=60)
@given(place=st.integers(0, 8_353), flip=st.integers(1, 255))
def test_a_changed_byte_opens_nothing(place: int, flip: int) -> None:
    changed = SEALED[:place] + bytes([SEALED[place] ^ flip]) + SEALED[place + 1 :]
    assert sealing.open_layer(KEY.private_key, CYCLE, 1, changed) is None


@pytest.mark.parametrize("place", range(65 + 16))
def test_no_byte_of_the_encapsulated_key_or_of_the_tag_may_change(place: int) -> None:
    place = place if place < 65 else -(place - 64)
    changed = bytearray(SEALED)
    changed[place] ^= 1
    assert sealing.open_layer(KEY.private_key, CYCLE, 1, bytes(changed)) is None


@given(sealed=st.binary(max_size=200))
def test_a_strangers_bytes_open_nothing(sealed: bytes) -> None:
    assert sealing.open_layer(KEY.private_key, CYCLE, 1, sealed) is None
    assert sealing.open_layer(KEY.private_key, CYCLE, 1, SEALED[: len(sealed)]) is None


def test_public_keys_are_uncompressed_points() -> None:
    point = KEY.public.point
    assert sealing.is_public_key(point)
    for other in (b"", bytes(65), point[:-1], point + b"\0", b"\x02" + point[1:33], b"\x04" + bytes(64)):
        assert not sealing.is_public_key(other)
