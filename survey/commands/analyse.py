"""Analyse existing ratings from a file: means with their error, reliability, and a report to read."""

from __future__ import annotations

from pathlib import Path

import click

from survey.commands.output import (
    CannotWrite,
    catalogue,
    page,
    read_file,
    refuse,
    refuse_target,
    steps,
    whole_files,
    write_csv,
    write_json,
)
from survey.commands.rating_figures import Figures, figures_of, natural_order, record_of
from survey.commands.rating_report import report_parts
from survey.commands.ratings import Columns, Ratings, ratings_from
from survey.tables import BadFile

SUBJECT_COLUMNS = (
    "subject",
    "unit",
    "group",
    "n",
    "mean",
    "se",
    "se_own",
    "shrunken_mean",
    "reliability",
    "flag",
)


class ScaleType(click.ParamType[tuple[float, float]]):
    """The ends of a rating scale, LOW:HIGH."""

    name = "LOW:HIGH"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        """Two numbers, the first below the second."""
        if isinstance(value, tuple):
            return value
        try:
            low, high = (float(end) for end in str(value).split(":"))
        except ValueError:
            self.fail(f"{value!r} is not LOW:HIGH, for example 1:5", param, ctx)
        if not low < high:
            self.fail(f"{value!r}: the low end must lie below the high end", param, ctx)
        return low, high


def split_items(ctx: click.Context, param: click.Parameter, value: str) -> tuple[str, ...]:
    """Column names between commas, each once."""
    names = tuple(filter(None, (name.strip() for name in value.split(","))))
    if not names or len(set(names)) < len(names):
        raise click.BadParameter("name at least one column, and each only once", ctx, param)
    return names


@click.command("analyse")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--subject", required=True, help="Column of the person or thing that was rated.")
@click.option("--unit", help="Column of the subject's unit.")
@click.option("--group", help="Column of the rater group; one analysis for each, and one over all.")
@click.option("--items", required=True, callback=split_items, help="Columns of the ratings: COL[,COL…].")
@click.option("--scale", required=True, type=ScaleType(), help="Lowest and highest rating, for example 1:5.")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory for the results.",
)
@click.option(
    "--minimum",
    default=5,
    show_default=True,
    type=click.IntRange(1),
    help="Ratings below which a row is flagged.",
)
@click.option(
    "--language",
    default="id",
    show_default=True,
    type=click.Choice(["id", "en"]),
    help="Language of report and messages.",
)
def command(
    file: Path,
    subject: str,
    unit: str | None,
    group: str | None,
    items: tuple[str, ...],
    scale: tuple[float, float],
    out: Path,
    minimum: int,
    language: str,
) -> None:
    """Analyse ratings in FILE (CSV, CSV.GZ or XLSX, one row a response).

    Writes subjects.csv, reliability.json and report.html.
    """
    _ = catalogue(language).gettext
    try:
        with steps(4) as progress:
            progress.begin(_("Reading the file"))
            table = read_file(file)
            ratings = ratings_from(table, Columns(subject, unit, group, items), scale)
            progress.begin(_("Computing"))
            whole, parts = analyses(ratings, minimum, by_group=group is not None)
            progress.begin(_("Drawing the report"))
            notes = [note.sentence(_) for note in table.notes]
            report = page(
                "analysis/report.html",
                language,
                file=file.name,
                minimum=minimum,
                notes=notes,
                parts=report_parts([whole, *parts], language),
            )
            progress.begin(_("Writing the results"))
            write_results(out, whole, parts, report)
    except BadFile as error:
        refuse(error, _)
    except CannotWrite as error:
        refuse_target(error, _)
    for note in notes:
        click.echo(note, err=True)
    click.echo(_("Written: %(files)s") % {"files": ", ".join(str(out / name) for name in FILES)})


FILES = ("subjects.csv", "reliability.json", "report.html")


def analyses(ratings: Ratings, minimum: int, *, by_group: bool) -> tuple[Figures, list[Figures]]:
    """The analysis over everything, and one for each rater group."""
    whole = figures_of(ratings, minimum)
    if not by_group:
        return whole, []
    names = sorted(set(ratings.group.tolist()), key=natural_order)
    return whole, [figures_of(ratings.of_group(name), minimum, name) for name in names]


def write_results(out: Path, whole: Figures, parts: list[Figures], report: str) -> None:
    """Write the three files, all or none."""
    record = record_of(whole)
    if parts:
        record["groups"] = {part.group: record_of(part) for part in parts}
    rows = [row for part in parts or [whole] for row in part.subjects]
    with whole_files(out) as draft:
        write_csv(
            draft / "subjects.csv",
            SUBJECT_COLUMNS,
            ([getattr(row, name) for name in SUBJECT_COLUMNS] for row in rows),
        )
        write_json(draft / "reliability.json", record)
        (draft / "report.html").write_text(report, encoding="utf-8")
