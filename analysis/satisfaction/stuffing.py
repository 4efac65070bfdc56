"""Whether answers arrive as they do from people who were served: counts of a day, and answers that are alike.

Both rules are ours: simple enough to be told beside a figure, with limits that come in as a policy.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

CLASS_WIDTH = 5  # days are kept by how many answers they had, in steps of so many
TENTHS_OF_DAYS = 9


@dataclass(frozen=True)
class StuffingPolicy:
    """Limits of what is usual; `rules/stuffing.yaml` gives the reasons.

    Attributes
    ----------
    fewest, times
        A day is unusual with at least so many answers, and more than so many times the usual.
    days_needed, fewest_at_first
        Days to be seen before days are compared, and the limit until then.
    alike_fewest, alike_percent
        Answers are alike with at least so many, of which so large a share is the same.
    """

    fewest: int
    times: int
    days_needed: int
    fewest_at_first: int
    alike_fewest: int
    alike_percent: int


def count_class(count: int) -> int:
    """The lower end of the step that a day's count falls into."""
    return count - count % CLASS_WIDTH


def is_unusual_day(count: int, days_by_class: Mapping[int, int], policy: StuffingPolicy) -> bool:
    """Whether a day brought more answers than its usual days explain.

    Parameters
    ----------
    count
        Answers of the day.
    days_by_class
        How many earlier days had so many answers, by the lower end of the step.
    policy
        The limits.

    Returns
    -------
    bool
        True from `fewest` answers on where they are more than `times` the upper end of the step under
        which nine of ten days lie.
    """
    days = sum(days_by_class.values())
    if days < policy.days_needed:
        return count >= policy.fewest_at_first
    return count >= policy.fewest and count > policy.times * _usual(days_by_class, days)


def _usual(days_by_class: Mapping[int, int], days: int) -> int:
    seen = 0
    for low in sorted(days_by_class):
        seen += days_by_class[low]
        if 10 * seen >= TENTHS_OF_DAYS * days:
            return low + CLASS_WIDTH - 1
    raise ValueError("days_by_class: holds no day")


def are_alike(same: Iterable[int], policy: StuffingPolicy) -> bool:
    """Whether so many answers are the same in everything that they need not come from different people.

    Parameters
    ----------
    same
        How often each sheet of answers was given.
    policy
        The limits.
    """
    counts = list(same)
    total = sum(counts)
    return total >= policy.alike_fewest and 100 * max(counts) >= policy.alike_percent * total
