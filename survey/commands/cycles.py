"""Close a cycle, and export its appraisals, from the command line."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask_babel import gettext
from sqlalchemy import or_, select

from survey.app import create_app
from survey.config import Settings, load_settings
from survey.db import Databases, connect_all, reading, transaction
from survey.exceptions import StepNotAllowed
from survey.i18n import DEFAULT_LANGUAGE
from survey.jobs import close_cycle
from survey.jobs.port import Report
from survey.models.cycles import Cycle
from survey.services.accounts.access import WHOLE_CITY
from survey.services.auditing import audit
from survey.services.cycles import cycles
from survey.services.documents import export_files
from survey.services.papers.receipts import COUNTED_STATES
from survey.services.results import exports, group_export, proof

Content = tuple[str, Callable[..., export_files.Sheet]]

APPRAISALS: Content = ("appraisals", exports.appraisal_table)
GROUPS: Content = ("groups", group_export.group_table)


@click.command("close")
@click.argument("cycle")
def close_command(cycle: str) -> None:
    """Close CYCLE (public id or name): count its ballots, destroy them, work out the results."""
    with _installation() as (settings, databases):
        found = _find(databases, cycle)
        if found.state not in cycles.STEPS["close"][0]:
            raise click.UsageError(f"The cycle is {found.state}; only an open one can be closed.")
        with transaction(databases.people) as people:
            audit.record(people, None, "cycle.close", found.public_id)
        with _progress() as report:
            close_cycle.run(settings, databases, found.public_id, report)
    click.echo("The cycle is counted. The single sheets and the key are destroyed.")


@click.command("export-appraisals")
@click.argument("cycle")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="FILE.csv or FILE.xlsx"
)
@click.option("--groups", is_flag=True, help="n, mean and standard error by behaviour and rater group")
def export_command(cycle: str, out: Path, groups: bool) -> None:
    """Write the appraisals of CYCLE (public id or name) to a file, or what they are made of."""
    if out.suffix.lower().lstrip(".") not in export_files.WRITERS:
        raise click.BadParameter("the file must end in .csv or .xlsx", param_hint="--out")
    with _installation() as (settings, databases):
        found = _find(databases, cycle)
        try:
            _write(settings, databases, found.public_id, GROUPS if groups else APPRAISALS, out)
        except StepNotAllowed as fact:
            first = "release" if groups else "close"
            raise click.UsageError(f"The cycle is {fact.state}; {first} it first.") from fact
    click.echo(f"{'Rater groups' if groups else 'Appraisals'} written to {out}")


def _write(settings: Settings, databases: Databases, public_id: str, content: Content, out: Path) -> None:
    name, table_of = content
    kind = out.suffix.lower().lstrip(".")
    app = create_app(settings, databases)
    with app.app_context(), transaction(databases.people) as people:
        cycle = cycles.find_cycle(people, public_id)
        table = table_of(people, WHOLE_CITY, cycle, gettext, DEFAULT_LANGUAGE)
        audit.record(people, None, f"{name}.export", public_id, kind=kind)
        try:
            with TemporaryDirectory(prefix=".unfinished-", dir=out.parent) as draft:
                whole = Path(draft, out.name)
                with whole.open("wb") as target:
                    export_files.WRITERS[kind](table, target)
                whole.replace(out)
        except OSError as error:
            raise click.BadParameter(f"cannot be written: {error.strerror}", param_hint="--out") from error


@click.command("export-proof")
@click.argument("cycle")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="a folder, new or empty"
)
def proof_command(cycle: str, out: Path) -> None:
    """Write what an auditor recomputes the figures of CYCLE from, with `python -m verifier FOLDER`."""
    with _installation() as (_settings, databases):
        found = _find(databases, cycle)
        if found.state not in COUNTED_STATES or not found.manifest:
            raise click.UsageError(f"The cycle is {found.state}; there is a proof once it is counted.")
        with transaction(databases.people) as people, reading(databases.answers) as answers:
            files = proof.files(people, answers, cycles.find_cycle(people, found.public_id))
            audit.record(people, None, "proof.export", found.public_id)
        try:
            out.mkdir(parents=True, exist_ok=True, mode=0o700)
            for name, content in files.items():
                (out / name).touch(mode=0o600, exist_ok=False)  # it holds more than is published
                (out / name).write_bytes(content)
        except OSError as error:
            raise click.BadParameter(f"cannot be written: {error.strerror}", param_hint="--out") from error
    click.echo(f"Proof written to {out}. Check it anywhere: python -m verifier {out}")


@contextmanager
def _installation() -> Iterator[tuple[Settings, Databases]]:
    settings = load_settings()
    databases = connect_all(settings)
    try:
        yield settings, databases
    finally:
        databases.dispose()


def _find(databases: Databases, text: str) -> Cycle:
    with reading(databases.people) as people:
        found = people.scalar(select(Cycle).where(or_(Cycle.public_id == text, Cycle.name == text)))
    if found is None:
        raise click.BadParameter(f"there is no cycle {text!r}", param_hint="CYCLE")
    return found


@contextmanager
def _progress() -> Iterator[Report]:
    """A bar on a terminal, one plain line a step otherwise."""
    if not sys.stderr.isatty():
        yield lambda step, done, total: click.echo(f"{done}/{total} {step}", err=True)
        return
    with click.progressbar(length=len(close_cycle.STEPS), label="Closing", file=sys.stderr) as bar:
        yield lambda _step, done, _total: bar.update(done - bar.pos)
