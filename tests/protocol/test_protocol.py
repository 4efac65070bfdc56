"""Papers, ballots, lists and holders' keys: what must open opens, and nothing else."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import ballots, blind_rsa, encoding, holder, lists, merkle, sealing, shares, tokens

CYCLE, SCOPE = "c-1", "s-1/peer"


@pytest.fixture(scope="module")
def signer() -> blind_rsa.SigningKey:
    return blind_rsa.load_private(blind_rsa.generate())


def make_ballot(signer: blind_rsa.SigningKey, token: bytes = b"t" * 32) -> ballots.Ballot:
    signature = signer.sign(tokens.stamp_message(SCOPE, token))
    return ballots.Ballot(
        CYCLE, SCOPE, "hash", ballots.Stamp(token, signature), {"A1": 4}, {"A2": "not_seen"}, {"keep": "Ya."}
    )


def test_a_blind_signature_verifies_for_its_message_alone(signer: blind_rsa.SigningKey) -> None:
    message = tokens.stamp_message(SCOPE, b"t" * 32)
    blinded, inverse = blind_rsa.blind(signer.public_bytes, message)
    signature = blind_rsa.finalize(signer.public_bytes, message, signer.blind_sign(blinded), inverse)
    assert blind_rsa.verify(signer.public_bytes, message, signature)
    assert not blind_rsa.verify(signer.public_bytes, tokens.stamp_message("s-1/self", b"t" * 32), signature)
    with pytest.raises(ValueError, match="verify"):
        blind_rsa.finalize(signer.public_bytes, message, signer.blind_sign(blinded), inverse + 1)


def test_every_request_explains_every_ballot(signer: blind_rsa.SigningKey) -> None:
    """Whoever owns the key and the whole list of requests learns nothing: each pair has its factor."""
    messages = [tokens.stamp_message(SCOPE, bytes([place]) * 32) for place in range(5)]
    requests = [blind_rsa.blind(signer.public_bytes, message) for message in messages]
    answers = [signer.blind_sign(blinded) for blinded, _inverse in requests]
    signatures = [
        blind_rsa.finalize(signer.public_bytes, message, answer, inverse)
        for message, answer, (_blinded, inverse) in zip(messages, answers, requests, strict=True)
    ]
    n = signer.n
    for (blinded, _inverse), answer in zip(requests, answers, strict=True):
        for signature in signatures:
            s, of_request = int.from_bytes(signature, "big"), int.from_bytes(blinded, "big")
            factor = int.from_bytes(answer, "big") * pow(s, -1, n) % n
            encoded = pow(s, blind_rsa.EXPONENT, n)
            assert encoded * pow(factor, blind_rsa.EXPONENT, n) % n == of_request


@pytest.mark.parametrize("value", [0, 1, -1, None])
def test_what_is_no_blinded_message_is_refused(signer: blind_rsa.SigningKey, value: int | None) -> None:
    number = signer.n if value is None else value % signer.n
    with pytest.raises(ValueError, match="blinded"):
        signer.blind_sign(number.to_bytes(blind_rsa.BYTES, "big"))
    with pytest.raises(ValueError, match="blinded"):
        signer.blind_sign(b"\x05" * 255)


def test_a_fault_in_the_arithmetic_gives_no_signature(signer: blind_rsa.SigningKey) -> None:
    broken = blind_rsa.SigningKey(signer.n, signer.p, signer.q, signer.dp ^ 2, signer.dq, signer.q_inverse)
    with pytest.raises(blind_rsa.FaultySignatureError):
        broken.blind_sign(b"\x05" * 256)


def test_a_ballot_goes_through_both_layers_and_back(signer: blind_rsa.SigningKey) -> None:
    outer, inner = holder.make_key(CYCLE, 1, "A"), holder.make_key(CYCLE, 2, "B")
    ballot = make_ballot(signer)
    sealed = sealing.seal(outer.public_bytes, inner.public_bytes, CYCLE, ballots.encode(ballot))
    assert len(sealed) == sealing.SEALED_BYTES[sealing.OUTER] == 8_354
    once = sealing.open_layer(outer.private_key, CYCLE, 1, sealed)
    assert once is not None
    assert sealing.open_layer(outer.private_key, "another", 1, sealed) is None
    assert sealing.open_layer(outer.private_key, CYCLE, 2, sealed) is None
    padded = sealing.open_layer(inner.private_key, CYCLE, 2, once)
    assert padded is not None
    text = sealing.unpad(padded)
    assert text is not None
    found = ballots.read(text)
    assert found == ballot
    assert ballots.has_valid_stamp(found, signer.public_bytes)


@settings(max_examples=60)
@given(place=st.integers(0, 8_353), flip=st.integers(1, 255))
def test_a_changed_byte_opens_nothing(place: int, flip: int) -> None:
    key = holder.HolderKey(CYCLE, 1, "A", (7).to_bytes(32, "big"))
    sealed = bytearray(sealing.seal(key.public_bytes, key.public_bytes, CYCLE, b"{}"))
    sealed[place] ^= flip
    assert sealing.open_layer(key.private_key, CYCLE, 1, bytes(sealed)) is None


@given(text=st.binary(max_size=300))
def test_a_strangers_text_is_no_ballot(text: bytes) -> None:
    assert ballots.read(text) is None


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2}, {"answers": {"A1": 4.0}}, {"answers": {"A1": True}}, {"answers": []}, {"scope": 1},
        {"more": 1}, {"stamp": {"token": "AA", "signature": "AA"}}, {"missing": {"A1": 3}},
        {"comments": {"k": None}}, {"stamp": None},
    ],
)  # fmt: skip
def test_a_ballot_with_another_shape_is_none(signer: blind_rsa.SigningKey, change: dict) -> None:
    parts = json.loads(ballots.encode(make_ballot(signer))) | change
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert ballots.read(text) is None


def test_a_ballot_too_long_is_refused_before_it_is_sealed() -> None:
    with pytest.raises(ValueError, match="longer"):
        sealing.pad(b"x" * (sealing.LONGEST_TEXT + 1))
    assert sealing.unpad(sealing.pad(b"")) == b""
    assert sealing.unpad(b"\xff" * sealing.PADDED_BYTES) is None


@given(secret=st.binary(min_size=1, max_size=40), pair=st.sampled_from([(1, 2), (1, 3), (2, 3), (3, 1)]))
def test_any_two_shares_give_the_secret_back(secret: bytes, pair: tuple[int, int]) -> None:
    parts = shares.split(secret)
    assert shares.join({number: parts[number] for number in pair}) == secret


def test_one_share_says_nothing() -> None:
    """Of one fixed secret, every value of a share is as likely as any other."""
    seen = [shares.split(b"\x42")[2][0] for _ in range(20_000)]
    expected = len(seen) / 256
    chi2 = sum((seen.count(value) - expected) ** 2 / expected for value in range(256))
    assert chi2 < 400  # 255 degrees of freedom: passed by chance in all but one case in ten million


def test_a_holders_files_come_back_and_only_they() -> None:
    key = holder.make_key(CYCLE, 2, "Inspektorat")
    assert holder.read_key(holder.key_file(key)) == key
    files = holder.share_files(key)
    assert holder.join_shares(files[1:]) == key
    with pytest.raises(holder.RefusedFileError, match="together"):
        holder.join_shares([files[0], files[0]])
    with pytest.raises(holder.RefusedFileError, match="another_kind"):
        holder.read_key(files[0])
    with pytest.raises(holder.RefusedFileError, match="not_our_file"):
        holder.read_key(b"\x89PNG")
    assert holder.read_public(holder.public_file(key)) == (CYCLE, 2, "Inspektorat", key.public_bytes)
    assert b"private" not in holder.public_file(key)


def test_only_the_owner_of_the_key_answers_a_challenge() -> None:
    key, other = holder.make_key(CYCLE, 1, "A"), holder.make_key(CYCLE, 1, "A")
    text = holder.new_proof_text()
    challenge = holder.challenge_file(key.public_bytes, CYCLE, 1, text)
    assert holder.read_answer(holder.answer_file(key, challenge)) == holder.proof_answer(text)
    with pytest.raises(holder.RefusedFileError, match="wrong_key"):
        holder.answer_file(other, challenge)


def test_lists_go_through_both_holders_shuffled(tmp_path: Path) -> None:
    keys = {1: holder.make_key(CYCLE, 1, "A"), 2: holder.make_key(CYCLE, 2, "B")}
    texts = [f"ballot {number}".encode() for number in range(60)]
    sealed = tuple(sealing.seal(keys[1].public_bytes, keys[2].public_bytes, CYCLE, text) for text in texts)
    found = lists.BallotList(CYCLE, 1, sealed)
    for layer in (1, 2):
        lists.write(tmp_path / "list", found)
        found = lists.read((tmp_path / "list").read_bytes())
        lists.check(found, cycle=CYCLE, layer=layer, count=60, told_hash=found.hash)
        found = lists.open_layer(found, keys[layer].private_key).next_list
    opened = [sealing.unpad(item) for item in found.items]
    assert sorted(filter(None, opened)) == sorted(texts)
    assert opened != texts


@pytest.mark.parametrize(
    ("items", "told", "code"),
    [
        (60, {"count": 59}, "not_as_told"),
        (60, {"told_hash": "0" * 64}, "not_as_told"),
        (60, {"cycle": "another"}, "wrong_list"),
        (60, {"layer": 2}, "wrong_list"),
        (49, {}, "too_few"),
    ],
)
def test_a_holder_refuses_a_suspicious_list(items: int, told: dict, code: str) -> None:
    found = lists.BallotList(CYCLE, 1, tuple(number.to_bytes(8_354, "big") for number in range(items)))
    expected = {"cycle": CYCLE, "layer": 1, "count": items, "told_hash": found.hash} | told
    with pytest.raises(lists.RefusedListError, match=code):
        lists.check(found, **expected)


def test_a_holder_refuses_repeated_items_and_a_wrong_key() -> None:
    item = bytes(8_354)
    found = lists.BallotList(CYCLE, 1, (item,) * 60)
    with pytest.raises(lists.RefusedListError, match="repeated"):
        lists.check(found, cycle=CYCLE, layer=1, count=60, told_hash=found.hash)
    with pytest.raises(lists.RefusedListError, match="unreadable"):
        lists.open_layer(found, holder.make_key(CYCLE, 1, "A").private_key)


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\n", b'{"kind":"cermin list 1"}\n'])
def test_a_damaged_list_file_is_refused(damage: bytes) -> None:
    with pytest.raises(lists.RefusedListError):
        lists.read(damage)


@given(size=st.integers(1, 40), data=st.data())
def test_a_merkle_path_proves_its_line_alone(size: int, data: st.DataObject) -> None:
    lines = [bytes([number]) for number in range(size)]
    place = data.draw(st.integers(0, size - 1))
    root, path = merkle.root(lines), merkle.path(lines, place)
    assert merkle.is_in(lines[place], place, size, path, root)
    assert not merkle.is_in(b"other", place, size, path, root)
    assert size == 1 or not merkle.is_in(lines[place], (place + 1) % size, size, path, root)


def test_canonical_json_holds_no_fractions_and_codes_are_read_out() -> None:
    assert encoding.canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
    with pytest.raises(ValueError, match="fractions"):
        encoding.canonical({"a": [1.0]})
    assert encoding.code(bytes(32)) == "0000-0000-0000-0000"
    assert encoding.code(b"\xff" * 32) == "ZZZZ-ZZZZ-ZZZZ-ZZZZ"


@given(data=st.binary(max_size=60))
def test_base64url_comes_back_and_has_one_form(data: bytes) -> None:
    text = encoding.to_b64u(data)
    assert encoding.from_b64u(text) == data
    with pytest.raises(ValueError, match="base64url"):
        encoding.from_b64u(text + "=")
