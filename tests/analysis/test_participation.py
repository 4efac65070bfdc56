"""How a round of questionnaires will end."""

import pytest

from analysis.participation import chance_of_reaching, projected_share


def test_the_chance_of_reaching_is_the_upper_tail_of_the_binomial() -> None:
    # witness: 7 raters at .75: C(7,5) .75^5 .25^2 + 7 .75^6 .25 + .75^7
    by_hand = 21 * 0.75**5 * 0.25**2 + 7 * 0.75**6 * 0.25 + 0.75**7
    assert chance_of_reaching([7, 5, 4], 5, 0.75).tolist() == pytest.approx([by_hand, 0.75**5, 0.0])


@pytest.mark.parametrize(
    ("share", "gone", "total", "expected"),
    [(0.5, 7, 14, 0.75), (0.0, 3, 21, 0.0), (1.0, 3, 21, 1.0), (0.4, 5, 5, 0.4)],
)
def test_a_share_goes_on_at_the_same_rate(share: float, gone: float, total: float, expected: float) -> None:
    assert projected_share(share, gone, total) == pytest.approx(expected)


@pytest.mark.parametrize(("share", "elapsed", "total"), [(1.2, 1, 2), (0.5, 0, 2), (0.5, 3, 2)])
def test_a_share_without_days_is_refused(share: float, elapsed: float, total: float) -> None:
    with pytest.raises(ValueError, match="share, elapsed, total"):
        projected_share(share, elapsed, total)
