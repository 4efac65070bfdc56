"""The released figures, computed anew from the vault package: means, errors, weights and composites."""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from verifier.citizens import Citizens
from verifier.finding import Finding

BAND = 0.05  # of the scale at each end: a mean there counts as the middle of the band
AGREED = 1e-9  # a sum of squares below it tells that raters agree, and then no error is told
NEAR = 1e-9
Matrix = list[list[float]]
CHECKS = ("figures_groups", "figures_scales", "figures_citizens", "figures_overall")


@dataclass(frozen=True)
class Mean:
    """The mean of one rater group about one subject on one scale."""

    value: float
    n: int
    is_named: bool


class Package:
    """What the vault package holds, by subject, group and scale."""

    def __init__(self, package: dict[str, Any]) -> None:
        self.scales: list[str] = package["scales"]
        self.groups: dict[str, dict[str, Any]] = {group["rater_group"]: group for group in package["groups"]}
        self.cap: float = package["weight_cap"]
        self.named = {subject["key"]: set(subject["named"]) for subject in package["subjects"]}
        self.applies = {subject["key"]: set(subject["scales"]) for subject in package["subjects"]}
        self._n = {(block, group, scale): n for block, group, scale, n in package["blocks"]}
        self._sums: dict[tuple[str, str, str], int] = defaultdict(int)
        for block, group, item, option, n in package["counts"]:
            self._sums[block, group, item] += option * n

    def mean(self, subject: str, group: str, scale: str) -> Mean | None:
        """The mean that stands for a subject, coarsened at the ends; None where no block of hers stands."""
        n = self._n.get((subject, group, scale), 0)
        if not n or scale not in self.applies[subject]:
            return None
        own = self.groups[group]
        items = own["items"][scale]
        value = sum(self._sums[subject, group, item] for item in items) / (n * len(items))
        is_named = group in self.named[subject]
        return Mean(value if is_named else _coarsened(value, own["low"], own["high"]), n, is_named)

    def within(self, group: str, one: str, other: str) -> float:
        """Covariance of two scales between raters of one subject; infinite where it is not told."""
        own = self.groups[group]
        if one not in own["scales"] or other not in own["scales"]:
            return math.inf
        i, j = own["scales"].index(one), own["scales"].index(other)
        agreed = own["within"][i][i] <= AGREED or own["within"][j][j] <= AGREED
        df = own["within_df"][i][j]
        return math.inf if agreed or df <= 0 else own["within"][i][j] / df


def _coarsened(mean: float, low: float, high: float) -> float:
    width = BAND * (high - low)
    if mean <= low + width + NEAR:
        return low + width / 2
    return high - width / 2 if mean >= high - width - NEAR else mean


def check_items(package: dict[str, Any], manifest: dict[str, Any], told: list[str] | None) -> Finding:
    """Items left out: one of a behaviour at most, by a rule of the manifest, as the log tells."""
    left_out: dict[str, str] = package["left_out"]
    counting = {item for group in package["groups"] for items in group["items"].values() for item in items}
    holds = (
        counting.isdisjoint(left_out.values())
        and set(left_out) <= set(package["scales"])
        and (not left_out or "item_rule" in manifest)
        and told in (None, sorted(left_out.values()))
    )
    return Finding("figures_items", holds, " ".join(sorted(left_out.values())))


def check_figures(
    package: dict[str, Any], figures: dict[str, Any], cycle: str, rule: dict[str, Any] | None = None
) -> Iterator[Finding]:
    """Every figure of every subject, from its counts; `rule` is the manifest's for citizens' part."""
    vault = Package(package)
    of_this = [(package["kind"], package["cycle"]), (figures["kind"], figures["cycle"])]
    complete = figures["subjects"].keys() == vault.named.keys() and all(
        told["scales"].keys() == vault.applies[subject] for subject, told in figures["subjects"].items()
    )
    holds = complete and of_this == [("cermin vault 1", cycle), ("cermin figures 1", cycle)]
    yield Finding("figures_form", holds, str(len(figures["subjects"])))
    if not holds:
        return
    citizens = Citizens(package.get("citizens"), rule)
    wrong: dict[str, list[str]] = {name: [] for name in CHECKS}
    for subject, told in figures["subjects"].items():
        pairs = product(vault.groups, vault.scales)
        means = {(group, scale): vault.mean(subject, group, scale) for group, scale in pairs}
        if not _same_groups(vault, means, told["groups"]):
            wrong["figures_groups"].append(subject)
        shares = {scale: _shares(vault, means, scale) for scale in vault.scales}
        if not _same_scales(vault, means, shares, told["scales"]):
            wrong["figures_scales"].append(subject)
        if not citizens.is_part_of(subject, told.get("citizens")):
            wrong["figures_citizens"].append(subject)
        if not _same_overall(vault, means, shares, told, citizens):
            wrong["figures_overall"].append(subject)
    for check, subjects in wrong.items():
        yield Finding(check, not subjects, ", ".join(subjects[:5]) or str(len(figures["subjects"])))


