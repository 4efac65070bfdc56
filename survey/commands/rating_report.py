"""What the report of an analysis shows: sentences, figures and tables of each part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from analysis.plots import (
    ForestRow,
    Words,
    item_map,
    mean_histogram,
    reliability_forest,
    subject_means,
    typical_half_width,
)
from survey.commands.output import catalogue, decimal_sign, number
from survey.commands.rating_figures import Figures, item_records
from survey.tables import N_, Translate

if TYPE_CHECKING:
    from survey.commands.ratings import Floats

MOST_DOTS = 60  # more subjects than fit as dots are shown as a histogram

WARNINGS: Mapping[str, str] = {
    "fractions": N_(
        "Some answers lie between two steps, for example 3.5, so how often each answer was given is not "
        "shown. Check whether they are typing errors."
    ),
    "one_item": N_("There is only one item, so alpha and omega do not exist."),
    "too_few_rows": N_("Fewer than three rows are complete, so alpha and omega do not exist."),
    "no_variance": N_("All answers are equal, so there is nothing to tell apart."),
    "no_variance_in_total": N_("The sum of the items does not vary, so alpha and omega do not exist."),
    "few_rows": N_("Fewer than 50 complete rows: alpha and omega are rough."),
    "check_keys": N_(
        "An item runs against the others. Check whether it is worded the other way round; nothing was turned."
    ),
    "constant_item_dropped": N_("An item with equal answers throughout was left out of alpha and omega."),
    "unanswered_item_dropped": N_("An item that nobody answered was left out."),
    "two_items_equal_loadings": N_("With two items omega takes both to be equally good."),
    "heywood": N_("The one-factor model does not fit properly (Heywood case): do not rely on omega."),
    "no_ratings": N_("No row has enough answers to count."),
    "one_subject": N_("There is only one subject, so raters cannot tell subjects apart."),
    "no_subject_with_two_raters": N_("No subject has two raters, so agreement cannot be judged."),
    "perfect_agreement": N_("All raters of a subject agree wholly; there is no interval."),
    "negative_variance": N_(
        "Raters of one subject differ more than subjects do: these ratings do not tell subjects apart."
    ),
    "indefinite": N_("Rows with gaps contradict each other, so alpha and omega do not exist."),
    "estimate_outside_interval": N_(
        "The estimate lies outside its interval: raters are spread so unevenly that the two disagree. "
        "Trust the interval."
    ),
    "few_subjects": N_("Fewer than 30 subjects: the reliability of raters is rough, mind its interval."),
}


def report_parts(figures: Sequence[Figures], language: str) -> list[dict[str, Any]]:
    """What the template needs for each analysis."""
    return [_part(one, f"p{place}", language) for place, one in enumerate(figures)]


def _part(figures: Figures, key: str, language: str) -> dict[str, Any]:
    _ = catalogue(language).gettext
    plots = _Plots(figures, key, language)
    return {
        "key": key,
        "group": figures.group,
        "figures": figures,
        "icc": figures.icc,
        "alpha": figures.alpha,
        "omega": figures.omega,
        "agreement": figures.agreement,
        "scale": figures.ratings.scale,
        "steps": figures.ratings.whole_steps,
        "coefficients": _coefficients(figures, _),
        "items": list(item_records(figures)),
        "subjects": figures.subjects,
        "with_units": any(row.unit for row in figures.subjects),
        "many": len(figures.subjects) > MOST_DOTS,
        "plots": {"forest": plots.forest(), "items": plots.items(), "subjects": plots.subjects()},
        "warnings": [_(WARNINGS[code]) for code in figures.warnings],
    }


def _coefficients(figures: Figures, _: Translate) -> list[dict[str, Any]]:
    """Name, what it answers, value, interval by which method, and n of each coefficient."""
    alpha, omega, icc = figures.alpha, figures.omega, figures.icc
    return [
        {
            "name": "Alpha",
            "question": _("Do the items measure one thing?"),
            "value": alpha.estimate,
            "ci": alpha.ci,
            "by": _("from the rows, clustered by subject"),
            "n": alpha.n,
            "of": _("complete rows"),
        },
        {
            "name": "Omega",
            "question": _("The same, without assuming equally good items"),
            "value": omega.estimate,
            "ci": omega.ci,
            "by": _("from the rows, clustered by subject"),
            "n": omega.n,
            "of": _("complete rows"),
        },
        {
            "name": "ICC(1)",
            "question": _("How far can one rater alone be trusted?"),
            "value": icc.icc1,
            "ci": icc.ci_wald,
            "by": _("Wald, exact"),
            "n": icc.n,
            "of": _("ratings"),
        },
        {
            "name": "ICC(k)",
            "question": _("How far can the mean of a subject's raters be trusted?"),
            "value": icc.icck,
            "ci": icc.ci_icck,
            "by": _("F, exact with equal numbers of raters, else approximate"),
            "n": icc.n_subjects,
            "of": _("subjects"),
        },
    ]


class _Plots:
    """The figures of one part, with their words."""

    def __init__(self, figures: Figures, key: str, language: str) -> None:
        self._figures, self._key, self._language = figures, key, language
        self._translate = catalogue(language).gettext

    def forest(self) -> Markup | None:
        """Coefficients with their intervals."""
        rows = [
            ForestRow(row["name"], row["value"], row["ci"])
            for row in _coefficients(self._figures, self._translate)
            if row["value"] is not None
        ]
        words = self._words(
            N_("Reliability coefficients with their intervals"),
            N_("Each coefficient as a mark between 0 and 1 with its interval as a line."),
            N_("Reliability (0 = none, 1 = perfect)"),
        )
        return Markup(reliability_forest(rows, words=words, key=f"{self._key}f")) if rows else None  # noqa: S704

    def items(self) -> Markup | None:
        """Shares of the options and mean of each item."""
        found, scale = self._figures.items, self._figures.ratings.whole_steps
        if scale is None or found.counts is None:
            return None
        words = self._words(
            N_("Answers to each item"),
            N_("One bar per item with the share of each answer from low to high; the mean stands beside it."),
            N_("Share of answers"),
            mean=N_("mean"),
        )
        svg = item_map(
            self._figures.ratings.items,
            found.mean,
            found.counts,
            scale=scale,
            words=words,
            key=f"{self._key}i",
        )
        return Markup(svg)  # noqa: S704  our own drawing; every text in it is escaped

    def subjects(self) -> Markup | None:
        """Means of subjects: dots with intervals, or a histogram when they are many."""
        rows = [row for row in self._figures.subjects if row.mean is not None]
        if not rows or self._figures.icc.grand_mean is None:
            return None
        mean = np.array([row.mean for row in rows], dtype=np.float64)
        half = np.array([row.half_width for row in rows], dtype=np.float64)
        svg = self._histogram(mean, half) if len(rows) > MOST_DOTS else self._dots(mean, half)
        return Markup(svg)  # noqa: S704  our own drawing; every text in it is escaped

    def _dots(self, mean: Floats, half: Floats) -> str:
        rows = [row for row in self._figures.subjects if row.mean is not None]
        words = self._words(
            N_("Mean of each subject with its interval"),
            N_("One row per subject in the order of the codes: the mean as a dot, its interval as a line."),
            N_("Mean rating"),
            centre=N_("mean of all"),
        )
        return subject_means(
            [row.subject for row in rows],
            mean,
            half,
            scale=self._figures.ratings.scale,
            words=words,
            centre=float(self._figures.icc.grand_mean or 0.0),
            solid=[not row.below_minimum for row in rows],
            key=f"{self._key}s",
        )

    def _histogram(self, mean: Floats, half: Floats) -> str:
        typical = typical_half_width(half)
        words = self._words(
            N_("How the means of subjects are spread"),
            N_("Bars count subjects by their mean; the line above shows how wide a typical interval is."),
            N_("Mean rating"),
            count=N_("subjects"),
            typical=N_("typical interval (95 percent): ± %(half)s"),
        )
        return mean_histogram(
            mean,
            typical_half_width=typical,
            scale=self._figures.ratings.scale,
            words=_filled(words, half=number(typical, 2, self._language)),
            key=f"{self._key}s",
        )

    def _words(self, title: str, description: str, axis: str, **notes: str) -> Words:
        _ = self._translate
        return Words(
            _(title),
            _(description),
            _(axis),
            {key: _(text) for key, text in notes.items()},
            decimal_sign(self._language),
        )


def _filled(words: Words, **values: str) -> Words:
    notes = {key: text % values if "%(" in text else text for key, text in words.notes.items()}
    return Words(words.title, words.description, words.axis, notes, words.decimal)
