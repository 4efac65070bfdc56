"""All figures of one set of ratings, as numbers for files and for the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.agreement import (
    Agreement,
    OnewayIcc,
    Shrinkage,
    empirical_bayes,
    group_statistics,
    icc_oneway,
    rwg_j,
)
from analysis.reliability import Alpha, ItemAnalysis, Omega, cronbach_alpha, item_analysis, mcdonald_omega
from analysis.scoring.means import GroupMeans, group_means, own_errors

if TYPE_CHECKING:
    from survey.commands.ratings import Floats, Ratings

BELOW_MINIMUM = "below_minimum"
RELIABLE = 0.50


@dataclass(frozen=True)
class SubjectRow:
    """One subject's figures within one rater group."""

    subject: str
    unit: str
    group: str
    n: int
    mean: float | None
    se: float | None
    se_own: float | None
    shrunken_mean: float | None
    reliability: float | None
    half_width: float | None
    flag: str

    @property
    def below_minimum(self) -> bool:
        """Fewer ratings than the minimum."""
        return bool(self.flag)


@dataclass(frozen=True, eq=False)
class Figures:
    """One analysis: over everything, or over one rater group."""

    group: str | None
    ratings: Ratings
    alpha: Alpha
    omega: Omega
    items: ItemAnalysis
    icc: OnewayIcc
    agreement: Agreement
    subjects: tuple[SubjectRow, ...]

    @property
    def counted(self) -> int:
        """Rows with a score."""
        return int((~np.isnan(self.ratings.score)).sum())

    @property
    def reliable(self) -> int:
        """Subjects with enough ratings and a mean whose reliability is .50 or more."""
        return sum(not row.below_minimum and (row.reliability or 0) >= RELIABLE for row in self.subjects)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Every mark of every coefficient, once."""
        marks = (*self.alpha.warnings, *self.omega.warnings, *self.items.warnings, *self.icc.warnings)
        fractions = ("fractions",) if self.ratings.has_fractions else ()
        return tuple(dict.fromkeys((*fractions, *marks)))


def figures_of(ratings: Ratings, minimum: int, group: str | None = None) -> Figures:
    """Compute everything for one set of ratings."""
    stats = group_statistics(ratings.score, ratings.subject)
    icc = icc_oneway(stats)
    own = own_errors(ratings.score, ratings.subject)
    rows = _subject_rows(ratings, group_means(stats), own, empirical_bayes(stats), minimum, group or "")
    return Figures(
        group=group,
        ratings=ratings,
        alpha=cronbach_alpha(ratings.answers, groups=ratings.subject),
        omega=mcdonald_omega(ratings.answers, groups=ratings.subject),
        items=item_analysis(ratings.answers, scale=ratings.whole_steps),
        icc=icc,
        agreement=rwg_j(ratings.answers, ratings.subject, scale=ratings.scale),
        subjects=tuple(sorted(rows, key=lambda row: natural_order(row.subject))),
    )


def natural_order(text: str) -> list[tuple[bool, int, str]]:
    """Sort key under which 9 comes before 10."""
    return [
        (not part.isdigit(), int(part) if part.isdigit() else 0, part)
        for part in re.findall(r"\d+|\D+", text)
    ]


def record_of(figures: Figures) -> dict[str, Any]:
    """The figures as they stand in reliability.json."""
    alpha, omega, icc = figures.alpha, figures.omega, figures.icc
    return {
        "n_rows": len(figures.ratings.score),
        "n_rows_counted": figures.counted,
        "n_complete": alpha.n,
        "n_subjects": icc.n_subjects,
        "n_items": len(figures.ratings.items),
        "scale": list(figures.ratings.scale),
        "alpha": alpha.estimate,
        "alpha_ci": alpha.ci,
        "alpha_standardized": alpha.standardized,
        "omega_total": omega.estimate,
        "omega_ci": omega.ci,
        "omega_forms": {
            name: getattr(omega, name)
            for name in (
                "standardized_unique",
                "standardized_model",
                "standardized_observed",
                "raw_unique",
                "raw_model",
                "raw_observed",
            )
        },
        "icc1": icc.icc1,
        "icc1_ci": icc.ci_wald,
        "icc1_se": icc.se,
        "icck": icc.icck,
        "icck_ci": icc.ci_icck,
        "n0": icc.n0,
        "msb": icc.msb,
        "msw": icc.msw,
        "grand_mean": icc.grand_mean,
        "sigma2_between": icc.sigma2_between,
        "sigma2_within": icc.sigma2_within,
        "reml_sigma2_between": icc.reml_sigma2_between,
        "reml_sigma2_within": icc.reml_sigma2_within,
        "reml_icc1": icc.reml_icc1,
        "reml_mean": icc.mu,
        "reml_mean_se": icc.mu_se,
        "rwg_j_mean": figures.agreement.estimate,
        "items": list(item_records(figures)),
        "warnings": list(figures.warnings),
        "methods": {
            "alpha": alpha.method,
            "omega_total": omega.method,
            "items": figures.items.method,
            "icc": icc.method,
            "rwg_j_mean": figures.agreement.method,
            "row": "a row counts with the mean of its answered items if at least half are answered",
        },
    }


def item_records(figures: Figures) -> Iterator[dict[str, Any]]:
    """One record per item."""
    found = figures.items
    for place, name in enumerate(figures.ratings.items):
        yield {
            "item": name,
            "n": int(found.item_n[place]),
            "missing": len(figures.ratings.score) - int(found.item_n[place]),
            "mean": float(found.mean[place]),
            "sd": float(found.sd[place]),
            "item_total_r": float(found.item_total_r[place]),
            "alpha_if_dropped": float(found.alpha_if_dropped[place]),
            "counts": None if found.counts is None else found.counts[place].tolist(),
        }


def _subject_rows(
    ratings: Ratings, means: GroupMeans, own: Floats, shrunken: Shrinkage, minimum: int, group: str
) -> Iterator[SubjectRow]:
    for place, subject in enumerate(means.labels.tolist()):
        n = int(means.raters[place])
        yield SubjectRow(
            subject=subject,
            unit=ratings.units[subject],
            group=group,
            n=n,
            mean=_known(means.mean[place]),
            se=_known(means.error[place]),
            se_own=_known(own[place]),
            shrunken_mean=_known(shrunken.theta[place]),
            reliability=_known(shrunken.reliability[place]),
            half_width=_known(means.high[place] - means.mean[place]),
            flag=BELOW_MINIMUM if n < minimum else "",
        )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
