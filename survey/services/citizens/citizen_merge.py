"""What becomes of citizens' ballots: merged in batches, withdrawn in batches, counted.

One citizen is never alone in what is kept: ballots of a service point, quarter and channel wait,
sealed, until at least `MINIMUM_BATCH` changes can be made together. No day, no time and no address is written
down.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.orm import Session

from survey.models.citizens import CitizenCount, CitizenResponse, MergedToken, Suggestion
from survey.rules import satisfaction_policy
from survey.services.citizens import citizen_sums, withdrawing
from survey.services.citizens.citizen_answers import MINIMUM_BATCH, Ballot, place_of, read_ballot

ROWS_AT_ONCE = 500
KEY_BYTES = 16
REQUESTS_TO_WAIT = 500  # of a box; more are nobody's lost answers

# Words nobody may read yet; words to be read: they follow in steps, as the public counts do.
WAITING, UNREAD = "waiting", "unread"

Opened = Sequence[tuple[bytes, bytes]]  # token and text of each ballot of a box
Place = tuple[str, str, str]  # service point, period, stratum


@dataclass(frozen=True)
class Merged:
    """What a merge did with the ballots of one box. Numbers and tokens; no answers."""

    counted: int
    held: int
    rejected: int
    finished: list[bytes]  # tokens that the spool may forget
    withdrawn: int = 0

    def plus(self, coming: list[bytes], leaving: list[bytes]) -> "Merged":
        """The same after a channel's batch, named by tokens."""
        return replace(
            self,
            counted=self.counted + len(coming),
            withdrawn=self.withdrawn + len(leaving),
            finished=[*self.finished, *coming, *leaving],
        )


@dataclass(frozen=True)
class _Leaving:
    """A merged answer that is to be erased, and the hash beside its words."""

    row: CitizenResponse
    words: bytes | None

    @property
    def stratum(self) -> str:
        return self.row.stratum

    @property
    def answers(self) -> dict[str, int]:
        return self.row.answers


@dataclass
class _Sorted:
    """The texts of a box by what they are."""

    again: list[bytes] = field(default_factory=list)  # merged before
    unread: list[bytes] = field(default_factory=list)  # fit no questionnaire and are no request
    ballots: dict[bytes, Ballot] = field(default_factory=dict)
    requests: dict[bytes, bytes] = field(default_factory=dict)  # token -> hashes of the withdrawal code


def merge(answers: Session, box: str, opened: Opened, *, is_last: bool = False) -> Merged:
    """Carry out what the opened ballots of a box ask, channel by channel, where enough of it is new.

    A ballot that was merged before is only named as finished, so that a repetition after a crash adds
    nothing. The minimum is asked of what changes alone: otherwise a repeated ballot would let a later
    reader see one person's answers as the difference of two figures. When the quarter is settled (`is_last`),
    rows are withdrawn however few they are; the public figures follow in steps as ever. A wish to withdraw
    that fits no answer waits until then: the answer may still lie on a kiosk without a line.
    """
    place = place_of(box)
    found = _sort(answers, box, opened)
    cancelled = _cancelled(found)
    leaving = _rows_withdrawn(answers, place, found.requests)
    coming = {token: ballot for token, ballot in found.ballots.items() if token not in cancelled}
    idle = [token for token in found.requests if token not in cancelled and token not in leaving]
    idle = idle if is_last else idle[REQUESTS_TO_WAIT:]
    finished = [*found.again, *found.unread, *idle, *cancelled]
    merged = Merged(0, 0, len(found.unread) + len(idle), finished)
    strata = {one.stratum for one in coming.values()} | {one.stratum for one in leaving.values()}
    for stratum in sorted(strata):
        batch = {token: ballot for token, ballot in coming.items() if ballot.stratum == stratum}
        gone = {token: one for token, one in leaving.items() if one.stratum == stratum}
        if _judging([*batch.values(), *gone.values()]) < MINIMUM_BATCH:
            batch, gone = {}, gone if is_last else {}
        _change(answers, (*place, stratum), list(batch.values()), list(gone.values()))
        merged = merged.plus(list(batch), list(gone))
    _keep_tokens(answers, box, [token for token in merged.finished if token in found.ballots])
    return replace(merged, held=len(opened) - len(merged.finished))


