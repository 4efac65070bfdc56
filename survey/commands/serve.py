"""Serve the pages, and bring the databases to the newest schema."""

from contextlib import nullcontext

import click
from waitress import create_server

from survey.app import create_app
from survey.commands import demo
from survey.config import load_settings
from survey.db import connect_all
from survey.jobs.runner import Runner
from survey.migrate import upgrade_all
from survey.start_checks import refuse_weak_setup

THREADS = 8


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8360,
    show_default=True,
    envvar="PORT",
    help="Port to listen on.",
)
@click.option(
    "--without-jobs", is_flag=True, help="Leave all jobs to `python -m survey worker` on this machine."
)
@click.option("--demo", "with_demo", is_flag=True, help="First see to it that the demo city stands.")
@click.pass_context
def command(context: click.Context, host: str, port: int, without_jobs: bool, with_demo: bool) -> None:
    """Serve the product, with the job runner in the same process."""
    if with_demo:
        context.invoke(demo.command)
    settings = load_settings()
    databases = connect_all(settings)
    app = create_app(settings, databases)
    refuse_weak_setup(app)
    try:
        server = create_server(app, host=host, port=port, threads=THREADS, ident=None)
    except OSError as error:
        raise click.ClickException(
            f"Port {port} is taken ({error.strerror}). Choose another: PORT=8361"
        ) from error
    with nullcontext() if without_jobs else Runner(settings, databases):
        click.echo(f"Serving on http://{host}:{port} (Ctrl+C stops)")
        server.run()


@click.command("migrate")
def migrate_command() -> None:
    """Bring both databases to the newest schema."""
    databases = connect_all(load_settings())
    upgrade_all(databases)
    databases.dispose()
    click.echo("Both databases are at the newest schema.")
