import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import holder, sealing
from protocol.encoding import to_b64u
from protocol.refusals import RefusedError
from tests.protocol.conftest import CYCLE

KEY = holder.make_key(CYCLE, 2, "Inspektorat “Kota”")
SHARES = list(holder.share_files(KEY).values())
CHALLENGE = holder.challenge_file(KEY.public, b"text")
READERS = {
    "key": (holder.read_key, holder.key_file(KEY)),
    "share": (lambda data: holder.join_shares([data, SHARES[2]]), SHARES[0]),
    "public": (holder.read_public, holder.public_file(KEY)),
    "challenge": (lambda data: holder.answer_file(KEY, data, holder.FROM_KEY), CHALLENGE),
    "answer": (holder.read_answer, holder.answer_file(KEY, CHALLENGE, holder.FROM_KEY)),
}


def test_a_key_comes_back_from_its_file() -> None:
    assert holder.read_key(holder.key_file(KEY)) == KEY
    assert holder.read_key(b"\xef\xbb\xbf" + holder.key_file(KEY) + b"\r\n") == KEY


@pytest.mark.parametrize("pair", [(0, 1), (0, 2), (1, 2), (2, 0)])
def test_a_key_comes_back_from_two_of_its_shares(pair: tuple[int, int]) -> None:
    assert holder.join_shares([SHARES[place] for place in pair]) == KEY


def test_shares_that_do_not_fit_are_refused() -> None:
    other = list(holder.share_files(holder.make_key(CYCLE, 2, KEY.office)).values())
    again = list(holder.share_files(KEY).values())
    wrong_number = SHARES[0].replace(b'"share":1', b'"share":4')
    same_owner = other[1].replace(_public(other[1]), _public(SHARES[0]))
    for files in (
        [SHARES[0]], [SHARES[0], SHARES[0]], SHARES, [SHARES[0], other[1]], [SHARES[0], again[1]],
        [wrong_number, SHARES[1]], [SHARES[0], SHARES[1].replace(CYCLE.encode(), b"c-2")],
        [SHARES[0], same_owner], [],
    ):  # fmt: skip
        with pytest.raises(RefusedError, match="shares_do_not_fit"):
            holder.join_shares(files)


def _public(share: bytes) -> bytes:
    return json.loads(share)["public"].encode()


def test_nothing_secret_is_shown_or_handed_out() -> None:
    secret = json.loads(holder.key_file(KEY))["private"]
    assert repr(KEY.scalar) not in repr(KEY)
    for _read, data in (READERS["public"], READERS["challenge"], READERS["answer"]):
        assert secret.encode() not in data
    assert all(secret.encode() not in share for share in SHARES)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG", b"[]", b"{}", b"null", b'{"kind":[]}', b"[" * 100_000, b"\xff"]
)
def test_what_is_not_ours_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(RefusedError, match="not_our_file"):
        READERS[name][0](data)


@pytest.mark.parametrize("name", READERS)
def test_a_file_of_another_kind_is_refused(name: str) -> None:
    read = READERS[name][0]
    for other in READERS:
        if other != name:
            with pytest.raises(RefusedError, match="another_kind"):
                read(READERS[other][1])


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_a_file_with_one_byte_changed_is_read_as_it_was_or_refused(name: str, data: st.DataObject) -> None:
    """A key file is either right or refused; who holds a key learns of damage before it matters."""
    read, whole = READERS[name]
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :]
    try:
        found = read(changed)
    except RefusedError:
        return
    if name in ("key", "share"):
        assert found.scalar == KEY.scalar


@pytest.mark.parametrize(
    "change",
    [
        {"layer": 3}, {"layer": "1"}, {"cycle": 1}, {"office": None}, {"more": 1}, {"private": "AA"},
        {"private": "A" * 43}, {"private": 5}, {"private": "_" * 42 + "8"}, {"public": "AA"},
    ],
)  # fmt: skip
def test_a_key_file_out_of_order_is_refused(change: dict) -> None:
    parts = json.loads(holder.key_file(KEY)) | change
    with pytest.raises(RefusedError, match="damaged"):
        holder.read_key(json.dumps(parts).encode())


@pytest.mark.parametrize("public", ["A" * 87, "BAAA" + "A" * 83, "AA", ""])
def test_a_public_key_that_is_no_point_is_refused(public: str) -> None:
    parts = json.loads(holder.public_file(KEY)) | {"public": public}
    with pytest.raises(RefusedError, match="damaged"):
        holder.read_public(json.dumps(parts).encode())


def test_only_the_owner_of_the_key_answers_a_challenge() -> None:
    text = holder.new_proof_text()
    challenge = holder.challenge_file(holder.read_public(holder.public_file(KEY)), text)
    for key, source in (
        (KEY, holder.FROM_KEY), (holder.join_shares(SHARES[:2]), holder.FROM_SHARES),
    ):  # fmt: skip
        answer = holder.read_answer(holder.answer_file(key, challenge, source))
        assert answer == holder.Answer(CYCLE, 2, source, holder.proof_answer(text))
    other = holder.make_key(CYCLE, 2, KEY.office)
    with pytest.raises(RefusedError, match="wrong_key"):
        holder.answer_file(other, challenge, holder.FROM_KEY)
    for elsewhere in (
        holder.HolderKey("c-2", 2, "A", KEY.scalar),
        holder.HolderKey(CYCLE, 1, "A", KEY.scalar),
    ):
        with pytest.raises(RefusedError, match="wrong_challenge"):
            holder.answer_file(elsewhere, challenge, holder.FROM_KEY)


def test_a_ballot_is_never_opened_as_a_challenge() -> None:
    """The server cannot have a ballot opened by sending it as a challenge: its sealing names its purpose."""
    ballot = sealing.seal_layer(KEY.public.point, CYCLE, 2, b"ballot")
    disguised = json.loads(CHALLENGE) | {"sealed": to_b64u(ballot)}
    with pytest.raises(RefusedError, match="wrong_key"):
        holder.answer_file(KEY, json.dumps(disguised).encode(), holder.FROM_KEY)


def test_fingerprints_tell_keys_apart() -> None:
    assert len(KEY.public.fingerprint) == 19
    assert KEY.public.fingerprint != holder.make_key(CYCLE, 2, KEY.office).public.fingerprint