def _sort(answers: Session, box: str, opened: Opened) -> _Sorted:
    stored = set(answers.scalars(select(MergedToken.token).where(MergedToken.box == box)))
    found = _Sorted()
    for token, text in opened:
        if token in stored:
            found.again.append(token)
        elif (ballot := read_ballot(text)) is not None:
            found.ballots[token] = ballot
        elif (asked := withdrawing.read_request(text)) is not None:
            found.requests[token] = asked
        else:
            found.unread.append(token)
    return found


def _cancelled(found: _Sorted) -> set[bytes]:
    """Ballots that were withdrawn before anybody counted them, and the requests that did it."""
    asked = {hashes: token for token, hashes in found.requests.items()}
    ballots = {token: one.withdrawal for token, one in found.ballots.items() if one.withdrawal in asked}
    return {*ballots, *(asked[hashes] for hashes in ballots.values())}


def _rows_withdrawn(
    answers: Session, place: tuple[str, str], requests: dict[bytes, bytes]
) -> dict[bytes, _Leaving]:
    """The merged answers that requests name, by the token of the request."""
    asked = {withdrawing.of_answers(hashes): token for token, hashes in requests.items()}
    if not asked:
        return {}
    service_point, period = place
    found = select(CitizenResponse).where(
        CitizenResponse.service_point == service_point,
        CitizenResponse.period == period,
        CitizenResponse.withdrawal.in_(asked),
    )
    tokens = {asked[row.withdrawal]: row for row in answers.scalars(found)}
    return {token: _Leaving(row, withdrawing.of_words(requests[token])) for token, row in tokens.items()}


def _judging(changes: Iterable[Ballot | _Leaving]) -> int:
    """How many people's judgements are among the changes; empty sheets hide nobody."""
    return sum(bool(one.answers) for one in changes)


def boxes_with_tokens(answers: Session) -> list[str]:
    """The boxes of which names of merged ballots are kept."""
    return list(answers.scalars(select(MergedToken.box).distinct()))


def forget(answers: Session, box: str) -> None:
    """Drop the names of merged ballots and what withdraws them, once the box takes no more.

    Nothing comes after, so the words that still waited for company can be read.
    """
    service_point, period = place_of(box)
    answers.execute(delete(MergedToken).where(MergedToken.box == box))
    for model in (CitizenResponse, Suggestion):
        rows = update(model).where(model.service_point == service_point, model.period == period)
        answers.execute(rows.values(withdrawal=None))
    answers.execute(update(Suggestion).where(*_waiting(service_point, period)).values(state=UNREAD))


def _keep_tokens(answers: Session, box: str, tokens: list[bytes]) -> None:
    rows = [{"box": box, "token": token} for token in sorted(tokens)]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        answers.execute(insert(MergedToken), rows[start : start + ROWS_AT_ONCE])


def _change(answers: Session, place: Place, coming: list[Ballot], leaving: list[_Leaving]) -> None:
    if coming or leaving:
        _keep_responses(answers, place, coming)
        _keep_suggestions(answers, place, coming)
        _remove(answers, place, leaving)
        _recount(answers, place, coming, leaving)
        _sum_up(answers, place, coming, is_rebuilt=bool(leaving))


