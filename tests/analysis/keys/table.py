"""The table of matched and left keys in `docs/methods.md`: `python -m tests.analysis.keys.table`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from tests.analysis.keys.registry import (
    LEFT,
    MATCHERS,
    all_keys,
    entries,
    load_matchers,
    offered,
    reason_left,
)

METHODS = Path(__file__).parents[3] / "docs" / "methods.md"
START, END = "<!-- reference keys: start -->", "<!-- reference keys: end -->"


def table() -> str:
    """Matched keys per data set, then those left with their reason."""
    load_matchers()
    keys = list(all_keys())
    total, matched = Counter(data for data, _ in keys), Counter(data for data, _ in MATCHERS)
    lines = ["| data set | keys | matched | left |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {data} | {n} | {matched[data]} | {n - matched[data]} |" for data, n in sorted(total.items())
    ]
    lines += ["", "Matched (where R tells more than we compare, the compared parts and all of them):", ""]
    lines += ["| data set | keys |", "| --- | --- |"]
    lines += [
        f"| {data} | {', '.join(_compared(data, name) for own, name in sorted(MATCHERS) if own == data)} |"
        for data in sorted(total)
    ]
    lines += ["", "Left:", "", "| data set | keys | n | why |", "| --- | --- | --- | --- |"]
    left = Counter(_pattern(pair) for pair in keys if pair not in MATCHERS and reason_left(*pair))
    lines += [
        f"| {data} | {pattern} | {n} | {LEFT[data, pattern]} |" for (data, pattern), n in sorted(left.items())
    ]
    return "\n".join(lines)


def with_table(text: str) -> str:
    """The page with a fresh table between its marks."""
    before, rest = text.split(START)
    return f"{before}{START}\n\n{table()}\n\n{END}{rest.split(END)[1]}"


def _compared(data: str, name: str) -> str:
    have, of = offered(MATCHERS[data, name](name), entries(data)[name]["value"])
    return f"`{name}`" if have == of else f"`{name}` ({have} of {of})"


def _pattern(pair: tuple[str, str]) -> tuple[str, str]:
    reason = reason_left(*pair)
    return next(own for own, why in LEFT.items() if own[0] == pair[0] and why == reason)


if __name__ == "__main__":
    METHODS.write_text(with_table(METHODS.read_text(encoding="utf-8")), encoding="utf-8")
    sys.exit(0)
