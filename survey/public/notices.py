"""The notice of an office on the web, made for a sheet of A4, and the log of what was published."""

from typing import Any

from flask import render_template, request

from survey.db import reading
from survey.exceptions import NotFound
from survey.extensions import databases, settings
from survey.public.door import blueprint
from survey.public.results import band_of, frame_of
from survey.rules import satisfaction_policy
from survey.services.citizens import follow_ups, offices, unit_results
from survey.services.citizens.follow_ups import OPEN_STATES
from survey.wording import period_words


@blueprint.get("/units/<public_id>/notice")
def unit_notice(public_id: str) -> Any:
    """One page to print and hang up: index, elements, what the office does."""
    with reading(databases().people) as people:
        setup = unit_results.set_up(people, public_id)
        promises = follow_ups.promises_of(people, public_id)
    with reading(databases().answers) as answers:
        results = unit_results.unit_results(
            answers, setup, satisfaction_policy(), settings().today(), request.args.get("period")
        )
    if results.chosen is None or results.chosen.figures.index is None:
        raise NotFound("period")
    return render_template(
        "public/notice.html",
        **frame_of(results),
        chosen=results.chosen,
        figures=results.chosen.figures,
        ranges=results.chosen.ranges,
        band=band_of(results.chosen.figures.index),
        promises=[each for each in promises if each.state in OPEN_STATES],
    )


@blueprint.get("/publications")
def publications() -> Any:
    """Every report and notice that was made public, with the digest of its file."""
    with reading(databases().people) as people:
        found = offices.publications(people)
    return render_template("public/publications.html", publications=found, period_words=period_words)
