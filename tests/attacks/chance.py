"""Whether guesses are better than chance: exact binomial, and the table that says so."""

from collections.abc import Iterable
from dataclasses import dataclass

from scipy.stats import binomtest, norm


@dataclass(frozen=True)
class Row:
    """How often one way of attack named the right answer."""

    situation: str
    way: str
    hits: int
    cycles: int
    chance: float
    right: int  # of all raters in all cycles, not only of the one drawn by lot
    raters: int
    deviation: float  # of `right` in one cycle, where there is nothing but chance

    @property
    def interval(self) -> tuple[float, float]:
        """The exact 95 % interval (Clopper and Pearson) of its success."""
        found = binomtest(self.hits, self.cycles).proportion_ci(0.95, method="exact")
        return float(found.low), float(found.high)

    @property
    def p_value(self) -> float:
        """How likely a result at least as far from chance is, if there is nothing but chance."""
        return float(binomtest(self.hits, self.cycles, self.chance).pvalue)

    @property
    def p_of_all(self) -> float:
        """The same for the guesses about all raters, by the normal approximation over cycles."""
        expected = self.chance * self.raters * self.cycles
        return float(2 * norm.sf(abs(self.right - expected) / (self.deviation * self.cycles**0.5)))

    def __str__(self) -> str:
        low, high = self.interval
        share = self.hits / self.cycles
        return (
            f"{self.situation:<42} {self.way:<14} {self.hits:>4}/{self.cycles:<4} {share:6.1%}"
            f"  95 % {low:6.1%} to {high:6.1%}  chance {self.chance:5.1%}  p {self.p_value:.3f}"
            f"  all raters {self.right / (self.raters * self.cycles):6.1%}  p {self.p_of_all:.3f}"
        )


def far_from_chance(rows: Iterable[Row], family: float) -> list[Row]:
    """The rows that chance does not explain; `family` bounds the error of the whole table (Bonferroni)."""
    rows = list(rows)
    return [row for row in rows if min(row.p_value, row.p_of_all) < family / (2 * len(rows))]


def best(rows: Iterable[Row]) -> Row:
    """The most successful way."""
    return max(rows, key=lambda row: row.hits / row.cycles)
