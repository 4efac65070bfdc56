"""The key holder's tool among the commands of the service; it reads no settings and no database."""

import sys

import click

from protocol import commands


@click.command(
    "holder",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    short_help="The key holder's tool: make, prove, split and use a key, on a computer of the office.",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Hand everything on to the tool, which speaks its user's language and explains itself."""
    sys.exit(commands.main(arguments, "python -m survey holder"))
