"""What means, errors and counts together with one's own answer leave open, by trying every set of answers.

One thing is told, and is known (docs/anonymity.md): who answered far from an end of the scale at which all
others of her small group stand sees that from the mean. These tests fail when anything else is told.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import pytest

from tests.attacks.quadratic import HIGH, LOW, Attacker, Group, publish

SIZE = 5  # the smallest group that is shown
FREQUENT = {"spread": (2, 8, 25, 45, 20), "alike": (0, 1, 6, 80, 13), "at odds": (30, 5, 5, 10, 50)}


@dataclass(frozen=True)
class Leak:
    """A rater whose answer follows: about which subject, and for whom."""

    group: Group
    own: int | None  # what the reader said herself; None: anybody can work it out


def leaks(groups: Sequence[Group]) -> list[Leak]:
    """Try every set of answers for every subject: for the public, and for each rater with her own answer."""
    told = publish(groups)
    attacker, found = Attacker(told), []
    for place, group in enumerate(groups):
        for own in (None, *sorted(set(group))):
            possible = attacker.answers(place, own)
            assert set(group) - ({own} if group.count(own) == 1 else set()) <= possible, "the truth must fit"
            if len(possible) == 1:
                found.append(Leak(group, own))
    return found


def is_known(leak: Leak) -> bool:
    """Whether it is the kind that the documentation tells."""
    others = sorted(leak.group)
    if leak.own is not None:
        others.remove(leak.own)
    return leak.own is not None and set(others) in ({LOW}, {HIGH})


def cities(shape: str, number: int, subjects: tuple[int, ...]) -> list[list[Group]]:
    random = Random(f"{shape} {number}")
    weights = FREQUENT[shape]
    return [
        [
            tuple(sorted(random.choices(range(LOW, HIGH + 1), weights, k=SIZE)))
            for _subject in range(random.choice(subjects))
        ]
        for _city in range(number)
    ]


@pytest.mark.parametrize("shape", FREQUENT)
@pytest.mark.parametrize(
    ("number", "subjects"),
    [
        pytest.param(60, (5, 6, 8), id="few"),
        pytest.param(1000, (5, 6, 8, 12, 20), id="many", marks=pytest.mark.attack),
    ],
)
def test_nothing_but_what_is_known_follows_from_published_figures(
    shape: str, number: int, subjects: tuple[int, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = cities(shape, number, subjects)
    found = [leak for groups in drawn for leak in leaks(groups)]
    assert [leak for leak in found if not is_known(leak)] == []
    public = sum(leak.own is None for leak in found)
    if number == 1000:
        with capsys.disabled():
            sys.stdout.write(
                f"\n{shape}: {sum(map(len, drawn))} groups of {SIZE}; followed for the public: {public}, "
                f"for a rater with her own answer: {len(found) - public}\n"
            )


AT_ODDS: list[Group] = [(2, 3, 4, 4, 5), (2, 3, 3, 4, 5), (3, 3, 4, 4, 4), (2, 2, 4, 4, 5)]


CLOSE: list[Group] = [(3, 3, 3, 3, 3)] * 4 + [(3, 3, 3, 3, 4)]
ALL_BUT_ONE: list[Group] = [(3, 3, 3, 3, 3), (4, 4, 4, 4, 4), (2, 4, 4, 4, 4), (3, 3, 4, 4, 4)]


@pytest.mark.parametrize("groups", [CLOSE, ALL_BUT_ONE])
def test_an_error_is_kept_back_where_it_would_tell_answers(
    groups: list[Group], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert leaks(groups) == []
    monkeypatch.setattr("analysis.statistics.thinning.lie_close", lambda *_sums: False)
    assert leaks(groups) != []


def test_the_known_kind_is_found() -> None:
    assert leaks([(1, 1, 1, 1, 5), *AT_ODDS]) == [Leak((1, 1, 1, 1, 5), 5)]


def test_a_group_at_an_end_is_shown_as_a_band_that_leaves_the_public_more_than_one_answer() -> None:
    at_ends: list[Group] = [(1, 1, 1, 1, 1), (1, 1, 1, 1, 2), (5, 5, 5, 5, 5), (4, 5, 5, 5, 5)]
    groups = [*at_ends, *AT_ODDS]
    assert [one.mean for one in publish(groups)[: len(at_ends)]] == [None] * len(at_ends)
    assert [leak for leak in leaks(groups) if leak.own is None] == []
