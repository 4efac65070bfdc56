import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import ballots, blind_rsa, tokens
from tests.protocol import drawn
from tests.protocol.conftest import CYCLE

SCOPE = "s-1/peer"
TOKEN = b"t" * 32
NAMES = st.text(min_size=1, max_size=12)


def make_ballot(signer: blind_rsa.SigningKey) -> ballots.Ballot:
    stamp = ballots.Signed(TOKEN, signer.sign(tokens.stamp_message(SCOPE, TOKEN)))
    return ballots.Ballot(
        CYCLE, SCOPE, "hash", stamp, {"A1": 4}, {"A2": "not_seen"}, {"keep": "Ya. “É” 😀\n"}
    )


@given(
    answers=st.dictionaries(NAMES, st.integers(-9, 9), max_size=5),
    missing=st.dictionaries(NAMES, st.text(max_size=12), max_size=5),
    comments=st.dictionaries(NAMES, st.text(), max_size=3),
)
def test_what_was_written_is_read(
    answers: dict[str, int], missing: dict[str, str], comments: dict[str, str]
) -> None:
    missing = {item: reason for item, reason in missing.items() if item not in answers}
    ballot = ballots.Ballot(
        CYCLE, SCOPE, "hash", ballots.Signed(TOKEN, bytes(256)), answers, missing, comments
    )
    assert ballots.read(ballots.encode(ballot)) == ballot


def test_the_receipt_is_that_of_the_stamp(signer: blind_rsa.SigningKey) -> None:
    assert make_ballot(signer).receipt == tokens.receipt(TOKEN)


@given(text=st.binary(max_size=300))
def test_a_strangers_text_is_no_ballot(text: bytes) -> None:
    assert ballots.read(text) is None


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2}, {"version": True}, {"version": "1"}, {"version": 1.0}, {"more": 1}, {"cycle": None},
        {"answers": {"A1": 4.0}}, {"answers": {"A1": True}}, {"answers": []}, {"answers": {"A1": "4"}},
        {"answers": {"A1": None}}, {"answers": {"A1": 2**53}}, {"answers": {"A1": [4]}},
        {"answers": {"A2": 4}}, {"answers": {"x" * 201: 4}}, {"scope": 1}, {"scope": "x" * 201},
        {"instrument": ["hash"]},
        {"missing": {"A3": 3}}, {"missing": {"A3": "x" * 201}}, {"missing": None}, {"comments": {"k": None}},
        {"comments": {"k": ["words"]}}, {"comments": {"x" * 201: ""}}, {"comments": {"k": "\ud83d"}},
        {"stamp": None}, {"stamp": {"token": "AA", "signature": "AA"}}, {"stamp": {}},
        {"stamp": {"token": "A" * 43, "signature": "A" * 342, "more": ""}},
        {"stamp": {"token": "A" * 43 + "=", "signature": "A" * 342}},
        {"stamp": {"token": 1, "signature": None}},
    ],
)  # fmt: skip
def test_a_ballot_with_another_shape_is_none(signer: blind_rsa.SigningKey, change: dict) -> None:
    parts = json.loads(ballots.encode(make_ballot(signer))) | change
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert ballots.read(text.encode(errors="surrogatepass")) is None


def test_a_ballot_is_read_to_the_byte(signer: blind_rsa.SigningKey) -> None:
    text = ballots.encode(make_ballot(signer))
    assert ballots.read(text) is not None
    for other in (text + b"\n", b" " + text, text[:-1], text.replace(b'"A1":4', b'"A1":4,"A1":4'), text[1:]):
        assert ballots.read(other) is None
    without = {name: part for name, part in json.loads(text).items() if name != "missing"}
    assert ballots.read(json.dumps(without, sort_keys=True, separators=(",", ":")).encode()) is None


def test_a_surrogate_that_was_escaped_is_refused_and_not_a_crash() -> None:
    text = ballots.encode(ballots.Ballot(CYCLE, SCOPE, "hash", ballots.Signed(TOKEN, bytes(256))))
    assert ballots.read(text.replace(b'"comments":{}', b'"comments":{"k":"\\ud83d"}')) is None


def test_every_change_of_a_ballot_spoils_its_form_or_its_meaning(signer: blind_rsa.SigningKey) -> None:
    """No byte of a ballot is without a meaning: a text with one byte changed is never the same ballot."""
    ballot = make_ballot(signer)
    text = bytearray(ballots.encode(ballot))
    for place in range(len(text)):
        text[place] ^= 1
        assert ballots.read(bytes(text)) != ballot
        text[place] ^= 1


def test_a_stamp_holds_for_its_scope_and_key_alone(signer: blind_rsa.SigningKey) -> None:
    ballot = make_ballot(signer)
    other_scope = ballots.Ballot(CYCLE, "s-1/self", "hash", ballot.stamp)
    other_token = ballots.Ballot(CYCLE, SCOPE, "hash", ballots.Signed(bytes(32), ballot.stamp.signature))
    box_pass = ballots.Signed(TOKEN, signer.sign(tokens.pass_message(SCOPE, TOKEN)))
    assert ballots.has_valid_stamp(ballot, signer.public_bytes)
    assert not ballots.has_valid_stamp(ballot, drawn.signing_key("other").public_bytes)
    assert not ballots.has_valid_stamp(other_scope, signer.public_bytes)
    assert not ballots.has_valid_stamp(other_token, signer.public_bytes)
    assert not ballots.has_valid_stamp(ballots.Ballot(CYCLE, SCOPE, "hash", box_pass), signer.public_bytes)
