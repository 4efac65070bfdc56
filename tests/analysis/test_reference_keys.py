"""Every key of the reference data: what R gave, what we give, one test a key."""

import pytest

from tests.analysis.keys import table
from tests.analysis.keys.registry import (
    MATCHERS,
    all_keys,
    compare,
    entries,
    is_close,
    load_matchers,
    reason_left,
)

load_matchers()


@pytest.mark.parametrize(("dataset", "name"), sorted(MATCHERS), ids=map("/".join, sorted(MATCHERS)))
def test_key(dataset: str, name: str) -> None:
    entry = entries(dataset)[name]
    pairs = list(compare(MATCHERS[dataset, name](name), entry["value"]))
    tolerance = entry.get("tol", 1e-8)
    off = [pair for pair in pairs if not is_close(pair, tolerance)]
    assert pairs
    assert not off, f"not within {tolerance} of {entry['cmd']}: {off[:5]}"


def test_every_key_is_matched_or_left_with_a_reason() -> None:
    silent = [pair for pair in all_keys() if pair not in MATCHERS and reason_left(*pair) is None]
    assert silent == []


def test_no_key_is_both_matched_and_left() -> None:
    assert [pair for pair in MATCHERS if reason_left(*pair) is not None] == []


def test_the_table_in_the_docs_is_the_one_of_today() -> None:
    text = table.METHODS.read_text(encoding="utf-8")
    assert table.with_table(text) == text, "run `python -m tests.analysis.keys.table`"
