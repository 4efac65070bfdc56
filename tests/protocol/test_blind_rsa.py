import json
from pathlib import Path

import gmpy2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import blind_rsa, pss

MESSAGE = b"cermin stamp 1\ns-1/peer\n" + b"t" * 32
PUBLISHED = json.loads(Path(__file__).with_name("rfc9474.json").read_text(encoding="ascii"))["vectors"]


@pytest.mark.parametrize("published", PUBLISHED, ids=[each["name"] for each in PUBLISHED])
def test_the_vectors_of_rfc_9474(published: dict[str, str]) -> None:
    """Appendix A of the RFC: 4096 bits, with and without prefix and salt."""
    vector = {name: bytes.fromhex(value) for name, value in published.items() if name != "name"}
    number = {name: int.from_bytes(value, "big") for name, value in vector.items()}
    key = blind_rsa.SigningKey.from_primes(number["p"], number["q"])
    public, message, salt = key.public_bytes, vector["msg_prefix"] + vector["msg"], vector["salt"]
    assert key.n == number["n"]
    factor = int(gmpy2.invert(number["inv"], key.n))
    blinded = blind_rsa.blind_with(public, message, salt=salt, factor=factor)
    assert (blinded.message, blinded.inverse) == (vector["blinded_msg"], number["inv"])
    blind_signature = key.blind_sign(blinded.message)
    assert blind_signature == vector["blind_sig"]
    signature = blind_rsa.finalize(public, message, blind_signature, blinded.inverse, len(salt))
    assert signature == vector["sig"]
    assert not blind_rsa.verify(public, vector["msg"] + b"\0", signature, len(salt))


def test_a_blind_signature_verifies_for_its_message_alone(signer: blind_rsa.SigningKey) -> None:
    blinded = blind_rsa.blind(signer.public_bytes, MESSAGE)
    answer = signer.blind_sign(blinded.message)
    signature = blind_rsa.finalize(signer.public_bytes, MESSAGE, answer, blinded.inverse)
    assert blind_rsa.verify(signer.public_bytes, MESSAGE, signature)
    assert not blind_rsa.verify(signer.public_bytes, MESSAGE + b"t", signature)
    for other in (answer[:-1] + bytes([answer[-1] ^ 1]), answer[1:], b"\0" + answer, b""):
        with pytest.raises(ValueError, match=r"verify|long"):
            blind_rsa.finalize(signer.public_bytes, MESSAGE, other, blinded.inverse)
    with pytest.raises(ValueError, match="verify"):
        blind_rsa.finalize(signer.public_bytes, MESSAGE, answer, blinded.inverse + 1)


def test_a_key_that_was_kept_signs_as_before() -> None:
    der = blind_rsa.generate()
    key, again = blind_rsa.load_private(der), blind_rsa.load_private(der)
    assert key.n.bit_length() == blind_rsa.BITS
    assert blind_rsa.verify(key.public_bytes, MESSAGE, again.sign(MESSAGE))
    assert str(key.p) not in repr(key)


def test_two_signatures_of_one_message_differ(signer: blind_rsa.SigningKey) -> None:
    """The salt is random, as in a signature that a device unblinded."""
    assert signer.sign(MESSAGE) != signer.sign(MESSAGE)


@pytest.mark.parametrize("distance", [0, 1, -1, None, 2**2048 - 1])
def test_what_is_no_blinded_message_is_refused(signer: blind_rsa.SigningKey, distance: int | None) -> None:
    number = signer.n if distance is None else distance if distance >= 0 else signer.n + distance
    with pytest.raises(ValueError, match="blinded"):
        signer.blind_sign(number.to_bytes(blind_rsa.BYTES, "big"))


@pytest.mark.parametrize("size", [0, 1, 255, 257, 512])
def test_a_blinded_message_of_another_length_is_refused(signer: blind_rsa.SigningKey, size: int) -> None:
    with pytest.raises(ValueError, match="blinded"):
        signer.blind_sign((5).to_bytes(size, "big") if size else b"")


@pytest.mark.parametrize("broken", ["p", "q", "dp", "dq", "q_inverse"])
def test_a_fault_in_the_arithmetic_gives_no_signature(signer: blind_rsa.SigningKey, broken: str) -> None:
    parts = {name: getattr(signer, name) for name in ("n", "p", "q", "dp", "dq", "q_inverse")}
    faulty = blind_rsa.SigningKey(**(parts | {broken: parts[broken] ^ 2}))
    with pytest.raises(blind_rsa.FaultySignatureError):
        faulty.blind_sign(b"\x05" * 256)


@settings(max_examples=60)
@given(place=st.integers(0, 255), flip=st.integers(1, 255))
def test_a_changed_byte_verifies_nothing(signer: blind_rsa.SigningKey, place: int, flip: int) -> None:
    signature = signer.sign(MESSAGE)
    changed = signature[:place] + bytes([signature[place] ^ flip]) + signature[place + 1 :]
    assert blind_rsa.verify(signer.public_bytes, MESSAGE, signature)
    assert not blind_rsa.verify(signer.public_bytes, MESSAGE, changed)


@given(signature=st.binary(max_size=300), public=st.binary(max_size=300))
def test_a_strangers_bytes_verify_nothing(
    signer: blind_rsa.SigningKey, signature: bytes, public: bytes
) -> None:
    assert not blind_rsa.verify(signer.public_bytes, MESSAGE, signature)
    assert not blind_rsa.verify(public, MESSAGE, signature)


def test_what_has_no_inverse_is_not_blinded(signer: blind_rsa.SigningKey) -> None:
    with pytest.raises(ValueError, match="inverse"):
        blind_rsa.blind_with(signer.public_bytes, MESSAGE, salt=bytes(48), factor=signer.p)


def test_a_modulus_too_small_for_hash_and_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="small"):
        pss.encode(MESSAGE, bytes(48), 8 * 97)
    assert len(pss.encode(MESSAGE, bytes(48), 8 * 98)) == 98
