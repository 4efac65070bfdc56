import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import shares

PAIRS = [(1, 2), (1, 3), (2, 3), (2, 1), (3, 1), (3, 2)]


@given(secret=st.binary(min_size=1, max_size=40), pair=st.sampled_from(PAIRS))
def test_any_two_shares_give_the_secret_back(secret: bytes, pair: tuple[int, int]) -> None:
    parts = shares.split(secret)
    assert shares.join({number: parts[number] for number in pair}) == secret


@pytest.mark.parametrize("number", shares.NUMBERS)
def test_one_share_says_nothing(number: int) -> None:
    """Of one fixed secret, every value of a share is as likely as any other."""
    seen = b"".join(shares.split(bytes([0x42]) * 1_000)[number] for _ in range(20))
    expected = len(seen) / 256
    chi2 = sum((seen.count(value) - expected) ** 2 / expected for value in range(256))
    assert chi2 < 400  # 255 degrees of freedom: passed by chance in all but one case in ten million


@pytest.mark.parametrize("number", shares.NUMBERS)
def test_one_share_fits_every_secret_once(number: int) -> None:
    """Whatever a share's value, each secret has exactly one slope that gives it: nothing is ruled out."""
    slopes = bytes(range(256))
    for secret in (0, 1, 0x42, 255):
        assert sorted(shares.on_line(bytes([secret]) * 256, slopes)[number]) == list(range(256))


def test_multiplication_is_that_of_the_field() -> None:
    """The published example of the field (FIPS 197, section 4.2): 57 times 83 is c1; 57 times 13 is fe."""
    assert shares.times(0x57, 0x83) == 0xC1
    assert shares.times(0x57, 0x13) == 0xFE


@pytest.mark.parametrize(
    "two",
    [{}, {1: b"a"}, {1: b"a", 2: b"b", 3: b"c"}, {0: b"a", 1: b"b"}, {1: b"a", 4: b"b"}, {1: b"ab", 2: b"c"}],
)
def test_what_are_not_two_shares_is_refused(two: dict[int, bytes]) -> None:
    with pytest.raises(ValueError, match=r"shares|shorter"):
        shares.join(two)
