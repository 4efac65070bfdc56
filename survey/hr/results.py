"""Results, release and files of a counted cycle."""

import io
from collections.abc import Callable
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from survey.db import reading, transaction
from survey.exceptions import NotFound, ReleaseStopped, StepNotAllowed
from survey.extensions import databases
from survey.hr.door import blueprint, reach
from survey.i18n import language
from survey.lists import wanted
from survey.security import signed_in
from survey.services.auditing import audit
from survey.services.cycles import cycles
from survey.services.documents import export_files
from survey.services.documents.export_files import Sheet
from survey.services.gate import disclosure
from survey.services.results import exports, group_export, item_review, release_gate, reports


@blueprint.get("/cycles/<public_id>/results")
def results(public_id: str) -> str:
    """Overall figures by name, with search."""
    with reading(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        return render_template(
            "hr/results.html",
            cycle=found,
            overview=reports.overview(people, reach(), found),
            found=reports.result_page(people, reach(), found, wanted()),
            words=disclosure.REASONS,
            short_words=disclosure.SHORT_REASONS,
        )


@blueprint.route("/cycles/<public_id>/release", methods=["GET", "POST"])
def release(public_id: str) -> Any:
    """Confirm, then let the employees read; figures do not change afterwards."""
    if request.method == "POST":
        return _release(public_id)
    with reading(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        if found.state != "reviewed":
            raise StepNotAllowed(found.state, "release")
        return render_template(
            "hr/cycle_release.html",
            cycle=found,
            overview=reports.overview(people, reach(), found),
            left_out=sorted(item_review.left_out(people, found).values()),
        )


def _release(public_id: str) -> Any:
    account = signed_in().account_id
    try:
        with transaction(databases().answers) as answers, reading(databases().people) as people:
            release_gate.drop_other_way(people, answers, cycles.find_cycle(people, public_id))
        with reading(databases().answers) as answers, transaction(databases().people) as people:
            release_gate.release(people, answers, cycles.find_cycle(people, public_id))
            audit.record(people, account, "cycle.release", public_id)
    except ReleaseStopped as stopped:
        with transaction(databases().people) as people:
            release_gate.record_stop(people, account, public_id, stopped)
        raise
    return redirect(url_for("hr.cycle", public_id=public_id))


@blueprint.get("/cycles/<public_id>/appraisals.<kind>")
def download(public_id: str, kind: str) -> Response:
    """The appraisals as a file."""
    return _file(public_id, kind, "appraisals", exports.appraisal_table)


@blueprint.get("/cycles/<public_id>/groups.<kind>")
def download_groups(public_id: str, kind: str) -> Response:
    """What the appraisals of a released cycle are made of, as a file."""
    return _file(public_id, kind, "groups", group_export.group_table)


def _file(public_id: str, kind: str, name: str, table_of: Callable[..., Sheet]) -> Response:
    if kind not in export_files.CONTENT_TYPES:
        raise NotFound(kind)
    target = io.BytesIO()
    with transaction(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        export_files.WRITERS[kind](table_of(people, reach(), found, _, language()), target)
        audit.record(people, signed_in().account_id, f"{name}.export", public_id, kind=kind)
    answer = Response(target.getvalue(), content_type=export_files.CONTENT_TYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{public_id}.{kind}"'
    return answer
