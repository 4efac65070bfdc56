"""Which screen comes next. The way is worked out from the form alone; the server remembers nothing."""

from dataclasses import dataclass

from instruments.schema import Instrument
from survey.services.citizens.citizen_answers import RATER_GROUP, Sheet, suggestion_code, unanswered
from survey.services.papers.hints import may_name_somebody

START, PROFILE, CHECK, SEND = "start", "profile", "check", "send"
ALL = "all"  # every question on one page, for whoever chooses so
NEXT, BACK, STAY = "next", "back", "stay"


@dataclass(frozen=True)
class Move:
    """Where the form was (`at`), which button was pressed (`go`), and what was seen before.

    `reviewing`: all answers were checked once. `hinted`: the hint about names was shown.
    """

    at: str
    go: str
    reviewing: bool
    hinted: bool = False


@dataclass(frozen=True)
class Step:
    """The screen to show; `problem`: something still needs an answer; `hint`: the words may name somebody."""

    screen: str
    problem: bool = False
    reviewing: bool = False
    hint: bool = False


def screens(instrument: Instrument) -> list[str]:
    """All screens in order; a question's screen has the code of its item."""
    words = suggestion_code(instrument)
    return [
        START,
        *(item.code for item in instrument.form_order(RATER_GROUP)),
        *([words] if words else []),
        PROFILE,
        CHECK,
    ]


def next_step(instrument: Instrument, sheet: Sheet, move: Move) -> Step:
    """The screen after a press of a button. Anything unknown leads to the first screen."""
    order = screens(instrument)
    at = move.at if move.at in (*order, ALL) else START
    if move.go == STAY:
        return Step(at, reviewing=move.reviewing)
    if move.go == BACK:
        return _back(order, at, move.reviewing)
    if move.go == ALL or (move.go in order and at == CHECK):
        return Step(move.go, reviewing=move.go != ALL)
    if is_unfinished(instrument, sheet, at):
        return Step(at, problem=True, reviewing=move.reviewing)
    if at in (ALL, suggestion_code(instrument)) and not move.hinted and may_name_somebody(sheet.suggestion):
        return Step(at, reviewing=move.reviewing, hint=True)
    if at in (CHECK, ALL) or move.reviewing:
        return check_or_mend(instrument, sheet)
    following = order[order.index(at) + 1]
    return check_or_mend(instrument, sheet) if following == CHECK else Step(following)


def is_unfinished(instrument: Instrument, sheet: Sheet, at: str) -> bool:
    """Whether a screen still needs an answer, or got one that nobody can read."""
    missing = unanswered(instrument, sheet)
    if at == ALL:
        return bool(missing or sheet.unclear)
    return at in missing or _profile_is_unclear(instrument, sheet, at)


def check_or_mend(instrument: Instrument, sheet: Sheet) -> Step:
    """The last look at all answers; or the first question that has none yet."""
    open_items = unanswered(instrument, sheet)
    return Step(open_items[0], problem=True, reviewing=True) if open_items else Step(CHECK, reviewing=True)


def _back(order: list[str], at: str, reviewing: bool) -> Step:
    if at == ALL:
        return Step(START)
    if reviewing and at not in (CHECK, START):
        return Step(CHECK, reviewing=True)
    return Step(order[max(order.index(at) - 1, 0)])


def _profile_is_unclear(instrument: Instrument, sheet: Sheet, at: str) -> bool:
    return at == PROFILE and any(field.code in sheet.unclear for field in instrument.profile)