Means = dict[tuple[str, str], Mean | None]


def _same_groups(vault: Package, means: Means, told: dict[str, Any]) -> bool:
    for (group, scale), mean in means.items():
        given = told.get(scale, {}).get(group)
        if given is None or given["mean"] is None:
            if mean is not None:
                return False
            continue
        variance = vault.within(group, scale, scale)
        is_told = mean is not None and not mean.is_named and math.isfinite(variance)
        error = math.sqrt(variance / mean.n) if mean is not None and is_told else None
        if mean is None or mean.n != given["n"]:
            return False
        if not _near(mean.value, given["mean"]) or not _near(error, given["standard_error"]):
            return False
    return True


def _shares(vault: Package, means: Means, scale: str) -> dict[str, float]:
    """The weights of the groups that are shown: self has none, one person has at most the cap."""
    base = {
        group: own["weight"]
        for group, own in vault.groups.items()
        if own["kind"] != "self" and means[group, scale] is not None
    }
    total = sum(base.values())
    crowd = {g: w / total for g, w in base.items() if total and not _of(means[g, scale]).is_named}
    named = [g for g in base if total and _of(means[g, scale]).is_named]
    person = {g: min(base[g] / total, vault.cap) for g in named}
    of_crowd = sum(crowd.values())
    if not of_crowd:
        return {}
    rest = (1 - sum(person.values())) / of_crowd
    return {g: w for g, w in ({g: w * rest for g, w in crowd.items()} | person).items() if w > 0}


def _of(mean: Mean | None) -> Mean:
    if mean is None:
        raise ValueError("no mean where a weight is")
    return mean


def _score(means: Means, weights: dict[str, float], scale: str) -> float | None:
    return sum(w * _of(means[g, scale]).value for g, w in weights.items()) if weights else None


def _error(vault: Package, means: Means, shares: dict[str, dict[str, float]], one: str, other: str) -> float:
    """Covariance of the errors of two composites: only groups of anonymous raters have an error."""
    total = 0.0
    for group in vault.groups:
        a, b = means[group, one], means[group, other]
        w, v = shares[one].get(group, 0.0), shares[other].get(group, 0.0)
        if a is None or b is None or a.is_named or b.is_named or not w or not v:
            continue
        total += w / a.n * (v / b.n) * min(a.n, b.n) * vault.within(group, one, other)
    return total


def _same_scales(
    vault: Package, means: Means, shares: dict[str, dict[str, float]], told: dict[str, Any]
) -> bool:
    for scale, given in told.items():
        score = _score(means, shares[scale], scale)
        variance = _error(vault, means, shares, scale, scale)
        error = math.sqrt(variance) if score is not None and math.isfinite(variance) else None
        same_weights = shares[scale].keys() == given["weights"].keys() and all(
            _near(shares[scale][group], weight) for group, weight in given["weights"].items()
        )
        if (
            not same_weights
            or not _near(score, given["composite"])
            or not _near(error, given["standard_error"])
        ):
            return False
    return True


def _same_overall(
    vault: Package,
    means: Means,
    shares: dict[str, dict[str, float]],
    told: dict[str, Any],
    citizens: Citizens,
) -> bool:
    scores = {scale: _score(means, shares[scale], scale) for scale in vault.scales}
    there = [scale for scale, score in scores.items() if score is not None]
    if not there:
        return told["composite"] is None
    mean = sum(scores[scale] or 0.0 for scale in there) / len(there)
    pairs = (_error(vault, means, shares, one, other) for one in there for other in there)
    variance = sum(pairs) / len(there) ** 2
    if told.get("citizens") and citizens.rule:
        mean, variance = citizens.joined(mean, variance, told["citizens"])
    error = math.sqrt(variance) if math.isfinite(variance) else None
    return _near(mean, told["composite"]) and _near(error, told["standard_error"])


def _near(found: float | None, given: float | None) -> bool:
    if found is None or given is None:
        return found is given
    return abs(found - given) <= NEAR
