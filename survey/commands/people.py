"""Bring in units and employees without the web forms."""

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import click
from babel.support import Translations

from survey.config import Settings, load_settings
from survey.db import connect, transaction
from survey.services.organisation import people_import
from survey.services.organisation.people_difference import Difference
from survey.services.organisation.people_import import Plan
from survey.services.organisation.people_problems import FileName, ImportRefused
from survey.tables import N_

TRANSLATIONS = Path(__file__).resolve().parents[2] / "translations"
BAD_INPUT = 2
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
HEADINGS: dict[FileName, str] = {"units": N_("File of units"), "employees": N_("File of employees")}
COUNTS = N_("%(file)s: %(new)s new, %(changed)s changed, %(unchanged)s unchanged, %(kept)s kept as they are.")
TO_MEND = N_("Nothing was saved. Places to mend: %(total)s; listed: %(shown)s.")
UNREAD = N_("Columns that are not read: %(names)s.")
APPLIED = N_("The difference is applied.")
NOT_APPLIED = N_("Nothing is saved yet.")

Translate = Callable[[str], str]


@click.command("import-people")
@click.argument("units_file", type=FILE)
@click.argument("employees_file", type=FILE)
@click.option("--correction", is_flag=True, help="Correct mistakes: keep nothing of what was before.")
@click.option("--dry-run", is_flag=True, help="Check the files and show the difference; save nothing.")
def command(units_file: Path, employees_file: Path, dry_run: bool, correction: bool) -> None:
    """Bring in units and employees from two files (CSV, CSV.GZ or XLSX), both or nothing."""
    translate = _translator()
    settings = load_settings()
    files: dict[FileName, Path] = {"units": units_file, "employees": employees_file}
    try:
        for line in _import(settings, files, (dry_run, correction), translate):
            click.echo(line)
    except ImportRefused as refusal:
        for line in _report(refusal, translate):
            click.echo(line, err=True)
        sys.exit(BAD_INPUT)


def _import(
    settings: Settings, files: dict[FileName, Path], flags: tuple[bool, bool], translate: Translate
) -> list[str]:
    dry_run, is_correction = flags
    with ExitStack() as opened:
        sources = {file: (opened.enter_context(path.open("rb")), path.name) for file, path in files.items()}
        tables = people_import.read_files(sources)
    notes = [
        f"{translate(HEADINGS[file])}: {note.sentence(translate)}"
        for file, table in tables.items()
        for note in table.notes
    ]
    engine = connect(settings.people_url)
    try:
        with transaction(engine) as session:
            today = settings.today()
            plan = people_import.prepare(session, tables["units"], tables["employees"], today)
            if not dry_run:
                people_import.apply(session, plan, None, None if is_correction else today)
    finally:
        engine.dispose()
    doubtful = [
        f"{translate(HEADINGS[each.file])}: {each.problem.sentence(translate)}" for each in plan.warnings
    ]
    return [*notes, *doubtful, *_summary(plan, translate), translate(NOT_APPLIED if dry_run else APPLIED)]


def _summary(plan: Plan, translate: Translate) -> list[str]:
    return [line for difference in plan.differences for line in _difference(difference, translate)]


def _difference(difference: Difference, translate: Translate) -> list[str]:
    counts = {
        "file": translate(HEADINGS[difference.file]),
        "new": difference.new,
        "changed": len(difference.changes),
        "unchanged": difference.unchanged,
        "kept": difference.kept,
    }
    lines = [translate(COUNTS) % counts]
    if difference.unread:
        lines.append(translate(UNREAD) % {"names": ", ".join(difference.unread)})
    return lines


def _report(refusal: ImportRefused, translate: Translate) -> list[str]:
    counts = {"total": refusal.total, "shown": len(refusal.problems)}
    return [
        translate(TO_MEND) % counts,
        *(
            f"{translate(HEADINGS[each.file])}: {each.problem.sentence(translate)}"
            for each in refusal.problems
        ),
    ]


def _translator() -> Translate:
    """Texts in Indonesian where the terminal asks for it, else in English as the help is."""
    wanted = next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    if not wanted.startswith("id"):
        return str
    return Translations.load(str(TRANSLATIONS), ["id"]).gettext
