"""The public satisfaction index (IKM) from a file of answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from analysis.satisfaction import IndexWithError, index_error, satisfaction_index
from survey.commands.ikm_results import Answers, summary, write_results
from survey.commands.output import CannotWrite, catalogue, read_file, refuse, refuse_target, steps
from survey.commands.ratings import numbers
from survey.rules import satisfaction_policy, satisfaction_rules
from survey.tables import N_, BadFile, ProblemList, Table, Translate

REGULATION, FORM, BY_NAME = "regulation", "form", "names"
FILES = ("ikm.json", "ikm.html")


@click.command("ikm")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory for the results.",
)
@click.option(
    "--order",
    type=click.Choice([REGULATION, FORM]),
    help="What u8 and u9 are. regulation (default): complaints, facilities; form: facilities, complaints.",
)
@click.option(
    "--weights",
    default="1/9",
    show_default=True,
    type=click.Choice(list(satisfaction_policy().weights)),
    help="Weight of one element; the printed ones reproduce published figures.",
)
@click.option("--nrr-decimals", type=click.Choice(["3"]), help="Round each element's mean first.")
@click.option(
    "--population",
    type=click.IntRange(min=1),
    help="How many people used the service: narrows the interval, if not everybody answered.",
)
@click.option(
    "--language",
    default="id",
    show_default=True,
    type=click.Choice(["id", "en"]),
    help="Language of page and messages.",
)
def command(
    file: Path,
    out: Path,
    order: str | None,
    weights: str,
    nrr_decimals: str | None,
    population: int | None,
    language: str,
) -> None:
    """Compute the satisfaction index of the answers in FILE (CSV, CSV.GZ or XLSX, one row a respondent).

    Columns are u1…u9 or the code names of the elements. Writes ikm.json and ikm.html.
    """
    _ = catalogue(language).gettext
    try:
        with steps(3) as progress:
            progress.begin(_("Reading the file"))
            table = read_file(file)
            answers = answers_from(table, order)
            progress.begin(_("Computing"))
            decimals = None if nrr_decimals is None else int(nrr_decimals)
            index = satisfaction_index(
                answers.values, policy=satisfaction_policy(), weight_mode=weights, nrr_decimals=decimals
            )
            certainty = _error_of(answers, weights, population)
            notes = [note.sentence(_) for note in table.notes] + notes_on(answers, order, _)
            progress.begin(_("Writing the results"))
            write_results(out, file.name, index, certainty, answers, notes, language)
    except BadFile as error:
        refuse(error, _)
    except CannotWrite as error:
        refuse_target(error, _)
    for note in notes:
        click.echo(note, err=True)
    for line in summary(index, certainty, language):
        click.echo(line)
    click.echo(_("Written: %(files)s") % {"files": ", ".join(str(out / name) for name in FILES)})


def answers_from(table: Table, order: str | None) -> Answers:
    """Find the elements' columns and read whole steps of the scale."""
    problems = ProblemList()
    columns, used = _columns(table.columns, order, problems)
    problems.raise_if_any()
    if not table.rows:
        problems.add(None, None, N_("The file has column names but no rows below them."))
    policy = satisfaction_policy()
    values = np.column_stack(
        [
            numbers(table, columns[name], (policy.low, policy.high), problems, whole=True)
            for name in policy.elements
        ]
    )
    problems.raise_if_any()
    return Answers(values, columns, used)


def notes_on(answers: Answers, order: str | None, translate: Translate) -> list[str]:
    """What was assumed, in words."""
    if answers.order == BY_NAME or order is not None:
        return []
    assumed = N_(
        "u8 was taken as complaints and u9 as facilities, as in the regulation. "
        "If the file follows the printed form, use --order form."
    )
    return [translate(assumed)]


def _error_of(answers: Answers, weights: str, population: int | None) -> IndexWithError:
    """The interval; a population that cannot be is told at its option."""
    try:
        return index_error(answers.values, satisfaction_policy(), weight_mode=weights, population=population)
    except ValueError as error:
        raise click.BadParameter(
            "smaller than the number of people who answered", param_hint="--population"
        ) from error


def _columns(present: Sequence[str], order: str | None, problems: ProblemList) -> tuple[dict[str, str], str]:
    """The file's column of each element, by code name or by number."""
    written = {column.casefold(): column for column in present}
    rules = satisfaction_rules()
    by_name = rules.elements.names
    if any(name in written for name in by_name):
        columns, used = {name: name for name in by_name}, BY_NAME
    else:
        used = order or REGULATION
        ordered = rules.form_order.names if used == FORM else by_name
        columns = {name: f"u{place}" for place, name in enumerate(ordered, start=1)}
    for name in by_name:
        if columns[name] not in written:
            missing = N_("This element's column is missing. Needed are u1 to u9, or: %(names)s.")
            problems.add(1, columns[name], missing, names=", ".join(by_name))
    return {name: written.get(column, column) for name, column in columns.items()}, used
