"""Which channels the index counts: said before a quarter begins, and never after."""

from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import gettext as _

from forms.offices import OfficialChannelsForm
from survey.db import reading, transaction
from survey.extensions import databases, settings
from survey.offices.door import blueprint, office
from survey.security import signed_in
from survey.services.auditing import audit
from survey.services.citizens import channel_fixing, citizen_answers
from survey.services.citizens.channel_fixing import ChannelsRefused
from survey.services.citizens.official_channels import OFFICIAL, channels_of
from survey.wording import channel_words, period_words

QUARTERS_TO_CHOOSE = 4


@blueprint.route("/<unit>/channels", methods=["GET", "POST"])
def official_channels(unit: str) -> Any:
    """What holds now, what was fixed for later, and a form to fix more."""
    found, today, entered = office(unit), settings().today(), OfficialChannelsForm()
    quarters = channel_fixing.quarters_to_fix(today, QUARTERS_TO_CHOOSE)
    entered.from_period.choices = [(each, period_words(each)) for each in quarters]
    entered.channels.choices = list(channel_words().items())
    if entered.validate_on_submit():
        try:
            return _fix(unit, entered)
        except ChannelsRefused:
            entered.channels.errors = [
                _("Choose the open link alone, or one or more of the others: the two are never added.")
            ]
    with reading(databases().people) as people:
        fixed = channel_fixing.fixed_for(people, unit)
    running = citizen_answers.period_of(today)
    page = render_template(
        "offices/channels.html",
        office=found,
        entered=entered,
        fixed=fixed,
        running=running,
        official=channels_of(fixed, running, OFFICIAL),
        was_fixed=any(each.from_period <= running for each in fixed),
        words=channel_words(),
        period_words=period_words,
    )
    return page, 422 if entered.errors else 200


def _fix(unit: str, entered: OfficialChannelsForm) -> Any:
    period, channels = entered.from_period.data, entered.channels.data
    with transaction(databases().people) as people:
        channel_fixing.fix(people, unit, period, channels, settings().today())
        audit.record(
            people, signed_in().account_id, "channels.fix", unit, period=period, channels=" ".join(channels)
        )
    return redirect(url_for("offices.official_channels", unit=unit))


@blueprint.post("/<unit>/channels/<period>/take-back")
def take_back_channels(unit: str, period: str) -> Any:
    """Remove what was fixed for a quarter that has not begun."""
    office(unit)
    try:
        with transaction(databases().people) as people:
            channel_fixing.take_back(people, unit, period, settings().today())
            audit.record(people, signed_in().account_id, "channels.take_back", unit, period=period)
    except ChannelsRefused:
        return render_template("offices/channels_begun.html", office=office(unit)), 409
    return redirect(url_for("offices.official_channels", unit=unit))
