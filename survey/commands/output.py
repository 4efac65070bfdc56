"""What the file commands share: words, pages, progress, the report of bad input, and whole files or none."""

from __future__ import annotations

import csv
import errno
import gettext
import json
import math
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

import click
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from survey.services.documents.rounding import half_up
from survey.tables import N_, BadFile, Problem, Table, Translate, read_table

ROOT = Path(__file__).parents[2]
BAD_INPUT = 2
NO_FIGURE = "–"


def catalogue(language: str) -> gettext.NullTranslations:
    """The texts in a language; English where one is missing."""
    return gettext.translation("messages", ROOT / "translations", [language], fallback=True)


def decimal_sign(language: str) -> str:
    """Comma in Indonesian, point in English."""
    return "," if language == "id" else "."


def number(value: float | Decimal | None, decimals: int, language: str) -> str:
    """A number as the language writes it; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return NO_FIGURE
    text = f"{half_up(value, decimals):z,f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "id" else text


def page(template: str, language: str, **context: object) -> str:
    """A self-contained page from a template, in a language."""
    texts = catalogue(language)
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # comes with the extension
        texts.gettext, texts.ngettext, newstyle=True
    )
    environment.filters["number"] = lambda value, decimals=2: number(value, decimals, language)
    return environment.get_template(template).render(language=language, **context)


@contextmanager
def steps(total: int) -> Iterator[Steps]:
    """Tell how far the work is: a bar on a terminal, plain lines otherwise."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Steps(total, None)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        yield Steps(total, bar)


class Steps:
    """Counts the steps of one command."""

    def __init__(self, total: int, bar: Progress | None) -> None:
        self._total, self._bar, self._done = total, bar, 0
        self._task = bar.add_task("", total=total) if bar else None

    def begin(self, what: str) -> None:
        """Name the step that begins now."""
        self._done += 1
        if self._bar is None or self._task is None:
            click.echo(f"[{self._done}/{self._total}] {what}", err=True)
        else:
            self._bar.update(self._task, description=what, completed=self._done - 1)


def read_file(path: Path) -> Table:
    """Read a table from a path."""
    try:
        with path.open("rb") as source:
            return read_table(source, path.name)
    except OSError as error:
        unreadable = N_("The file cannot be read (%(reason)s). Check the path and who may read it.")
        raise BadFile([Problem(None, None, unreadable, {"reason": error.strerror or error})]) from error


def refuse(error: BadFile, translate: Translate) -> NoReturn:
    """Print every problem with its mend and leave with the code of bad input."""
    click.echo(translate(N_("The file cannot be used. Nothing was written. What to mend:")), err=True)
    for problem in error.problems:
        click.echo(f"- {problem.sentence(translate)}", err=True)
    sys.exit(BAD_INPUT)


class CannotWrite(Exception):
    """The results could not be written; what stood in their place before stands there still."""

    def __init__(self, target: Path, error: OSError) -> None:
        self.target = target
        self.reason = f"{error.strerror or error}: {error.filename or target}"
        super().__init__(self.reason)


def refuse_target(error: CannotWrite, translate: Translate) -> NoReturn:
    """Print where and why nothing could be written and leave with the code of bad input."""
    text = N_(
        "The results cannot be written to %(target)s (%(reason)s). Nothing was written. "
        "Choose another directory with --out."
    )
    click.echo(translate(text) % {"target": error.target, "reason": error.reason}, err=True)
    sys.exit(BAD_INPUT)


@contextmanager
def whole_files(target: Path) -> Iterator[Path]:
    """A directory to write into; its files appear in the target all at once, or not at all.

    Raises CannotWrite when the system refuses to write. Nothing is left behind by a failure.
    """
    made = [folder for folder in (target, *target.parents) if not folder.exists()]
    try:
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=target) as draft:
            yield Path(draft)
            _put_in_place(Path(draft), target)
        made = []
    except OSError as error:
        raise CannotWrite(target, error) from error
    finally:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()


def _put_in_place(draft: Path, target: Path) -> None:
    files = sorted(draft.iterdir())
    for file in files:
        if (target / file.name).is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target / file.name))
    for file in files:
        file.replace(target / file.name)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """JSON that people can read, without numbers that are none."""
    path.write_text(
        json.dumps(without_nan(value), ensure_ascii=False, indent=2, allow_nan=False) + "\n", encoding="utf-8"
    )


def without_nan(value: Any) -> Any:
    """The same value with None where a number is undefined."""
    if isinstance(value, Mapping):
        return {key: without_nan(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """CSV that no spreadsheet takes for formulas."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([safe_cell(value) for value in row] for row in rows)


def safe_cell(value: object) -> str:
    """A cell's text; what could be read as a formula gets an apostrophe, numbers stay as they are."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float):
        return repr(float(value))
    text = str(value)
    if text[:1] not in ("=", "+", "-", "@", "\t", "\r"):
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return text
