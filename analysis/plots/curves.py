"""Figures of planning, development and time: D-study, self and others, scree, distributions, trend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis._arrays import as_vector
from analysis.plots._canvas import (
    BRAND,
    INK,
    MUTED,
    RULE,
    Words,
    canvas,
    lines_of,
    number,
    svg,
    value_axis,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

# Lines differ in dashes and marks, not only in colour.
_HOLLOW: dict[str, Any] = {"color": "none", "markeredgecolor": INK, "markeredgewidth": 1.4}
_LINES = (("-", "o"), ("--", "s"), (":", "^"), ("-.", "D"))


@dataclass(frozen=True)
class Profile:
    """One behaviour: the subject's own view beside that of the others, with its interval."""

    name: str
    own: float | None
    others: float | None
    others_ci: tuple[float, float] | None


@dataclass(frozen=True)
class Period:
    """One point in time: its label, a figure and its interval; None where nothing can be told."""

    label: str
    value: float | None
    ci: tuple[float, float] | None


def dstudy_curve(
    raters: ArrayLike,
    curves: Mapping[str, ArrayLike],
    *,
    words: Words,
    key: str,
    target: float | None = None,
    observed: float | None = None,
) -> str:
    """Reliability against the number of raters; a line for each coefficient, named at its end.

    Parameters
    ----------
    raters : (k,) numbers of raters
    curves : name of a coefficient -> (k,) its values from 0 to 1
    target : a reliability to reach, drawn as a level
    observed : how many raters there are now, drawn as an upright line

    Returns
    -------
    str : SVG
    """
    x = as_vector(raters, "raters")
    figure, axes = canvas(5.8, 3.4)
    for (name, values), (dash, mark) in zip(curves.items(), _LINES, strict=False):
        y = as_vector(values, name, x.size)
        axes.plot(x, y, dash, marker=mark, color=BRAND, markersize=4, linewidth=1.4)
        axes.annotate(
            f"{name} {number(y[-1], words.decimal)}",
            (float(x[-1]), float(y[-1])),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            annotation_clip=False,
        )
    if target is not None:
        axes.axhline(target, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        axes.text(float(x[0]), target, words.note("target"), va="bottom", fontsize=8, color=MUTED)
    if observed is not None:
        axes.axvline(observed, color=MUTED, linewidth=1, linestyle=(0, (1, 2)))
        axes.text(observed, 0.01, words.note("observed"), ha="left", va="bottom", fontsize=8, color=MUTED)
    axes.set_ylim(0, 1)
    axes.set_ylabel(words.note("reliability"))
    axes.set_xlabel(words.axis)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _decimal_labels(axes, words)
    return svg(figure, words, key)


def self_other(rows: Sequence[Profile], *, scale: tuple[float, float], words: Words, key: str) -> str:
    """Own view (open square) and the others' mean (dot with interval) on one line per behaviour.

    `words.notes`: "own" and "others" name the marks.

    Returns
    -------
    str : SVG
    """
    labels = wrapped([row.name for row in rows])
    figure, axes = canvas(5.8, 1.2 + (0.18 + 0.18 * lines_of(labels)) * len(rows))
    for y, row in enumerate(rows):
        if row.own is not None and row.others is not None:
            axes.hlines(y, row.own, row.others, color=RULE, linewidth=3)
        if row.others_ci is not None:
            low, high = max(row.others_ci[0], scale[0]), min(row.others_ci[1], scale[1])
            axes.hlines(y, low, high, color=INK, linewidth=1.2)
        if row.others is not None:
            axes.plot(row.others, y, "o", color=BRAND, markersize=7)
        if row.own is not None:
            axes.plot(row.own, y, "s", markersize=10, clip_on=False, **_HOLLOW)
    axes.plot([], [], "o", color=BRAND, markersize=7, label=words.note("others"))
    axes.plot([], [], "s", markersize=10, label=words.note("own"), **_HOLLOW)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    axes.set_yticks(range(len(rows)), labels, fontsize=9)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    value_axis(axes, scale, words)
    return svg(figure, words, key)


def scree(eigenvalues: ArrayLike, chance: ArrayLike, *, words: Words, key: str) -> str:
    """Eigenvalues of the correlations beside those that chance alone gives (parallel analysis).

    Parameters
    ----------
    eigenvalues : (k,) in falling order
    chance : (k,) the same of random data of that size
    words : notes "observed" and "chance" name the two lines

    Returns
    -------
    str : SVG
    """
    seen = as_vector(eigenvalues, "eigenvalues")
    random = as_vector(chance, "chance", seen.size)
    place = np.arange(1, seen.size + 1)
    figure, axes = canvas(5.8, 3.2)
    axes.plot(place, seen, "-o", color=BRAND, markersize=5, label=words.note("observed"))
    axes.plot(place, random, "--x", color=INK, markersize=5, label=words.note("chance"))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(words.axis)
    axes.set_ylim(bottom=min(0.0, float(seen.min())))
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    _decimal_labels(axes, words)
    return svg(figure, words, key)


def response_distributions(
    names: Sequence[str], counts: ArrayLike, *, scale: tuple[int, int], words: Words, key: str
) -> str:
    """A small column chart for each item: how many chose each option, with the counts above the columns.

    Parameters
    ----------
    names : the items
    counts : (items, options)
    scale : first and last option

    Returns
    -------
    str : SVG
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.shape != (len(names), scale[1] - scale[0] + 1):
        raise ValueError(f"counts: must be {len(names)} items by {scale[1] - scale[0] + 1} options")
    figure, axes = canvas(5.8, 0.6 + 0.75 * len(names))
    options = np.arange(scale[0], scale[1] + 1)
    tallest = max(1.0, float(table.max(initial=0)))
    for row, name in enumerate(names):
        height = 0.62 * table[row] / tallest
        axes.bar(options, height, bottom=-row, color="#c9b78f", edgecolor=INK, linewidth=0.6, width=0.7)
        for option, tall, count in zip(options.tolist(), height.tolist(), table[row].tolist(), strict=True):
            axes.text(option, tall - row + 0.03, f"{count:.0f}", ha="center", va="bottom", fontsize=7)
        axes.text(scale[0] - 0.6, 0.25 - row, name, ha="right", va="center", fontsize=8)
    axes.set_yticks([])
    axes.set_xticks(options)
    axes.set_xlabel(words.axis)
    return svg(figure, words, key)


def trend(periods: Sequence[Period], *, scale: tuple[float, float], words: Words, key: str) -> str:
    """A figure over time with its interval as a bar; a period without a figure leaves a gap.

    Returns
    -------
    str : SVG
    """
    figure, axes = canvas(max(4.0, 0.9 * len(periods) + 1.2), 3.2)
    value = np.array([np.nan if each.value is None else each.value for each in periods])
    place = np.arange(len(periods))
    axes.plot(place, value, "-o", color=BRAND, markersize=6, linewidth=1.4)
    for x, each in enumerate(periods):
        if each.ci is not None:
            axes.vlines(x, max(each.ci[0], scale[0]), min(each.ci[1], scale[1]), color=INK, linewidth=1.2)
        if each.value is not None:
            axes.annotate(
                number(each.value, words.decimal),
                (x, each.value),
                xytext=(7, 4),
                textcoords="offset points",
                fontsize=8,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
            )
    axes.set_xticks(place, [each.label for each in periods], fontsize=8)
    axes.set_xlim(-0.5, len(periods) - 0.3)
    axes.set_ylim(scale)
    axes.set_ylabel(words.axis)
    _decimal_labels(axes, words)
    return svg(figure, words, key)


def _decimal_labels(axes: Axes, words: Words) -> None:
    axes.grid(axis="y", color=RULE, linewidth=0.8)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}".replace(".", words.decimal)))
