"""The satisfaction index of a file, told in print, as JSON and as a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from analysis.plots import Words, item_map
from analysis.satisfaction import IndexWithError, SatisfactionIndex, round_half_up
from instruments import catalogue as instruments
from survey.commands.output import catalogue, decimal_sign, number, page, whole_files, write_json
from survey.rules import satisfaction_policy, satisfaction_rules
from survey.tables import N_

if TYPE_CHECKING:
    from numpy.typing import NDArray

BANDS = {"A": N_("Very good"), "B": N_("Good"), "C": N_("Not quite good"), "D": N_("Not good")}


@dataclass(frozen=True, eq=False)
class Answers:
    """Answers with one column per element, in the regulation's order.

    `columns` names the file's column of each element; `order` says how they were assigned.
    """

    values: NDArray[np.float64]
    columns: dict[str, str]
    order: str


def summary(index: SatisfactionIndex, error: IndexWithError, language: str) -> list[str]:
    """The index and its elements with their intervals, one line each."""
    _, names = catalogue(language).gettext, _element_names(language)

    def told(value: float | None, limits: tuple[float, float] | list[float] | None) -> str:
        text = number(value, 2, language)
        if limits is None:
            return text
        low, high = (number(limit, 2, language) for limit in limits)
        return _("%(value)s (95%% interval %(low)s to %(high)s)") % {"value": text, "low": low, "high": high}

    lines = []
    if index.ikm is not None and index.band is not None:
        band = f"{index.band.code} ({_(BANDS[index.band.code])})"
        words = _("Satisfaction index: %(index)s, band %(band)s, %(n)s people answered")
        lines = [words % {"index": told(float(index.ikm), error.ci), "band": band, "n": index.n}]
    for place, (name, score) in enumerate(index.elements.items()):
        mean = None if score.nrr is None else float(score.nrr)
        words = _("%(element)s: %(mean)s, %(n)s answers")
        lines.append(words % {"element": names[name], "mean": told(mean, _ends(error, place)), "n": score.n})
    return lines


def record_of(index: SatisfactionIndex, error: IndexWithError, answers: Answers) -> dict[str, Any]:
    """The index as it stands in ikm.json."""
    return {
        "ikm_se": error.se,
        "ikm_ci": error.ci,
        "ikm_ci_method": error.method,
        "ikm_ci_warnings": list(error.warnings),
        "ni": None if index.ni is None else float(index.ni),
        "ikm": None if index.ikm is None else float(index.ikm),
        "ikm_exact": None if index.ikm_exact is None else float(index.ikm_exact),
        "band": None if index.band is None else index.band.code,
        "band_name": None if index.band is None else index.band.name,
        "n": index.n,
        "n_incomplete": error.incomplete,
        "unsur": {
            name: {
                "n": score.n,
                "nrr": None if score.nrr is None else float(score.nrr),
                "se": known(error.element_error[place]),
                "ci": _ends(error, place),
                "column": answers.columns[name],
            }
            for place, (name, score) in enumerate(index.elements.items())
        },
        "order": answers.order,
        "weights": index.weight_mode,
        "nrr_decimals": index.nrr_decimals,
        "rule": satisfaction_rules().title,
        "method": index.method,
        "warnings": list(index.warnings),
    }


def known(value: float) -> float | None:
    """A figure, or nothing where there is none."""
    return None if np.isnan(value) else float(value)


def _ends(error: IndexWithError, place: int) -> list[float] | None:
    """Both ends of an element's interval, if it has one."""
    low, high = float(error.element_low[place]), float(error.element_high[place])
    return None if np.isnan(low) else [low, high]


def _weakest(scored: list[tuple[Any, str]], names: Mapping[str, str]) -> list[str]:
    """The elements with the lowest mean; none where all are equal."""
    means = [mean for mean, _name in scored]
    return [names[name] for mean, name in scored if mean == min(means)] if len(set(means)) > 1 else []


def write_results(
    out: Path,
    file: str,
    index: SatisfactionIndex,
    error: IndexWithError,
    answers: Answers,
    notes: list[str],
    language: str,
) -> None:
    """Write both files, or none."""
    names = _element_names(language)
    scored = [(score.nrr, name) for name, score in index.elements.items() if score.nrr is not None]
    html = page(
        "analysis/ikm.html",
        language,
        file=file,
        index=index,
        error=error,
        band=None if index.band is None else catalogue(language).gettext(BANDS[index.band.code]),
        ni=None if index.ni is None else float(round_half_up(index.ni, 4)),
        elements=[
            {
                "name": names[name],
                "column": answers.columns[name],
                "n": score.n,
                "nrr": None if score.nrr is None else float(score.nrr),
                "interval": _ends(error, place),
            }
            for place, (name, score) in enumerate(index.elements.items())
        ],
        weakest=_weakest(scored, names),
        order=answers.order,
        notes=notes,
        rule=satisfaction_rules().title,
        bands=[(band.code, catalogue(language).gettext(BANDS[band.code]), band.cut) for band in _bands()],
        plot=_plot(answers, index, names, language),
    )
    with whole_files(out) as draft:
        write_json(draft / "ikm.json", record_of(index, error, answers))
        (draft / "ikm.html").write_text(html, encoding="utf-8")


def _bands() -> Sequence[Any]:
    return satisfaction_policy().bands[::-1]


def _element_names(language: str) -> dict[str, str]:
    items = instruments.get("skm_2017").items
    return {item.code: item.title.in_language(language) for item in items if item.title is not None}


def _plot(answers: Answers, index: SatisfactionIndex, names: dict[str, str], language: str) -> Markup:
    _, policy = catalogue(language).gettext, satisfaction_policy()
    words = Words(
        _("Answers to each element"),
        _("One bar per element with the share of each answer from 1 to 4; its mean stands beside it."),
        _("Share of answers"),
        {"mean": _("mean")},
        decimal_sign(language),
    )
    step = np.arange(policy.low, policy.high + 1)
    counts = (answers.values[:, :, np.newaxis] == step).sum(axis=0)
    means = [np.nan if score.nrr is None else float(score.nrr) for score in index.elements.values()]
    svg = item_map(
        [names[name] for name in policy.elements],
        means,
        counts,
        scale=(policy.low, policy.high),
        words=words,
        key="ikm",
    )
    return Markup(svg)  # noqa: S704  our own drawing; every text in it is escaped
