"""Simulated attacks are found; honest busy days and honest monotony seldom raise an alarm."""

from collections import Counter

import numpy as np
import pytest

from analysis.satisfaction import StuffingPolicy, are_alike, count_class, is_unusual_day
from survey.rules import stuffing_policy

POLICY = stuffing_policy()
WEEK = np.array([2.0, 1.1, 1.0, 1.0, 0.8])  # Mondays are twice as busy
YEARS = 300


def honest_days(generator: np.random.Generator, mean: float, days: int = 120) -> list[int]:
    """Two quarters of a counter: weekdays, days that differ more than chance, and weeks after a holiday."""
    level = mean * np.tile(WEEK, -(-days // 5))[:days] * generator.gamma(8, 1 / 8, days)
    level[generator.choice(days, 4, replace=False)] *= 1.5
    return [int(count) for count in generator.poisson(level)]


def alarms(days: list[int]) -> list[bool]:
    """Judge day after day as the product does: days without an alarm become what is usual."""
    usual: Counter[int] = Counter()
    found = []
    for count in days:
        found.append(is_unusual_day(count, usual, POLICY))
        if count and not found[-1]:
            usual[count_class(count)] += 1
    return found


@pytest.mark.parametrize("mean", [2, 8, 25, 60])
def test_honest_days_raise_an_alarm_less_than_once_in_five_hundred(mean: float) -> None:
    generator = np.random.default_rng(20261124)
    found = [alarm for _year in range(YEARS) for alarm in alarms(honest_days(generator, mean))]
    assert sum(found) / len(found) < 1 / 500


@pytest.mark.parametrize("mean", [8, 25, 60])
def test_an_attack_of_some_times_the_usual_is_found(mean: float) -> None:
    generator = np.random.default_rng(20261125)
    found = []
    for _year in range(YEARS):
        days = honest_days(generator, mean)
        days[-1] += round(7 * mean) + 30
        found.append(alarms(days)[-1])
    assert np.mean(found) > 0.9


def test_an_attack_that_is_found_does_not_become_usual() -> None:
    days = [10] * 20 + [90] * 20
    assert alarms(days) == [False] * 20 + [True] * 20


def test_the_limits_hold_to_the_very_answer() -> None:
    policy = StuffingPolicy(30, 3, 10, 200, 30, 80)
    usual = {10: 9, 40: 1}  # nine of ten days had at most 14
    assert [is_unusual_day(count, usual, policy) for count in (42, 43)] == [False, True]
    assert [is_unusual_day(count, {0: 10}, policy) for count in (29, 30)] == [False, True]
    assert [is_unusual_day(count, {0: 9}, policy) for count in (30, 199, 200)] == [False, False, True]
    assert [count_class(count) for count in (0, 4, 5, 14)] == [0, 0, 5, 10]


def test_answers_are_alike_from_four_in_five_on() -> None:
    assert are_alike([24, 6], POLICY) and not are_alike([23, 6], POLICY) and not are_alike([23, 7], POLICY)
    assert not are_alike([], POLICY) and not are_alike([29], POLICY) and are_alike([30], POLICY)


def test_honest_monotony_is_seldom_called_alike() -> None:
    generator = np.random.default_rng(20261126)
    same = generator.binomial(30, 0.5, 100_000)
    found = [are_alike([count, *[1] * (30 - count)], POLICY) for count in np.unique(same)]
    share = sum(np.sum(same == count) for count, alike in zip(np.unique(same), found, strict=True) if alike)
    assert share / len(same) < 1 / 500
