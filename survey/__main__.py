"""`python -m survey`: every command of the service.

Exit code 0 on success, 2 on bad input with the report on standard error.
"""

import os
import sys

# One thread for linear algebra: the arrays are narrow, and more threads only get into each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from survey.commands import accounts, analyse, cycles, demo, holder, ikm, people, serve, worker
from survey.config import SettingsError

BAD_INPUT = 2
SET_UP = "If it is new or of an older version, set it up: python -m survey migrate"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Cermin: anonymous 360-degree feedback and public satisfaction."""


for command in (
    serve.command,
    worker.command,
    serve.migrate_command,
    demo.command,
    people.command,
    accounts.create_command,
    accounts.give_command,
    accounts.set_password_command,
    cycles.close_command,
    cycles.export_command,
    cycles.proof_command,
    analyse.command,
    ikm.command,
    holder.command,
):
    cli.add_command(command)


def main() -> None:
    """Run the command line; a weak or malformed setting, or a database that is not set up, is bad input."""
    try:
        cli(prog_name="python -m survey")
    except SettingsError as error:
        click.echo(f"Settings: {error}", err=True)
        sys.exit(BAD_INPUT)
    except (OperationalError, ProgrammingError) as error:
        reason = str(error.orig).partition("\n")[0]
        click.echo(f"The database cannot be used: {reason}. {SET_UP}", err=True)
        sys.exit(BAD_INPUT)


if __name__ == "__main__":
    main()
