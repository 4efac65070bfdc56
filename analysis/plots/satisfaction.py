"""Figures of a satisfaction survey: the elements beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.plots._canvas import INK, Words, canvas, lines_of, number, svg, value_axis, wrapped

_FILL = "#c9b78f"


@dataclass(frozen=True)
class ElementBar:
    """One element: its mean and interval; None where nothing can be told. The lowest is hatched."""

    name: str
    value: float | None
    ci: tuple[float, float] | None
    is_lowest: bool


def element_bars(rows: Sequence[ElementBar], *, scale: tuple[float, float], words: Words, key: str) -> str:
    """A bar for each element, in the given order from the top, with its mean at the right.

    Parameters
    ----------
    rows : the elements
    scale : ends of the scale; bars begin at the lower one

    Returns
    -------
    str : SVG
    """
    labels = wrapped([row.name for row in rows])
    figure, axes = canvas(6.2, 0.9 + len(rows) * (0.24 + 0.14 * lines_of(labels)))
    for place, row in enumerate(rows):
        if row.value is not None:
            axes.barh(
                place, row.value - scale[0], left=scale[0], height=0.62, color=_FILL, edgecolor=INK,
                linewidth=0.8, hatch="///" if row.is_lowest else None,
            )  # fmt: skip
        if row.ci is not None:
            axes.hlines(place, max(row.ci[0], scale[0]), min(row.ci[1], scale[1]), color=INK, linewidth=1.4)
        told = words.note("untold") if row.value is None else number(row.value, words.decimal)
        axes.annotate(
            told, (1, place), xycoords=("axes fraction", "data"), xytext=(4, 0), textcoords="offset points",
            ha="left", va="center", fontsize=9,
        )  # fmt: skip
    axes.set_yticks(np.arange(len(rows)), labels, fontsize=8)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    value_axis(axes, scale, words)
    return svg(figure, words, key)
