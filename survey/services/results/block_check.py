"""The attacker looks at the blocks of a cycle while its ballots are there, before anything is written."""

from collections.abc import Callable, Sequence

import numpy as np

from analysis.disclosure import Asked, Finding, Publication, attack, people_of, replaced_papers, told_by
from survey.exceptions import ReleaseGivesAway
from survey.services.results.cycle_frame import CycleFrame

Counts = np.ndarray[tuple[int, int, int], np.dtype[np.int64]]
Ballots = Sequence[int] | np.ndarray[tuple[int], np.dtype[np.int64]]
People = Callable[[tuple[int, ...]], int]


def require_safe_blocks(frame: CycleFrame, counts: Counts, publication: Publication) -> None:
    """Before the ballots of a cycle become sums: no blocks, nor totals of units over them, give few away.

    Parameters
    ----------
    counts
        Complete ballots: (subjects, groups, scales).

    Raises
    ------
    ReleaseGivesAway
        They do.
    """
    found: list[str] = []
    for g, group in enumerate(frame.groups):
        if group.kind == "self":  # named, all of them
            continue
        seen: set[tuple[bytes, bytes]] = set()  # without skips all scales of a group are alike
        for s, scale in enumerate(frame.scales):
            ballots, block = counts[:, g, s], publication.block[:, g, s]
            if (alike := (ballots.tobytes(), block.tobytes())) in seen:
                continue
            seen.add(alike)
            findings = attack(
                told_by(publication, g, s, units=frame.units, parents=frame.parents),
                ballots,
                k=frame.minimum,
                people=fewest_people(frame.asked, g, ballots),
                known=np.flatnonzero(publication.named[:, g]).tolist(),
            )
            found += [words_of((group.rater_group, scale), finding) for finding in findings]
    if found:
        raise ReleaseGivesAway(found)


def fewest_people(asked: Asked, group: int, ballots: Ballots) -> People:
    """How many people stand behind cells at least.

    Behind one cell as many as ballots, since each rater has one, unless papers about it were replaced.
    """
    alone, replaced = np.asarray(ballots).tolist(), replaced_papers(asked, group, len(ballots)).tolist()
    together = people_of(asked, group, ballots)
    return lambda cells: alone[cells[0]] if len(cells) == 1 and not replaced[cells[0]] else together(cells)


def words_of(place: tuple[str, str], finding: Finding) -> str:
    """Where something was found, without whom it is about and what was answered."""
    return f"{' '.join(filter(None, place))}: {finding.kind}, {finding.people}"
