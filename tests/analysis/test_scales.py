"""Scale scores: reversals by declaration, and sheets with gaps."""

import numpy as np
import pytest

from analysis.scoring.scales import reverse_items, scale_scores


def test_only_named_items_are_turned_and_turning_twice_gives_them_back() -> None:
    items = np.array([[1, 5, np.nan], [2, 2, 4]])
    once = reverse_items(items, [1, 2], scale=(1, 5))
    np.testing.assert_array_equal(once, [[1, 1, np.nan], [2, 4, 2]])
    np.testing.assert_array_equal(reverse_items(once, [1, 2], scale=(1, 5)), items)


def test_a_sheet_counts_from_half_of_the_items_on() -> None:
    items = [[4, np.nan, np.nan, 2], [4, 5, np.nan, np.nan], [np.nan] * 4]
    found = scale_scores(items, {"a": [0, 1, 2], "b": [3]})
    np.testing.assert_array_equal(found.score, [[np.nan, 2], [4.5, np.nan], [np.nan, np.nan]])
    assert found.answered.tolist() == [[1, 1], [2, 0], [0, 0]]
    assert found.names == ("a", "b")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"reverse": [0]}, "scale"),
        ({"reverse": [7], "scale": (1, 5)}, "columns"),
        ({"reverse": [0, 0], "scale": (1, 5)}, "columns"),
        ({"scale": (1, 3)}, "items"),
    ],
)
def test_wrong_arguments_are_named(given: dict, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        scale_scores([[4, 2]], {"a": [0, 1]}, **given)
    for scales in ({"a": []}, {"a": [2]}, {}):
        with pytest.raises(ValueError, match="scales"):
            scale_scores([[4, 2]], scales)
