"""Figures of ratings: people, items and coefficients.

People are ordered by code, never by rank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FuncFormatter

from analysis._arrays import FloatArray, as_vector
from analysis.plots._canvas import (
    BRAND,
    INK,
    MUTED,
    Words,
    canvas,
    legend_of_steps,
    lines_of,
    number,
    step_colours,
    svg,
    value_axis,
    wrapped,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class ForestRow:
    """One coefficient of a forest plot; None where it is undefined."""

    name: str
    estimate: float | None
    ci: tuple[float, float] | None


def subject_means(
    names: Sequence[str],
    mean: ArrayLike,
    half_width: ArrayLike,
    *,
    scale: tuple[float, float],
    words: Words,
    centre: float,
    solid: Sequence[bool],
    key: str,
) -> str:
    """A dot and an interval for each subject, in the order given; open marks where `solid` is false.

    `words.notes`: "centre" names the line at the mean of all.
    """
    x, half = as_vector(mean, "mean", len(names)), as_vector(half_width, "half_width", len(names))
    figure, axes = canvas(5.8, 1.0 + 0.21 * len(names))
    y = np.arange(len(names))
    axes.axvline(centre, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    axes.hlines(y, np.maximum(x - half, scale[0]), np.minimum(x + half, scale[1]), color=INK, linewidth=1.1)
    filled = np.asarray(solid, dtype=np.bool_)
    axes.plot(x[filled], y[filled], "o", color=BRAND, markersize=5)
    axes.plot(x[~filled], y[~filled], "o", color="white", markeredgecolor=BRAND, markersize=5)
    axes.set_yticks(y, list(names), fontsize=8)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.text(centre, -0.7, words.note("centre"), ha="center", va="bottom", fontsize=8, color=MUTED)
    value_axis(axes, scale, words)
    return svg(figure, words, key)


def mean_histogram(
    mean: ArrayLike, *, typical_half_width: float, scale: tuple[float, float], words: Words, key: str
) -> str:
    """How the means of many subjects are spread, with the width of a typical interval above.

    `words.notes`: "count" labels the bars' axis, "typical" the interval.
    """
    x = as_vector(mean, "mean")
    figure, axes = canvas(7.2, 3.0)
    low, high = scale
    bins = np.linspace(low, high, int(min(40, max(10, round((high - low) * 8)))) + 1)
    counts, _, _ = axes.hist(x, bins=bins.tolist(), color="#c9b78f", edgecolor=INK, linewidth=0.6)
    top = float(np.max(np.asarray(counts)))
    centre = float(x.mean())
    axes.errorbar(centre, top * 1.12, xerr=typical_half_width, color=BRAND, capsize=4, fmt="o", markersize=5)
    axes.text(centre, top * 1.18, words.note("typical"), ha="center", va="bottom", fontsize=8, color=INK)
    axes.set_ylim(0, top * 1.35)
    axes.set_ylabel(words.note("count"))
    value_axis(axes, scale, words)
    return svg(figure, words, key)


def item_map(
    names: Sequence[str],
    mean: ArrayLike,
    counts: ArrayLike | None,
    *,
    scale: tuple[int, int],
    words: Words,
    key: str,
) -> str:
    """Shares of each option as one bar per item, and the item's mean as a number beside it.

    `words.notes`: "mean" stands above the means.
    """
    if counts is None:
        raise ValueError("counts: missing; `item_analysis` counts options when it is given a scale")
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2 or len(table) != len(names):
        raise ValueError("names, counts: one row of counts for each name")
    labels = wrapped(names)
    total = table.sum(axis=1, keepdims=True)
    share = np.divide(table, total, out=np.zeros_like(table), where=total > 0)
    figure, axes = canvas(5.8, 1.3 + (0.14 + 0.16 * lines_of(labels)) * len(names))
    y, left = np.arange(len(names)), np.zeros(len(names))
    for step, (colour, light) in enumerate(step_colours(table.shape[1])):
        axes.barh(y, share[:, step], left=left, color=colour, edgecolor="white", linewidth=0.8, height=0.72)
        for row in np.flatnonzero(share[:, step] >= 0.07).tolist():
            middle = left[row] + share[row, step] / 2
            ink = INK if light else "white"
            axes.text(middle, row, f"{share[row, step]:.0%}", ha="center", va="center", fontsize=7, color=ink)
        left = left + share[:, step]
    for place, value in enumerate(as_vector(mean, "mean", len(names)).tolist()):
        text = "–" if np.isnan(value) else number(value, words.decimal)
        axes.text(1.02, place, text, va="center", fontsize=8)
    axes.text(1.02, -0.75, words.note("mean"), fontsize=8, color=MUTED, va="bottom")
    legend_of_steps(figure, scale, table.shape[1])
    axes.set_yticks(y, labels, fontsize=8)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0%}"))
    axes.set_xlabel(words.axis)
    return svg(figure, words, key)


def reliability_forest(rows: Sequence[ForestRow], *, words: Words, key: str) -> str:
    """Coefficients from 0 to 1 with their intervals; limits below 0 end in an arrow."""
    figure, axes = canvas(5.8, 0.8 + 0.36 * len(rows))
    for y, row in enumerate(rows):
        if row.ci is not None:
            low, high = row.ci
            axes.hlines(y, max(low, 0.0), min(high, 1.0), color=INK, linewidth=1.4)
            if low < 0:
                axes.plot(0.0, y, "<", color=INK, markersize=5, clip_on=False)
        if row.estimate is not None and 0 <= row.estimate <= 1:
            axes.plot(row.estimate, y, "D", color=BRAND, markersize=6)
        told = "–" if row.estimate is None else number(row.estimate, words.decimal)
        axes.text(1.02, y, told, va="center", fontsize=9)
    axes.set_yticks(range(len(rows)), wrapped([row.name for row in rows]), fontsize=9)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    value_axis(axes, (0.0, 1.0), words)
    return svg(figure, words, key)


def typical_half_width(half_width: FloatArray) -> float:
    """The median of the half widths of intervals, 0 when there is none."""
    known = half_width[~np.isnan(half_width)]
    return float(np.median(known)) if known.size else 0.0
