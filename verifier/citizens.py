"""What citizens said of officers, from the sums: means, errors, the published rule and the share."""

import math
from typing import Any

BAND = 0.05  # as for groups of raters
NEAR = 1e-9
WHOLE = 10_000


class Citizens:
    """The sums of one half-year, and the rule that the manifest published before the cycle opened."""

    def __init__(self, package: dict[str, Any] | None, rule: dict[str, Any] | None) -> None:
        self.rule = rule
        self._package = package

    def is_part_of(self, subject: str, told: dict[str, Any] | None) -> bool:
        """Whether what is told of a subject follows from the sums, and from the rule; none needs neither."""
        if told is None:
            return True
        if self.rule is None or self._package is None or subject not in self._package["subjects"]:
            return False
        n, total = self._package["subjects"][subject]
        items, low, high = self._package["items"], self.rule["from_low"], self.rule["from_high"]
        value, width = total / (items * n), BAND * (high - low)
        is_banded = value <= low + width + NEAR or value >= high - width - NEAR
        if is_banded:
            value = low + width / 2 if value <= low + width + NEAR else high - width / 2
        error = math.sqrt(self._within(items) / n)
        limit = self.rule["reliability_percent_hundredths"] / WHOLE
        return (
            [n, total] in self._package["all"]
            and n == told["n"]
            and n >= self.rule["visits"]
            and told["reliability"] >= limit
            and abs(value - told["mean"]) <= NEAR
            and abs(error - told["standard_error"]) <= NEAR
        )

    def joined(self, mean: float, variance: float, told: dict[str, Any]) -> tuple[float, float]:
        """The mean over scales and its variance with the citizens' share, by the published line."""
        rule = self.rule or {}
        share = rule["weight_percent_hundredths"] / WHOLE
        slope = (rule["to_high"] - rule["to_low"]) / (rule["from_high"] - rule["from_low"])
        on_scale = rule["to_low"] + (told["mean"] - rule["from_low"]) * slope
        joint = (1 - share) ** 2 * variance + (share * slope * told["standard_error"]) ** 2
        return (1 - share) * mean + share * on_scale, joint

    def _within(self, items: int) -> float:
        """The variance between citizens of one officer, pooled over all officers."""
        package = self._package or {}
        spread = package["squares"] - sum(total**2 / n for n, total in package["all"])
        df = sum(n for n, _total in package["all"]) - len(package["all"])
        return float(max(spread, 0.0) / items**2 / df)
