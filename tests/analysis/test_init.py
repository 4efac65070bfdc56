"""What the package offers and what it brings along."""

import doctest
import importlib
import pkgutil
import subprocess
import sys
from types import FunctionType

import analysis


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
    tried = 0
    for module in pkgutil.walk_packages(analysis.__path__, "analysis."):
        result = doctest.testmod(importlib.import_module(module.name))
        assert result.failed == 0, module.name
        tried += result.attempted
    assert tried >= 5


def test_every_public_function_says_what_comes_in_and_out() -> None:
    def lacks(name: str) -> list[str]:
        text = getattr(analysis, name).__doc__ or ""
        return [part for part in ("Parameters", "Returns") if f"{part}\n    {'-' * len(part)}" not in text]

    functions = [name for name in analysis.__all__ if isinstance(getattr(analysis, name), FunctionType)]
    assert {name: lacks(name) for name in functions if lacks(name)} == {}
