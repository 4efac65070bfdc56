"""Where to begin: elements that are judged low and by which judgements differ most.

Shares rest on how answers hang together, so they are told of finished periods alone, from many answers, and
in steps of five percent (docs/decisions/0014).
"""

from dataclasses import dataclass
from datetime import date

from analysis.drivers import weights_in_own_mean
from analysis.satisfaction import SatisfactionPolicy, answer_covariances
from survey.services.citizens import settling
from survey.services.citizens.satisfaction import PeriodFigures
from survey.services.documents.rounding import half_up

MINIMUM_FOR_SHARES = 100
STEP = 5  # percent


@dataclass(frozen=True)
class ElementShare:
    """How much of the differences between judgements goes with an element, in percent."""

    code: str
    share: int
    begin_here: bool  # judged below the whole, and at least its even part of the differences


def shares_of(
    figures: PeriodFigures, policy: SatisfactionPolicy, today: date
) -> tuple[ElementShare, ...] | None:
    """Elements from the largest share down; None until the period is settled, or with few answers."""
    if not settling.may_be_told(figures.period, today) or figures.index is None or figures.index.ni is None:
        return None
    covariances, n = answer_covariances(figures.told.sums)
    if n < MINIMUM_FOR_SHARES:
        return None
    found = weights_in_own_mean(covariances, n)
    if found.estimate is None:
        return None
    means = {element.code: element.nrr for element in figures.elements}
    even = 1 / len(policy.elements)
    made = []
    for place in found.order:
        code, share = policy.elements[place], float(found.shares[place])
        mean = means[code]
        is_low = mean is not None and mean < figures.index.ni
        made.append(ElementShare(code, STEP * int(half_up(100 * share / STEP, 0)), is_low and share >= even))
    return tuple(made)
