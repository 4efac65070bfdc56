"""What means, errors and counts together with one's own answer leave open, by trying every set of answers.

Two things are told, and are known (docs/anonymity.md): where all raters of all subjects lie as close
together as the means allow, the error says so; and who answered far from an end of the scale at which all
others of her small group stand sees that from the mean. These tests fail when anything else is told.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import pytest

from tests.attacks.quadratic import HIGH, LOW, Attacker, Group, publish, scaled_squares

SIZE = 5  # the smallest group that is shown
FREQUENT = {"spread": (2, 8, 25, 45, 20), "alike": (0, 1, 6, 80, 13), "at odds": (30, 5, 5, 10, 50)}


@dataclass(frozen=True)
class Leak:
    """A rater whose answer follows: about which subject, and for whom."""

    group: Group
    own: int | None  # what the reader said herself; None: anybody can work it out
    is_least: bool  # whether the answers about all subjects lie as close together as the reader can think


def leaks(groups: Sequence[Group]) -> list[Leak]:
    """Try every set of answers for every subject: for the public, and for each rater with her own answer."""
    told = publish(groups)
    attacker, found = Attacker(told), []
    for place, group in enumerate(groups):
        for own in (None, *sorted(set(group))):
            possible = attacker.answers(place, own)
            assert set(group) - ({own} if group.count(own) == 1 else set()) <= possible, "the truth must fit"
            if len(possible) == 1:
                exact = [each for each, one in zip(groups, told, strict=True) if one.mean is not None]
                found.append(Leak(group, own, excess(exact, group, own) == 0))
    return found


def excess(groups: Sequence[Group], mine: Group, own: int | None) -> int:
    """By how much the answers lie wider apart than the means allow, and than one's own answer asks for."""
    spread = sum(map(scaled_squares, groups)) - sum(least(sum(group), len(group)) for group in groups)
    if own is None or mine not in groups:
        return spread
    others = sorted(mine)
    others.remove(own)
    closest = [sum(others) // len(others)] * len(others)
    for place in range(sum(others) % len(others)):
        closest[place] += 1
    return spread - scaled_squares((own, *closest)) + least(sum(mine), len(mine))


def least(total: int, n: int) -> int:
    """n times the least sum of squares of n whole numbers with this sum."""
    rest = total % n
    return rest * (n - rest)


def is_known(leak: Leak) -> bool:
    """Whether it is one of the two kinds that the documentation tells."""
    others = sorted(leak.group)
    if leak.own is not None:
        others.remove(leak.own)
    return leak.is_least or (leak.own is not None and set(others) in ({LOW}, {HIGH}))


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


def test_the_two_known_kinds_are_found() -> None:
    close_together = leaks([(3, 3, 3, 3, 3)] * 4 + [(3, 3, 3, 3, 4)])
    assert any(leak.own is None and leak.is_least for leak in close_together)
    far_from_others = leaks([(1, 1, 1, 1, 5), *AT_ODDS])
    assert far_from_others == [Leak((1, 1, 1, 1, 5), 5, is_least=False)]


def test_a_group_at_an_end_is_shown_as_a_band_that_leaves_the_public_more_than_one_answer() -> None:
    at_ends: list[Group] = [(1, 1, 1, 1, 1), (1, 1, 1, 1, 2), (5, 5, 5, 5, 5), (4, 5, 5, 5, 5)]
    groups = [*at_ends, *AT_ODDS]
    assert [one.mean for one in publish(groups)[: len(at_ends)]] == [None] * len(at_ends)
    assert [leak for leak in leaks(groups) if leak.own is None] == []
