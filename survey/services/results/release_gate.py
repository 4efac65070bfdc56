"""The gate before anything counted is seen: the attacker looks at all that goes out and did.

A finding stops it. It is a fault of the program or of its data, never a setting: nobody can wave it through.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from sqlalchemy.orm import Session

from analysis.disclosure import Asked, Finding, Told, attack
from analysis.statistics import Vault
from survey.exceptions import ReleaseDiffers, ReleaseGivesAway, ReleaseStopped, StepNotAllowed
from survey.models.cycles import Cycle
from survey.models.releases import AlternativeRelease, Release
from survey.services.auditing import audit, public_log
from survey.services.citizens import officer_answers, officer_figures
from survey.services.cycles import cycles
from survey.services.results import ledger, ledger_sources, vault_store
from survey.services.results.block_check import fewest_people, words_of
from survey.services.results.cycle_frame import CycleFrame, read_frame
from survey.services.results.ledger import CITIZENS, PARTICIPATION, Figure, Ledger, Part, Place

MOST_WORDS = 10  # findings that the audit trail names


def enter(people: Session, cycle: Cycle, frame: CycleFrame, vault: Vault) -> None:
    """Enter what a counted cycle tells into the ledger, once, after the attacker found nothing.

    With all items, and without those that its rule names, it has an entry each; coefficients of both are
    seen in the review, and of the one that is released everything.

    Raises
    ------
    ReleaseGivesAway
        Together with what was told before it gives away what few people answered.
    ReleaseDiffers
        The cycle told something else before.
    """
    told = ledger_sources.write(people, cycle, frame, vault)
    is_without = bool(frame.left_out)
    entry = _entry(people, cycle, is_without=is_without)
    other = _entry(people, cycle, is_without=not is_without)
    before = ledger.read_text(entry.told) if entry else None
    if before is not None:
        told = told.with_participation_of(before)
    text = told.text()
    is_same = entry is not None and entry.told == text
    earlier = [None if is_same else before]
    if other is not None:
        earlier.append(ledger.read_text(other.told).seen_in_review())
    findings = [words_of(*found) for one in earlier for found in findings_in(frame, told, one)]
    if findings:
        raise ReleaseGivesAway(list(dict.fromkeys(findings)))
    if entry is None:
        kind = AlternativeRelease if is_without else Release
        people.add(kind(cycle_id=cycle.id, told=text, hash=ledger.hash_of(text)))
        people.flush()
    elif not is_same:
        raise ReleaseDiffers


def _entry(people: Session, cycle: Cycle, *, is_without: bool) -> Release | AlternativeRelease | None:
    """What the cycle tells with all items, or without those that its rule names."""
    if is_without:
        return people.get(AlternativeRelease, cycle.id)
    return people.get(Release, cycle.id)


def release(people: Session, answers: Session, cycle: Cycle) -> None:
    """Let the employees of a counted cycle read their results, if they tell what the ledger says.

    Raises
    ------
    ReleaseGivesAway, ReleaseDiffers, StepNotAllowed
        Nothing has gone out.
    """
    if cycle.state not in cycles.STEPS["release"][0]:
        raise StepNotAllowed(cycle.state, "release")
    frame = read_frame(people, cycle)
    enter(people, cycle, frame, vault_store.read_vault(answers, frame))
    if frame.left_out:
        public_log.tell(people, cycle, "items-left-out", codes=" ".join(sorted(frame.left_out.values())))
    cycles.advance(people, cycle, "release")


def drop_other_way(people: Session, answers: Session, cycle: Cycle) -> None:
    """Before a release: of a cycle counted with all items and without some, one way alone is kept.

    The quality was accepted, so which one it is can change no more; it may be called again.

    Raises
    ------
    StepNotAllowed
        The choice may still change.
    """
    if cycle.state not in cycles.STEPS["release"][0]:
        raise StepNotAllowed(cycle.state, "release")
    vault_store.keep_one_version(answers, read_frame(people, cycle))


def record_stop(people: Session, account_id: int | None, public_id: str, stopped: ReleaseStopped) -> None:
    """Write down that results were held back; the transaction of the release itself was undone."""
    audit.record(
        people,
        account_id,
        "release.stopped",
        public_id,
        why=type(stopped).__name__,
        findings=len(stopped.places),
        first="; ".join(stopped.places[:MOST_WORDS]),
    )


def findings_in(
    frame: CycleFrame, told: Ledger, before: Ledger | None = None
) -> Iterator[tuple[Place, Finding]]:
    """What the attacker finds in a release together with what was told of the cycle before."""
    earlier: Mapping[Place, Part] = before.parts if before else {}
    for place in sorted({*told.parts, *earlier}):
        both = _Both(earlier.get(place, Part()), told.parts.get(place, Part()))
        for finding in _attack(frame, place, both):
            yield place, finding


def _attack(frame: CycleFrame, place: Place, both: "_Both") -> tuple[Finding, ...]:
    if not both.told:
        return ()
    if place == PARTICIPATION:
        return attack(both.told, both.ballots, k=frame.minimum)
    if place == CITIZENS:  # one citizen, one ballot
        scale, questions = officer_figures.span(), len(officer_answers.questionnaire().items)
        ends = scale.low, scale.high
        return attack(both.told, both.ballots, k=frame.minimum, scale=ends, items=questions)
    names: list[str] = [group.rater_group for group in frame.groups]
    g = names.index(place[0])
    if frame.groups[g].kind == "self":  # named, all of them
        return ()
    layout = frame.groups[g].layout
    named = frame.named[:, g]
    return attack(
        both.told,
        both.ballots,
        k=frame.minimum,
        people=fewest_people(both.asked(frame.asked, g), g, both.ballots),
        known=[cell for cell, subject in enumerate(both.subject) if both.ballots[cell] and named[subject]],
        scale=(layout.low, layout.high),
        items=len(dict(layout.scales)[place[1]]),
    )


class _Both:
    """The cells of two releases of one part: ballots that both rest on, and those that one alone rests on."""

    def __init__(self, before: Part, now: Part) -> None:
        first = max((*before.ballots, *now.ballots), default=-1) + 1
        self.ballots = [0] * first
        self.subject = list(range(first))
        self._first_late = first
        self._late: tuple[dict[int, int], ...] = {}, {}  # of a cell: the one that one release alone rests on
        for cell in {*before.ballots, *now.ballots}:
            numbers = [part.ballots.get(cell, 0) for part in (before, now)]
            is_in_both = cell in before.ballots and cell in now.ballots
            self.ballots[cell] = min(numbers) if is_in_both else max(numbers)
            if is_in_both and numbers[0] != numbers[1]:
                self._late[numbers[1] > numbers[0]][cell] = len(self.ballots)
                self.ballots.append(abs(numbers[1] - numbers[0]))
                self.subject.append(cell)
        self.told = [*self._told(0, "before", before), *self._told(1, "now", now)]

    def _told(self, which: int, when: str, part: Part) -> Iterator[Told]:
        alone: dict[tuple[tuple[int, ...], bool], Figure] = {}
        for figure in part.figures:  # several figures over the same cells tell one thing
            alone.setdefault((figure.cells, figure.is_exact), figure)
        for figure in alone.values():
            late = [self._late[which][cell] for cell in figure.cells if cell in self._late[which]]
            total = part.totals.get(figure.cells[0]) if len(figure.cells) == 1 else None
            yield Told(f"{when}: {figure.source}", (*figure.cells, *late), total, exact=figure.is_exact)

    def asked(self, asked: Asked, group: int) -> Asked:
        """The papers of one rater group, for the cells; a cell has all the papers about its subject."""
        own = (asked.group == group) & (asked.subject < self._first_late)
        rater, subject = asked.rater[own], asked.subject[own]
        late = [
            (rater[subject == about], np.full((subject == about).sum(), cell))
            for cell, about in enumerate(self.subject[self._first_late :], self._first_late)
        ]
        raters = np.concatenate([rater, *(part for part, _cells in late)])
        cells = np.concatenate([subject, *(part for _raters, part in late)])
        return Asked(raters, cells, np.full(len(raters), group))
