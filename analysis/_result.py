"""The shape that every result shares."""

from __future__ import annotations

from dataclasses import dataclass


def outside(estimate: float | None, ci: tuple[float, float] | None) -> tuple[str, ...]:
    """A mark where an interval does not hold its estimate: the two may rest on different statistics."""
    if estimate is None or ci is None or ci[0] - 1e-9 <= estimate <= ci[1] + 1e-9:
        return ()
    return ("estimate_outside_interval",)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Result:
    """An estimate with its error, its n and its method.

    Attributes
    ----------
    estimate : the headline figure, or None when the data cannot give one
    ci : lower and upper limit of its interval, or None
    se : its standard error, or None
    n : how many rows (or subjects, where the method says so) it rests on
    method : what was computed, in words
    warnings : short codes; when `estimate` is None the first one is the reason
    """

    estimate: float | None
    ci: tuple[float, float] | None = None
    se: float | None = None
    n: int
    method: str
    warnings: tuple[str, ...] = ()

    @property
    def reason(self) -> str | None:
        """Why there is no estimate."""
        return self.warnings[0] if self.estimate is None and self.warnings else None

    def __repr__(self) -> str:
        value = "undefined" if self.estimate is None else f"{self.estimate:.4f}"
        limits = "" if self.ci is None else f" [{self.ci[0]:.4f}, {self.ci[1]:.4f}]"
        marks = f" ({', '.join(self.warnings)})" if self.warnings else ""
        return f"<{type(self).__name__} {value}{limits}, n = {self.n}{marks}>"
