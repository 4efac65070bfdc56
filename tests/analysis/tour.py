"""Runs the examples of `docs/analysis_tour.md` and draws its figures: `python -m tests.analysis.tour`."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "analysis_tour.md"
IMAGES = ROOT / "docs" / "images"


def run() -> tuple[doctest.TestResults, dict[str, str]]:
    """The outcome of the examples, and every figure they made, by the name of its variable."""
    text = PAGE.read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL))
    test = doctest.DocTestParser().get_doctest(code, {}, PAGE.name, str(PAGE), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    outcome = runner.run(test, clear_globs=False)
    figures = {name: value for name, value in test.globs.items() if name.startswith("figure_")}
    return outcome, figures


def picture(svg: str) -> str:
    """A figure as a file of its own."""
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    bare = re.sub(r'\s+xmlns(:xlink)?="[^"]*"', "", svg)
    return bare.replace("<svg ", f"<svg {spaces} ", 1)


def path_of(name: str) -> Path:
    """Where a figure lies."""
    return IMAGES / f"tour_{name.removeprefix('figure_')}.svg"


if __name__ == "__main__":
    result, drawn = run()
    for variable, svg in drawn.items():
        path_of(variable).write_text(picture(svg), encoding="utf-8")
    print(f"{result.attempted} examples, {result.failed} failed, {len(drawn)} figures")  # noqa: T201
