"""Run jobs in a process of their own, beside the pages or on another machine."""

import signal
import threading
from pathlib import Path

import click
from sqlalchemy import make_url

from survey.config import Settings, load_settings
from survey.db import connect_all
from survey.jobs.runner import ANYWHERE, HERE, HOUSE, Runner


@click.command("worker")
@click.option(
    "--elsewhere",
    is_flag=True,
    help="This machine has no box of its own: take only what any machine can do, such as e-mail.",
)
def command(elsewhere: bool) -> None:
    """Run jobs until it is stopped. Any number of workers may run at once."""
    settings = load_settings()
    _refuse_without_a_box(settings, elsewhere)
    databases = connect_all(settings)
    stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    queues = (ANYWHERE,) if elsewhere else (HERE, HOUSE, ANYWHERE)
    with Runner(settings, databases, queues) as runner:
        click.echo(f"Worker {runner.name} takes jobs (Ctrl+C stops)")
        stop.wait()
    databases.dispose()


def _refuse_without_a_box(settings: Settings, elsewhere: bool) -> None:
    """In a wrong directory a cycle would be closed over an empty box."""
    spool = Path(make_url(settings.spool_url).database or "")
    if not elsewhere and not spool.exists():
        raise click.UsageError(
            f"No service ever ran in {settings.data_directory}: name its directory in"
            " CERMIN_DATA_DIRECTORY, or take work for any machine only: --elsewhere"
        )
