"""How reliable a rater group's mean would be with more raters or fewer, and how many reach a limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analysis.generalizability import Facets, d_study, raters_needed

MOST_RATERS = 15  # how far the curve goes
MORE = 2  # how many raters more the sentence speaks of


@dataclass(frozen=True)
class Line:
    """One figure's reliability by number of raters; `scale` is empty for the mean over all behaviours."""

    scale: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Need:
    """One behaviour: what its mean reaches now, and how many raters the limit takes."""

    scale: str
    now: float
    sample_of_items: float | None  # the same if other items of the kind had been asked
    raters: int | None  # none where no number of them is enough


@dataclass(frozen=True)
class DecisionStudy:
    """All of it for one rater group."""

    raters: int  # a usual number now
    now: float  # the mean over all behaviours; of the weakest behaviour where that is unknown
    more: int
    then: float
    needed: int | None
    numbers: tuple[int, ...]
    lines: tuple[Line, ...]
    needs: tuple[Need, ...]

    @property
    def is_of_whole(self) -> bool:
        """Whether the first line is the mean over all behaviours."""
        return self.lines[0].scale == ""


def study(figures: Sequence[tuple[str, dict[str, Any]]], limit: float) -> DecisionStudy | None:
    """From the figures of a rater group by scale; the whole questionnaire under the empty name.

    The items are taken as they are, so that the curve goes through ICC(k). None where raters do not tell
    subjects apart on any behaviour.
    """
    telling = {
        scale: one
        for scale, one in figures
        if one.get("icc1") is not None and one["icc1"] > 0 and (scale == "" or one.get("raters"))
    }
    scales = {scale: one for scale, one in telling.items() if scale}
    if not scales:
        return None
    usual = max(1, round(sum(one["raters"] for one in scales.values()) / len(scales)))
    ordered = sorted(scales, key=lambda scale: float(scales[scale]["icc1"]))
    chosen = list(dict.fromkeys((*([""] if "" in telling else []), ordered[0], ordered[-1])))
    numbers = tuple(range(1, max(MOST_RATERS, usual + MORE) + 1))
    lines = tuple(Line(name, _reliability(telling[name]["icc1"], numbers)) for name in chosen)
    return DecisionStudy(
        raters=usual,
        now=lines[0].values[usual - 1],
        more=usual + MORE,
        then=lines[0].values[usual + MORE - 1],
        needed=_needed(telling[chosen[0]]["icc1"], limit),
        numbers=numbers,
        lines=lines,
        needs=tuple(_need(name, one, usual, limit) for name, one in scales.items()),
    )


def _facets(icc1: float) -> Facets:
    """One rater's reliability as shares of variance, the items being as they are."""
    return Facets(icc1, rater_in_person=1 - icc1)


def _reliability(icc1: float, numbers: Sequence[int]) -> tuple[float, ...]:
    return tuple(d_study(_facets(icc1), list(numbers), 1).e_rho2.tolist())


def _needed(icc1: float, limit: float) -> int | None:
    return raters_needed(_facets(icc1), limit, 1, coefficient="e_rho2").raters if limit > 0 else 1


def _need(scale: str, one: dict[str, Any], usual: int, limit: float) -> Need:
    (now,) = _reliability(one["icc1"], [usual])
    parts = one.get("components")
    sample = None
    if parts and parts["p"] > 0:
        facets = Facets(parts["p"], parts["r:p"], parts["i"], parts["pi"], parts["ri:p"])
        sample = float(d_study(facets, usual, len(one["items"])).e_rho2)
    return Need(scale, now, sample, _needed(one["icc1"], limit))
