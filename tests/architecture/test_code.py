"""House rules of the code. Each failing test says the cure."""

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("survey", "forms", "analysis", "protocol", "instruments", "verifier")
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager", "util", "helper"}


def sources(*packages: str) -> list[Path]:
    return [path for package in packages or PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_module_is_called_utils() -> None:
    found = [named(path) for path in sources() if path.stem in FORBIDDEN_NAMES]
    assert not found, f"{found}: name the file after what it does"


def test_only_transaction_commits() -> None:
    calls = [
        f"{named(path)}:{node.lineno}"
        for path in sources("survey")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]
    assert [call.split(":")[0] for call in calls] == ["survey/db.py"], (
        f"{calls}: services never commit; open `transaction()` at the door"
    )


def test_services_open_no_transaction() -> None:
    found = [
        named(path)
        for path in sources("survey")
        if "services" in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module == "survey.db"
        and {name.name for name in node.names} & {"transaction", "reading", "connect"}
    ]
    assert not found, f"{found}: take a Session; the caller opens the transaction"


def test_nothing_is_imported_inside_a_function() -> None:
    found = [
        f"{named(path)}:{inner.lineno}"
        for path in sources()
        for function in functions(path)
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not found, f"{found}: a hidden import hides a circle; move the code instead"


def test_every_function_is_annotated() -> None:
    found = [
        f"{named(path)}:{function.lineno} {function.name}"
        for path in sources()
        for function in functions(path)
        if function.returns is None
    ]
    assert not found, found


@pytest.mark.parametrize(
    ("packages", "middle", "longest", "file_longest"),
    [(("survey", "forms", "protocol", "instruments"), 9, 60, 300), (("analysis",), 14, 70, 400)],
)
def test_functions_and_files_stay_small(
    packages: tuple[str, ...], middle: int, longest: int, file_longest: int
) -> None:
    lengths = {
        f"{named(path)}:{function.lineno} {function.name}": length(function)
        for path in sources(*packages)
        for function in functions(path)
    }
    files = {
        named(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources(*packages)
        if path.name != "__init__.py"  # a list of what is offered
    }
    assert statistics.median(lengths.values()) <= middle
    assert not {name: lines for name, lines in lengths.items() if lines > longest}, "split the function"
    assert not {name: lines for name, lines in files.items() if lines > file_longest}, "split the file"


def test_analysis_needs_neither_flask_nor_a_database_nor_matplotlib() -> None:
    program = (
        "import sys, analysis; "
        "print(sorted({name.split('.')[0] for name in sys.modules} "
        "& {'flask', 'sqlalchemy', 'survey', 'forms', 'instruments', 'yaml', 'matplotlib', 'wtforms'}))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


STATISTICS = {"sqrt", "std", "var", "cov", "corrcoef", "quantile", "median", "average", "mean", "nanmean"}


def test_no_statistic_is_computed_outside_analysis() -> None:
    found = [
        f"{named(path)}:{node.lineno} np.{node.attr}"
        for path in sources("survey", "forms", "instruments")
        if "demo" not in path.parts  # it plants what is true, and so must know how
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("np", "special", "statistics", "math")
        and node.attr in STATISTICS
    ]
    assert not found, f"{found}: compute it in analysis, with its source and its tests"


def test_templates_escape_everything() -> None:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8").replace(" ", "")
        if path.parent.name != "analysis":  # plots come in as drawings made by ourselves
            assert "|safe" not in text, f"{named(path)}: escape it"


def test_no_secret_or_personal_path_is_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    names = listed.stdout.splitlines()
    assert not [name for name in names if name.endswith((".pem", ".sqlite", ".key", ".env"))]
