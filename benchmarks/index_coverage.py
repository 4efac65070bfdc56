"""How often the interval of a satisfaction index holds what is true, near the middle and near the upper end.

`python -m benchmarks.index_coverage` prints the table that stands in docs/methods.md; it takes a minute.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.satisfaction import SatisfactionPolicy, index_error
from survey.rules import satisfaction_policy

SAMPLES = 2000
SIZES = (10, 30, 100)
MIDDLES = (3.1, 3.9, 4.2)
GAPS = 0.05
POPULATION = 200_000


def draw(random: np.random.Generator, n: int, middle: float) -> NDArray[np.float64]:
    """Answers of n citizens who share a mood; one answer in twenty is missing."""
    mood = 0.4 * random.normal(size=(n, 1))
    answers = np.clip(np.rint(middle + mood + 0.5 * random.normal(size=(n, 9))), 1, 4)
    answers[random.random(answers.shape) < GAPS] = np.nan
    return np.asarray(answers, dtype=np.float64)


def covered(policy: SatisfactionPolicy, n: int, middle: float, truth: float) -> tuple[float, float]:
    """Share of samples whose interval holds the truth: ours, and figure ± t times error."""
    random = np.random.default_rng(n)
    ours = plain = 0
    for _ in range(SAMPLES):
        found = index_error(draw(random, n, middle), policy)
        if found.ci is None or found.estimate is None or found.se is None:
            continue
        ours += found.ci[0] <= truth <= found.ci[1]
        plain += abs(found.estimate - truth) <= float(special.stdtrit(n - 1, 0.975)) * found.se
    return ours / SAMPLES, plain / SAMPLES


def main() -> None:
    """Print the table."""
    policy = satisfaction_policy()
    print("| true index | answers | interval here | figure ± t · se |\n| --- | --- | --- | --- |")
    for middle in MIDDLES:
        truth = index_error(draw(np.random.default_rng(0), POPULATION, middle), policy).estimate or 0.0
        for n in SIZES:
            ours, plain = covered(policy, n, middle, truth)
            print(f"| {truth:.1f} | {n} | {ours:.3f} | {plain:.3f} |")


if __name__ == "__main__":
    main()
