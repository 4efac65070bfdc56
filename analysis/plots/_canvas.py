"""What every figure is made with: a bare canvas, an axis of values, and SVG to stand inside a page.

Words come in as a mapping, so that every language works; numbers stand in the table beside the
figure. Nothing is told by colour alone.
"""

from __future__ import annotations

import io
import re
import textwrap
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

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LABEL = 30  # signs on a line of a label
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


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty figure of that size in inches, with one pair of bare axes."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.add_subplot()
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="both", length=0)
    axes.set_axisbelow(True)
    return figure, axes


def value_axis(axes: Axes, scale: tuple[float, float], words: Words) -> None:
    """Let the horizontal axis show the values of a scale, end to end."""
    margin = (scale[1] - scale[0]) * 0.01
    axes.set_xlim(scale[0] - margin, scale[1] + margin)
    axes.grid(axis="x", color=RULE, linewidth=0.8)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}".replace(".", words.decimal)))
    axes.set_xlabel(words.axis)


def step_colours(options: int) -> list[tuple[str, bool]]:
    """One hue from light to dark, so that the order is seen without colour too; true where it is light."""
    hue = LinearSegmentedColormap.from_list("steps", _STEPS)
    colours = [hue(place)[:3] for place in np.linspace(0, 1, options)]
    return [(to_hex(colour), float(np.dot(colour, (0.3, 0.6, 0.1))) > 0.45) for colour in colours]


def legend_of_steps(figure: Figure, scale: tuple[int, int], options: int) -> None:
    """Name the colours of the options, below the figure."""
    marks = [
        Patch(facecolor=colour, edgecolor=MUTED, linewidth=0.6, label=str(scale[0] + step))
        for step, (colour, _) in enumerate(step_colours(options))
    ]
    figure.legend(
        handles=marks, loc="outside lower center", ncols=options, frameon=False, fontsize=8, handlelength=1.2
    )


def wrapped(names: Sequence[str]) -> list[str]:
    """Labels of rows in up to three lines, so that long ones leave room for the figure."""
    return ["\n".join(textwrap.wrap(name, _LABEL, max_lines=3, placeholder=" …")) or name for name in names]


def lines_of(labels: Sequence[str]) -> int:
    """Lines of the longest label."""
    return max((label.count("\n") + 1 for label in labels), default=1)


def number(value: float, decimal: str) -> str:
    """A number as a label; the table beside the figure has it in full."""
    return f"{value:.2f}".replace(".", decimal)


def svg(figure: Figure, words: Words, key: str) -> str:
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
