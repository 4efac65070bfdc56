"""Minutes of a cycle's opening and closing, to be printed and signed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import format_datetime
from flask_babel import gettext as _

from protocol.messages import explain
from survey.db import reading
from survey.exceptions import StepNotAllowed
from survey.extensions import databases, settings
from survey.hr.door import blueprint
from survey.i18n import language
from survey.services.cycles import cycles, holders
from survey.services.results import closing_minutes
from survey.services.results.closing_minutes import Act

TIME = "d MMMM y HH:mm"
Words = Callable[[dict[str, Any]], str]
OF_KEYS: dict[str, Words] = {
    "key": lambda of: _(
        "%(office)s brought the public key of layer %(layer)s: %(fingerprint)s",
        office=of.get("office", ""),
        layer=of["layer"],
        fingerprint=of.get("fingerprint", ""),
    ),
    "key replaced": lambda of: _(
        "The key of layer %(layer)s was replaced: %(office)s, %(fingerprint)s instead of %(replaced)s",
        layer=of["layer"],
        office=of["office"],
        fingerprint=of["fingerprint"],
        replaced=of["replaced"],
    ),
    "proof by key": lambda of: _("The key of layer %(layer)s was tried and works", layer=of["layer"]),
    "proof by shares": lambda of: _(
        "Two parts of the key of layer %(layer)s were tried and work", layer=of["layer"]
    ),
}
OF_ACTS: dict[str, Words] = {
    "cycle.holder": lambda of: OF_KEYS[of["what"]](of),
    "cycle-opened": lambda _of: _("The cycle was opened"),
    "cycle-closed": lambda _of: _("The cycle was closed"),
    "cycle-cancelled": lambda of: _("The cycle was cancelled: %(reason)s", reason=of["reason"]),
    "box-closed": lambda of: _("The box held %(count)s sealed ballots", count=of["ballots"]),
    "list-handed": lambda of: _(
        "The list of layer %(layer)s was made: %(count)s ballots", layer=of["layer"], count=of["items"]
    ),
    "list-brought": lambda of: _(
        "The list that came out of layer %(layer)s was taken: %(count)s ballots",
        layer=of["layer"],
        count=of["items"],
    ),
    "cycle.list": lambda of: (
        _("Why it was taken although many are missing: %(reason)s", reason=of["reason"])
        if of.get("reason")
        else ""
    ),
    "cycle.list-refused": lambda of: _(
        "A list for layer %(layer)s was refused: %(why)s",
        layer=of["at_layer"],
        why=explain(language(), of["code"], of["refusal"]),
    ),
    "cycle-counted": lambda of: _(
        "%(counted)s ballots were counted, %(rest)s were not", counted=of["counted"], rest=of["not_counted"]
    ),
    "items-left-out": lambda of: _(
        "By the rule of the cycle these items count in no figure: %(codes)s", codes=of["codes"]
    ),
    "keys-destroyed": lambda _of: _("Keys of this server, lists and sealed ballots were destroyed"),
}


@blueprint.get("/cycles/<public_id>/minutes")
def minutes(public_id: str) -> str:
    """What happened to keys and lists, with lines to sign on."""
    with reading(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        if found.state in holders.BEFORE_OPENING:
            raise StepNotAllowed(found.state, "minutes")
        known = closing_minutes.read(people, found)
    told = [(moment(act.at), words_of(act), act.detail.get("hash", "")) for act in known.acts]
    return render_template(
        "hr/minutes.html",
        cycle=found,
        known=known,
        acts=[row for row in told if row[1]],
        time_zone=settings().time_zone,
    )


def words_of(act: Act) -> str:
    """An act in words."""
    return OF_ACTS[act.action](act.detail)


def moment(at: datetime) -> str:
    """A time of the trail, as the clock of the city showed it."""
    return str(format_datetime(at, TIME))