def _keep_responses(answers: Session, place: Place, ballots: list[Ballot]) -> None:
    """One row each under a fresh random key: dated copies of the spool know tokens, and times by them."""
    rows = [
        {
            **_names(place),
            "key": secrets.token_bytes(KEY_BYTES),
            "instrument_hash": ballot.instrument,
            "answers": ballot.answers,
            "profile": ballot.profile,
            "withdrawal": withdrawing.of_answers(ballot.withdrawal),
        }
        for ballot in ballots
    ]
    rows.sort(key=itemgetter("key"))
    for start in range(0, len(rows), ROWS_AT_ONCE):
        answers.execute(insert(CitizenResponse), rows[start : start + ROWS_AT_ONCE])


def _keep_suggestions(answers: Session, place: Place, ballots: list[Ballot]) -> None:
    """Words lie apart from the answers, in the order of random keys: no row leads to the other."""
    rows = [
        {
            **_names(place),
            "key": secrets.token_bytes(KEY_BYTES),
            "text": ballot.suggestion,
            "state": WAITING,
            "withdrawal": withdrawing.of_words(ballot.withdrawal),
        }
        for ballot in ballots
        if ballot.suggestion
    ]
    rows.sort(key=itemgetter("key"))
    if rows:
        answers.execute(insert(Suggestion), rows)
        waiting = _waiting(place[0], place[1])
        count = answers.scalar(select(func.count()).select_from(Suggestion).where(*waiting)) or 0
        if count >= MINIMUM_BATCH:
            answers.execute(update(Suggestion).where(*waiting).values(state=UNREAD))


def _waiting(service_point: str, period: str) -> list[ColumnElement[bool]]:
    return [
        Suggestion.service_point == service_point,
        Suggestion.period == period,
        Suggestion.state == WAITING,
    ]


def _remove(answers: Session, place: Place, leaving: list[_Leaving]) -> None:
    """Erase rows, and the words that came with them."""
    for one in leaving:
        answers.delete(one.row)
    words = {one.words for one in leaving}
    if words:
        answers.execute(delete(Suggestion).where(*_at(Suggestion, place), Suggestion.withdrawal.in_(words)))


def _recount(answers: Session, place: Place, coming: list[Ballot], leaving: list[_Leaving]) -> None:
    # The lock makes two merges of one box wait for each other; SQLite has one writer anyway.
    stored = select(CitizenCount).where(*_at(CitizenCount, place)).with_for_update()
    counts = {(row.item, row.option): row for row in answers.scalars(stored)}
    changes = Counter(pair for ballot in coming for pair in ballot.answers.items())
    changes.subtract(pair for one in leaving for pair in one.answers.items())
    for (item, option), change in sorted(changes.items()):
        if (item, option) not in counts:
            counts[item, option] = CitizenCount(**_names(place), item=item, option=option, n=0, shown=0)
            answers.add(counts[item, option])
        counts[item, option].n += change
    _show(counts)
    answers.flush()


def _sum_up(answers: Session, place: Place, coming: list[Ballot], *, is_rebuilt: bool) -> None:
    if is_rebuilt:
        citizen_sums.rebuild(answers, place, satisfaction_policy())
    else:
        sheets = [(ballot.answers, ballot.profile) for ballot in coming]
        citizen_sums.add(answers, place, satisfaction_policy(), sheets)


def _show(counts: dict[tuple[str, int], CitizenCount]) -> None:
    """Let the public counts of an element follow only when at least the minimum of answers differs.

    An answer that came and one that left for the same option are no difference, so this waits rather longer.
    """
    differ: Counter[str] = Counter()
    for (item, _option), row in counts.items():
        differ[item] += abs(row.n - row.shown)
    for (item, _option), row in counts.items():
        if differ[item] >= MINIMUM_BATCH:
            row.shown = row.n


def _at(model: type[CitizenCount] | type[Suggestion], place: Place) -> list[ColumnElement[bool]]:
    service_point, period, stratum = place
    return [model.service_point == service_point, model.period == period, model.stratum == stratum]


def _names(place: Place) -> dict[str, str]:
    return dict(zip(("service_point", "period", "stratum"), place, strict=True))
