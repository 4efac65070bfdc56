"""What the package offers and what it brings along."""

import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FunctionType

import pytest

import analysis

METHODS = Path(__file__).resolve().parents[2] / "docs" / "methods.md"
SECTIONS = set(re.findall(r"^## (\d+)\. ", METHODS.read_text(encoding="utf-8"), re.MULTILINE))
SECTION = re.compile(r"docs/methods\.md, sections? (\d+(?:(?:, | and | to )\d+)*)")
SOURCE = re.compile(r"\b(1[89]|20)\d\d\b|\b(Pasal|Lampiran)\b")  # a year, or the article of a rule


def test_every_public_name_exists_and_is_documented() -> None:
    for name in analysis.__all__:
        value = getattr(analysis, name)
        assert value.__doc__ or not isinstance(value, type | FunctionType), name


def test_importing_it_brings_neither_figures_nor_a_web_framework() -> None:
    foreign = ("matplotlib", "flask", "yaml", "survey")
    code = f"import sys, analysis; print([name for name in {foreign} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_examples_in_the_docstrings_run() -> None:
    for module in pkgutil.walk_packages(analysis.__path__, "analysis."):
        result = doctest.testmod(importlib.import_module(module.name))
        assert result.failed == 0, module.name


def test_every_public_function_says_what_comes_in_and_out_and_shows_it() -> None:
    assert lacking(missing_sections) == {}


def test_every_public_function_names_the_source_of_its_formula() -> None:
    assert lacking(missing_source) == {}


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("The mean.", ["source"]),
        ("The mean.\n\n    Examples\n    --------\n    >>> mean([1968])\n    1968\n", ["source"]),
        ("Alpha (Cronbach 1951).", []),
        ("Weighted sum (Pasal 41(2)).", []),
        ("Sums, docs/methods.md, section 4.", []),
        ("Sums, docs/methods.md.", ["source"]),
        ("Sums, docs/methods.md, sections 4 and 99.", ["section 99 of docs/methods.md"]),
    ],
)
def test_a_source_is_a_year_an_article_or_a_section_that_exists(text: str, missing: list[str]) -> None:
    assert missing_source(text) == missing


def lacking(rule: Callable[[str], list[str]]) -> dict[str, list[str]]:
    """What the rule misses in the docstring of each public function."""
    public = {name: getattr(analysis, name) for name in analysis.__all__}
    functions = {name: value for name, value in public.items() if isinstance(value, FunctionType)}
    found = {name: rule(function.__doc__ or "") for name, function in functions.items()}
    return {name: missing for name, missing in found.items() if missing}


def missing_sections(text: str) -> list[str]:
    missing = [name for name in ("Parameters", "Returns", "Examples") if heading(name) not in text]
    return missing or ([] if ">>> " in text.partition(heading("Examples"))[2] else [">>>"])


def missing_source(text: str) -> list[str]:
    """An example's numbers are no source, and a section must be there to be read."""
    words = " ".join(text.partition(heading("Examples"))[0].split())
    cited = [number for found in SECTION.findall(words) for number in re.findall(r"\d+", found)]
    if not cited and not SOURCE.search(words):
        return ["source"]
    return [f"section {number} of docs/methods.md" for number in cited if number not in SECTIONS]


def heading(name: str) -> str:
    return f"\n    {name}\n    {'-' * len(name)}\n"
