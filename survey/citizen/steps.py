"""Which screen comes next. The way is worked out from the form alone; the server remembers nothing."""

from dataclasses import dataclass

from instruments.schema import Instrument
from survey.services.citizen_answers import RATER_GROUP, Sheet, unanswered

START, PROFILE, CHECK, SEND = "start", "profile", "check", "send"
NEXT, BACK = "next", "back"


@dataclass(frozen=True)
class Move:
    """Where the form was (`at`), which button was pressed (`go`), and whether all was checked once."""

    at: str
    go: str
    reviewing: bool


@dataclass(frozen=True)
class Step:
    """The screen to show; `problem` says that this question still needs an answer."""

    screen: str
    problem: bool = False
    reviewing: bool = False


def screens(instrument: Instrument) -> list[str]:
    """All screens in order; a question's screen has the code of its item."""
    return [
        START,
        *(item.code for item in instrument.form_order(RATER_GROUP)),
        PROFILE,
        CHECK,
    ]


def next_step(instrument: Instrument, sheet: Sheet, move: Move) -> Step:
    """The screen after a press of a button. Anything unknown leads to the first screen."""
    order = screens(instrument)
    at = move.at if move.at in order else START
    if move.go == BACK:
        return _back(order, at, move.reviewing)
    if move.go in order and at == CHECK:
        return Step(move.go, reviewing=True)
    if at in unanswered(instrument, sheet) or _profile_is_unclear(instrument, sheet, at):
        return Step(at, problem=True, reviewing=move.reviewing)
    if at == CHECK or move.reviewing:
        return check_or_mend(instrument, sheet)
    following = order[order.index(at) + 1]
    return check_or_mend(instrument, sheet) if following == CHECK else Step(following)


def check_or_mend(instrument: Instrument, sheet: Sheet) -> Step:
    """The last look at all answers; or the first question that has none yet."""
    open_items = unanswered(instrument, sheet)
    return Step(open_items[0], problem=True, reviewing=True) if open_items else Step(CHECK, reviewing=True)


def _back(order: list[str], at: str, reviewing: bool) -> Step:
    if reviewing and at not in (CHECK, START):
        return Step(CHECK, reviewing=True)
    return Step(order[max(order.index(at) - 1, 0)])


def _profile_is_unclear(instrument: Instrument, sheet: Sheet, at: str) -> bool:
    return at == PROFILE and any(field.code in sheet.unclear for field in instrument.profile)
