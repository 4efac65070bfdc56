"""The public satisfaction index (IKM) from a file of answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from markupsafe import Markup

from analysis.plots import Words, item_map
from analysis.satisfaction import (
    IndexWithError,
    SatisfactionIndex,
    index_error,
    round_half_up,
    satisfaction_index,
)
from instruments import catalogue as instruments
from survey.commands.output import (
    CannotWrite,
    catalogue,
    decimal_sign,
    page,
    read_file,
    refuse,
    refuse_target,
    steps,
    whole_files,
    write_json,
)
from survey.commands.ratings import numbers
from survey.rules import satisfaction_policy, satisfaction_rules
from survey.tables import N_, BadFile, ProblemList, Table, Translate

if TYPE_CHECKING:
    from numpy.typing import NDArray

REGULATION, FORM, BY_NAME = "regulation", "form", "names"
BANDS = {"A": N_("Very good"), "B": N_("Good"), "C": N_("Not quite good"), "D": N_("Not good")}
FILES = ("ikm.json", "ikm.html")


@dataclass(frozen=True, eq=False)
class Answers:
    """Answers with one column per element, in the regulation's order.

    `columns` names the file's column of each element; `order` says how they were assigned.
    """

    values: NDArray[np.float64]
    columns: dict[str, str]
    order: str


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
            error = _error_of(answers, weights, population)
            notes = [note.sentence(_) for note in table.notes] + notes_on(answers, order, _)
            progress.begin(_("Writing the results"))
            write_results(out, file.name, index, error, answers, notes, language)
    except BadFile as error:
        refuse(error, _)
    except CannotWrite as error:
        refuse_target(error, _)
    for note in notes:
        click.echo(note, err=True)
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


def record_of(index: SatisfactionIndex, error: IndexWithError, answers: Answers) -> dict[str, Any]:
    """The index as it stands in ikm.json."""
    return {
        "ikm_se": error.se,
        "ikm_ci": error.ci,
        "ikm_ci_method": error.method,
        "ni": None if index.ni is None else float(index.ni),
        "ikm": None if index.ikm is None else float(index.ikm),
        "ikm_exact": None if index.ikm_exact is None else float(index.ikm_exact),
        "band": None if index.band is None else index.band.code,
        "band_name": None if index.band is None else index.band.name,
        "n": index.n,
        "unsur": {
            name: {
                "n": score.n,
                "nrr": None if score.nrr is None else float(score.nrr),
                "se": known(error.element_error[place]),
                "ci": None
                if score.n < 2
                else [known(error.element_low[place]), known(error.element_high[place])],
                "column": answers.columns[name],
            }
            for place, (name, score) in enumerate(index.elements.items())
        },
        "order": answers.order,
        "weights": index.weight_mode,
        "nrr_decimals": index.nrr_decimals,
        "rule": satisfaction_rules().title,
        "method": index.method,
        "warnings": list(index.warnings),
    }


def known(value: float) -> float | None:
    """A figure, or nothing where there is none."""
    return None if np.isnan(value) else float(value)


def write_results(
    out: Path,
    file: str,
    index: SatisfactionIndex,
    error: IndexWithError,
    answers: Answers,
    notes: list[str],
    language: str,
) -> None:
    """Write both files, or none."""
    names = _element_names(language)
    scored = [(score.nrr, name) for name, score in index.elements.items() if score.nrr is not None]
    html = page(
        "analysis/ikm.html",
        language,
        file=file,
        index=index,
        error=error,
        band=None if index.band is None else catalogue(language).gettext(BANDS[index.band.code]),
        ni=None if index.ni is None else float(round_half_up(index.ni, 4)),
        elements=[
            {
                "name": names[name],
                "column": answers.columns[name],
                "n": score.n,
                "nrr": None if score.nrr is None else float(score.nrr),
                "low": known(error.element_low[place]),
                "high": known(error.element_high[place]),
            }
            for place, (name, score) in enumerate(index.elements.items())
        ],
        weakest=names[min(scored)[1]] if scored else None,
        order=answers.order,
        notes=notes,
        rule=satisfaction_rules().title,
        bands=[(band.code, catalogue(language).gettext(BANDS[band.code]), band.cut) for band in _bands()],
        plot=_plot(answers, index, names, language),
    )
    with whole_files(out) as draft:
        write_json(draft / "ikm.json", record_of(index, error, answers))
        (draft / "ikm.html").write_text(html, encoding="utf-8")


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


def _bands() -> Sequence[Any]:
    return satisfaction_policy().bands[::-1]


def _element_names(language: str) -> dict[str, str]:
    items = instruments.get("skm_2017").items
    return {item.code: item.title.in_language(language) for item in items if item.title is not None}


def _plot(answers: Answers, index: SatisfactionIndex, names: dict[str, str], language: str) -> Markup:
    _, policy = catalogue(language).gettext, satisfaction_policy()
    words = Words(
        _("Answers to each element"),
        _("One bar per element with the share of each answer from 1 to 4; its mean stands beside it."),
        _("Share of answers"),
        {"mean": _("mean")},
        decimal_sign(language),
    )
    step = np.arange(policy.low, policy.high + 1)
    counts = (answers.values[:, :, np.newaxis] == step).sum(axis=0)
    means = [np.nan if score.nrr is None else float(score.nrr) for score in index.elements.values()]
    svg = item_map(
        [names[name] for name in policy.elements],
        means,
        counts,
        scale=(policy.low, policy.high),
        words=words,
        key="ikm",
    )
    return Markup(svg)  # noqa: S704  our own drawing; every text in it is escaped
