"""Figures for reports, as inline SVG: readable in black and white, each with a title and a description.

Words come in as a mapping, so that every language works; numbers stand in the table beside the
figure. People are ordered by code, never by rank.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import matplotlib as mpl
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from analysis._arrays import FloatArray, as_vector

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

INK, MUTED, RULE, BRAND = "#1b1b1b", "#5b5550", "#d8d2c8", "#7a1f2b"
_STEPS = ("#f3ead6", "#d9c08a", "#b08c4a", "#7a5c2a", "#3d2c12")
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "cermin",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.edgecolor": RULE,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": INK,
}


@dataclass(frozen=True)
class Words:
    """The words of one figure.

    Attributes
    ----------
    title, description : for people who do not see the figure
    axis : label of the axis of values
    notes : further labels by key
    decimal : decimal sign
    """

    title: str
    description: str
    axis: str
    notes: Mapping[str, str]
    decimal: str = "."

    def note(self, key: str) -> str:
        """A label, or its key when there is none."""
        return self.notes.get(key, key)


@dataclass(frozen=True)
class ForestRow:
    """One coefficient of a forest plot."""

    name: str
    estimate: float
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
    figure, axes = _canvas(5.8, 1.0 + 0.21 * len(names))
    y = np.arange(len(names))
    axes.axvline(centre, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    axes.hlines(y, np.maximum(x - half, scale[0]), np.minimum(x + half, scale[1]), color=INK, linewidth=1.1)
    filled = np.asarray(solid, dtype=np.bool_)
    axes.plot(x[filled], y[filled], "o", color=BRAND, markersize=5)
    axes.plot(x[~filled], y[~filled], "o", color="white", markeredgecolor=BRAND, markersize=5)
    axes.set_yticks(y, list(names), fontsize=8)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.text(centre, -0.7, words.note("centre"), ha="center", va="bottom", fontsize=8, color=MUTED)
    _value_axis(axes, scale, words)
    return _svg(figure, words, key)


def mean_histogram(
    mean: ArrayLike, *, typical_half_width: float, scale: tuple[float, float], words: Words, key: str
) -> str:
    """How the means of many subjects are spread, with the width of a typical interval above.

    `words.notes`: "count" labels the bars' axis, "typical" the interval.
    """
    x = as_vector(mean, "mean")
    figure, axes = _canvas(7.2, 3.0)
    low, high = scale
    bins = np.linspace(low, high, int(min(40, max(10, round((high - low) * 8)))) + 1)
    counts, _, _ = axes.hist(x, bins=bins.tolist(), color="#c9b78f", edgecolor=INK, linewidth=0.6)
    top = float(np.max(np.asarray(counts)))
    centre = float(x.mean())
    axes.errorbar(centre, top * 1.12, xerr=typical_half_width, color=BRAND, capsize=4, fmt="o", markersize=5)
    axes.text(centre, top * 1.18, words.note("typical"), ha="center", va="bottom", fontsize=8, color=INK)
    axes.set_ylim(0, top * 1.35)
    axes.set_ylabel(words.note("count"))
    _value_axis(axes, scale, words)
    return _svg(figure, words, key)


def item_map(
    names: Sequence[str],
    mean: ArrayLike,
    counts: ArrayLike,
    *,
    scale: tuple[int, int],
    words: Words,
    key: str,
) -> str:
    """Shares of each option as one bar per item, and the item's mean as a mark on the same row.

    `words.notes`: "mean" names the mark.
    """
    table = np.asarray(counts, dtype=np.float64)
    total = table.sum(axis=1, keepdims=True)
    share = np.divide(table, total, out=np.zeros_like(table), where=total > 0)
    figure, axes = _canvas(5.8, 1.3 + 0.3 * len(names))
    y, left = np.arange(len(names)), np.zeros(len(names))
    for step, (colour, light) in enumerate(_step_colours(table.shape[1])):
        axes.barh(y, share[:, step], left=left, color=colour, edgecolor="white", linewidth=0.8, height=0.72)
        for row in np.flatnonzero(share[:, step] >= 0.07).tolist():
            middle = left[row] + share[row, step] / 2
            ink = INK if light else "white"
            axes.text(middle, row, f"{share[row, step]:.0%}", ha="center", va="center", fontsize=7, color=ink)
        left = left + share[:, step]
    for place, value in enumerate(as_vector(mean, "mean", len(names)).tolist()):
        text = "–" if np.isnan(value) else _number(value, words.decimal)
        axes.text(1.02, place, text, va="center", fontsize=8)
    axes.text(1.02, -0.75, words.note("mean"), fontsize=8, color=MUTED, va="bottom")
    _legend_of_steps(figure, scale, table.shape[1])
    axes.set_yticks(y, list(names), fontsize=8)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0%}"))
    axes.set_xlabel(words.axis)
    return _svg(figure, words, key)


def reliability_forest(rows: Sequence[ForestRow], *, words: Words, key: str) -> str:
    """Coefficients from 0 to 1 with their intervals; limits below 0 end in an arrow."""
    figure, axes = _canvas(5.8, 0.8 + 0.36 * len(rows))
    for y, row in enumerate(rows):
        if row.ci is not None:
            low, high = row.ci
            axes.hlines(y, max(low, 0.0), min(high, 1.0), color=INK, linewidth=1.4)
            if low < 0:
                axes.plot(0.0, y, "<", color=INK, markersize=5, clip_on=False)
        if row.estimate >= 0:
            axes.plot(row.estimate, y, "D", color=BRAND, markersize=6)
        axes.text(1.02, y, _number(row.estimate, words.decimal), va="center", fontsize=9)
    axes.set_yticks(range(len(rows)), [row.name for row in rows], fontsize=9)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    _value_axis(axes, (0.0, 1.0), words)
    return _svg(figure, words, key)


def _canvas(width: float, height: float) -> tuple[Figure, Axes]:
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.add_subplot()
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="both", length=0)
    axes.set_axisbelow(True)
    return figure, axes


def _value_axis(axes: Axes, scale: tuple[float, float], words: Words) -> None:
    margin = (scale[1] - scale[0]) * 0.01
    axes.set_xlim(scale[0] - margin, scale[1] + margin)
    axes.grid(axis="x", color=RULE, linewidth=0.8)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}".replace(".", words.decimal)))
    axes.set_xlabel(words.axis)


def _step_colours(options: int) -> list[tuple[str, bool]]:
    """One hue from light to dark, so that the order is seen without colour too; true where it is light."""
    hue = LinearSegmentedColormap.from_list("steps", _STEPS)
    colours = [hue(place)[:3] for place in np.linspace(0, 1, options)]
    return [(to_hex(colour), float(np.dot(colour, (0.3, 0.6, 0.1))) > 0.45) for colour in colours]


def _legend_of_steps(figure: Figure, scale: tuple[int, int], options: int) -> None:
    marks = [
        Patch(facecolor=colour, edgecolor=MUTED, linewidth=0.6, label=str(scale[0] + step))
        for step, (colour, _) in enumerate(_step_colours(options))
    ]
    figure.legend(
        handles=marks, loc="outside lower center", ncols=options, frameon=False, fontsize=8, handlelength=1.2
    )


def _number(value: float, decimal: str) -> str:
    return f"{value:.2f}".replace(".", decimal)


def _svg(figure: Figure, words: Words, key: str) -> str:
    """SVG to stand inside a page: ids made unique, title and description first."""
    buffer = io.StringIO()
    with mpl.rc_context(_STYLE):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r'\bid="', f'id="{key}-', text)
    text = re.sub(r'((?:xlink:)?href="|url\()#', rf"\g<1>#{key}-", text)
    named = f'<title id="{key}-title">{escape(words.title)}</title>'
    told = f'<desc id="{key}-desc">{escape(words.description)}</desc>'
    head = f'<svg role="img" aria-labelledby="{key}-title {key}-desc" '
    return re.sub(r"<svg ([^>]*)>", lambda found: f"{head}{found[1]}>{named}{told}", text, count=1)


def typical_half_width(half_width: FloatArray) -> float:
    """The median of the half widths of intervals, 0 when there is none."""
    known = half_width[~np.isnan(half_width)]
    return float(np.median(known)) if known.size else 0.0
