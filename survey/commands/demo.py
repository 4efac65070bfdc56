"""Build the demo city, once, and print who can sign in."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from survey.config import Settings, load_settings
from survey.db import Databases, connect_all
from survey.demo import guide, site
from survey.demo.build import SEED, CityPlan, Report, build_city
from survey.migrate import upgrade_all

BAD_INPUT = 2
NOT_IN_PRODUCTION = (
    "The demo city has accounts with printed passwords, so production refuses it. "
    "Set CERMIN_ENVIRONMENT=development to look around."
)
NOT_OURS = (
    "These databases hold people that the demo did not make. Nothing was changed. For a demo city, name "
    "another place: CERMIN_DATA_DIRECTORY=… make run"
)


@click.command("demo")
@click.option("--seed", default=SEED, show_default=True, help="The same seed makes the same city.")
@click.option(
    "--reset", is_flag=True, help="Remove the demo city, its databases and its keys, and build anew."
)
def command(seed: int, reset: bool) -> None:
    """Build the demo city, unless it stands, and print who can sign in."""
    settings = load_settings()
    if settings.is_production:
        click.echo(NOT_IN_PRODUCTION, err=True)
        sys.exit(BAD_INPUT)
    databases = connect_all(settings)
    ground = site.survey_ground(settings, databases)
    if ground is site.Ground.OTHER:
        click.echo(NOT_OURS, err=reset)
        sys.exit(BAD_INPUT if reset else 0)
    if reset or ground is site.Ground.UNFINISHED:
        site.clear(settings, databases)
        databases = connect_all(settings)
        ground = site.Ground.EMPTY
    if ground is site.Ground.EMPTY:
        _build(settings, databases, seed)
    else:
        upgrade_all(databases)
    databases.dispose()
    text = site.guide_path(settings).read_text(encoding="utf-8")
    click.echo("\n" + guide.fill_in(text, settings))


def _build(settings: Settings, databases: Databases, seed: int) -> None:
    site.begin(settings)
    upgrade_all(databases)
    plan = CityPlan(settings.today(), seed)
    started = time.monotonic()
    with _progress() as report:
        city = build_city(settings, databases, plan, report)
    site.finish(settings, guide.write_guide(city))
    click.echo(f"The demo city stands after {time.monotonic() - started:.0f} s.")


@contextmanager
def _progress() -> Iterator[Report]:
    """Bars on a terminal, otherwise one line when a part is done."""
    if not sys.stdout.isatty():
        yield _PlainLines().report
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns) as bars:
        tasks: dict[str, TaskID] = {}

        def report(part: str, done: int, total: int) -> None:
            if part not in tasks:
                tasks[part] = bars.add_task(part, total=total)
            bars.update(tasks[part], completed=done)

        yield report


class _PlainLines:
    """Says what was finished, and how long it took since the line before."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def report(self, part: str, done: int, total: int) -> None:
        if done == total:
            now = time.monotonic()
            click.echo(f"{part}: done in {now - self._since:.1f} s")
            self._since = now
