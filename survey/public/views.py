"""The start page, the promise and the method."""

from typing import Any

from flask import render_template, request

from survey.db import reading
from survey.extensions import databases
from survey.public.door import blueprint
from survey.rules import satisfaction_policy
from survey.services.citizens import service_points
from survey.services.citizens.citizen_answers import MINIMUM_BATCH
from survey.services.citizens.satisfaction_range import MINIMUM_FOR_RANGE
from survey.wording import band_words

LONGEST_SEARCH = 100


@blueprint.get("/")
def home() -> Any:
    """What Cermin is, and every service that can be rated."""
    search = request.args.get("q", "")[:LONGEST_SEARCH].strip()
    with reading(databases().people) as people:
        units = service_points.list_points(people, search)
    return render_template("public/home.html", units=units, search=search)


@blueprint.get("/promise")
def promise() -> Any:
    """What we promise about anonymity, and what we cannot."""
    return render_template("public/promise.html", minimum=MINIMUM_BATCH)


@blueprint.get("/method")
def method() -> Any:
    """How the satisfaction index is computed."""
    policy = satisfaction_policy()
    bands = [(band.cut, band.code, band_words(band)) for band in reversed(policy.bands)]
    return render_template(
        "public/method.html",
        bands=bands,
        policy=policy,
        minimum=MINIMUM_BATCH,
        minimum_for_range=MINIMUM_FOR_RANGE,
    )
