"""What citizens say of single officers, period by period."""

from flask import render_template, request

from survey.db import reading
from survey.extensions import databases, settings
from survey.hr.door import blueprint, reach
from survey.rules import officer_policy
from survey.services.citizens import officer_figures
from survey.wording import period_words


@blueprint.get("/officers")
def officers() -> str:
    """The figures of the officers within reach, in a period that is over."""
    ended = officer_figures.ended_periods(settings().today())
    asked = request.args.get("period", "")
    period = asked if asked in ended else ended[0]
    with reading(databases().people) as people, reading(databases().answers) as answers:
        found = officer_figures.named_figures(people, answers, reach(), period)
    options = [(each, period_words(each)) for each in ended]
    return render_template(
        "hr/officers.html", found=found, period=period, options=options, policy=officer_policy()
    )
