import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import encoding

WHOLE = st.integers(-encoding.LARGEST_NUMBER, encoding.LARGEST_NUMBER)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(value=VALUES)
def test_canonical_json_is_read_back(value: object) -> None:
    assert encoding.read_canonical(encoding.canonical(value)) == value


def test_canonical_json_is_sorted_and_written_plainly() -> None:
    assert encoding.canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
    by_code_point = encoding.canonical({"\U0001f600": 1, "\uffee": 2}).decode()
    assert by_code_point == '{"\uffee":2,"\U0001f600":1}'


@pytest.mark.parametrize(
    "value", [1.0, [1.5], {"a": {"b": 0.0}}, float("nan"), 2**53, -(2**53), {1: "a"}, {None: 1}, "\ud83d"]
)
def test_what_languages_write_differently_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"canonical|surrogates"):
        encoding.canonical(value)


@pytest.mark.parametrize(
    "text",
    [
        b"", b" {}", b'{"a":1,"a":1}', b'{"b":1,"a":1}', b'{"a": 1}', b'{"a":1.0}', b'{"a":1}\n',
        b'"\\u00e9"', b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b"\xff", b"NaN", b"[" * 100_000, b"9" * 5_000,
        b'{"a":' * 3_000 + b"1" + b"}" * 3_000,
    ],
)  # fmt: skip
def test_a_text_that_is_not_canonical_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):
        encoding.read_canonical(text)


def test_a_record_has_its_fields_and_types_to_the_letter() -> None:
    shape = {"name": str, "step": int}
    assert encoding.record({"step": 1, "name": "A"}, shape) == {"step": 1, "name": "A"}
    for wrong in ({"name": "A"}, {"name": "A", "step": True}, {"name": "A", "step": 1, "more": 1}, [], None):
        with pytest.raises(ValueError, match="not"):
            encoding.record(wrong, shape)


@given(data=st.binary(max_size=60))
def test_base64url_comes_back_and_has_one_form(data: bytes) -> None:
    text = encoding.to_b64u(data)
    assert encoding.from_b64u(text) == data
    for other in (text + "=", text + " ", text + "\n", "+" + text, text + "AA é"):
        with pytest.raises(ValueError):
            encoding.from_b64u(other)
    with pytest.raises(ValueError, match="size"):
        encoding.from_b64u(text, len(data) + 1)


def test_loose_bits_at_the_end_are_refused() -> None:
    assert encoding.from_b64u("AA") == b"\0"
    with pytest.raises(ValueError, match="base64url"):
        encoding.from_b64u("AB")


def test_codes_are_read_out_from_the_high_end() -> None:
    assert encoding.code(bytes(32)) == "0000-0000-0000-0000"
    assert encoding.code(b"\xff" * 32) == "ZZZZ-ZZZZ-ZZZZ-ZZZZ"
    assert encoding.code(bytes([0b00001_000, 0b10_00011_0, *bytes(30)])) == "1230-0000-0000-0000"
