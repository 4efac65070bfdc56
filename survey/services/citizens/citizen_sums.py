"""Sums over citizens' responses, kept beside them: a page costs the same for ten and a million answers.

Every change of responses changes their sums in the same transaction: `add` after a merge, `rebuild` after
responses were taken out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from analysis.satisfaction import AnswerSums, SatisfactionPolicy, answer_sums, no_answers
from survey.models.citizens import CitizenResponse, CitizenSums

Answers = Mapping[str, int]
Profile = Mapping[str, str]
Bands = dict[str, int]  # respondents by band
Place = tuple[str, str, str]  # service point, period, stratum


class Pairs(msgspec.Struct, frozen=True):
    """Sums for each pair of elements, as they are stored."""

    elements: tuple[str, ...]
    n: list[list[int]]
    sums: list[list[int]]
    products: list[list[int]]


@dataclass(frozen=True)
class PlaceSums:
    """What is kept of one service point, period and stratum."""

    service_point: str
    period: str
    stratum: str
    sums: AnswerSums
    profile: dict[str, Bands]


def add(
    answers: Session, place: Place, policy: SatisfactionPolicy, sheets: Sequence[tuple[Answers, Profile]]
) -> None:
    """Add newly merged responses to the sums of their place."""
    stored = answers.get(CitizenSums, place, with_for_update=True)
    new = answer_sums(_table((each for each, _profile in sheets), policy), policy)
    bands = _bands(profile for each, profile in sheets if each)
    if stored is None:
        answers.add(_row(place, new, bands))
        return
    _set(stored, _sums(stored, policy) + new, add_bands(stored.profile, bands))


def rebuild(answers: Session, place: Place, policy: SatisfactionPolicy) -> None:
    """Make the sums of a place anew from its responses."""
    rows = answers.execute(
        select(cast(CitizenResponse.answers, String), cast(CitizenResponse.profile, String)).where(
            CitizenResponse.service_point == place[0],
            CitizenResponse.period == place[1],
            CitizenResponse.stratum == place[2],
        )
    )
    read = [
        (msgspec.json.decode(given, type=dict[str, int]), msgspec.json.decode(bands, type=dict[str, str]))
        for given, bands in rows
    ]
    if stored := answers.get(CitizenSums, place):
        answers.delete(stored)
        answers.flush()
    add(answers, place, policy, read)


def sums_of(
    answers: Session,
    service_points: Sequence[str],
    policy: SatisfactionPolicy,
    strata: Sequence[str],
    periods: Sequence[str] | None = None,
) -> list[PlaceSums]:
    """The sums of the given service points, in one statement."""
    found = select(CitizenSums).where(
        CitizenSums.service_point.in_(service_points), CitizenSums.stratum.in_(strata)
    )
    if periods is not None:
        found = found.where(CitizenSums.period.in_(periods))
    return [
        PlaceSums(row.service_point, row.period, row.stratum, _sums(row, policy), row.profile)
        for row in answers.scalars(
            found.order_by(CitizenSums.service_point, CitizenSums.period, CitizenSums.stratum)
        )
    ]


def _table(
    given: Iterable[Answers], policy: SatisfactionPolicy
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    rows = [[each.get(name, np.nan) for name in policy.elements] for each in given]
    return np.array(rows, dtype=np.float64).reshape(-1, len(policy.elements))


def _bands(profiles: Iterable[Profile]) -> dict[str, Bands]:
    counted: dict[str, Counter[str]] = {}
    for profile in profiles:
        for field, band in profile.items():
            counted.setdefault(field, Counter())[band] += 1
    return {field: dict(sorted(bands.items())) for field, bands in sorted(counted.items())}


def add_bands(one: dict[str, Bands], other: dict[str, Bands]) -> dict[str, Bands]:
    """Respondents by field and band, together."""
    fields = sorted({*one, *other})
    added = {field: Counter(one.get(field, {})) + Counter(other.get(field, {})) for field in fields}
    return {field: dict(sorted(bands.items())) for field, bands in added.items()}


def _sums(row: CitizenSums, policy: SatisfactionPolicy) -> AnswerSums:
    """In the policy's order; elements that it does not know are left out, others are empty."""
    kept = msgspec.json.decode(row.pairs, type=Pairs)
    if kept.elements == policy.elements:
        tables = [np.array(table, dtype=np.int64) for table in (kept.n, kept.sums, kept.products)]
    else:
        tables = [
            _reordered(table, kept.elements, policy.elements) for table in (kept.n, kept.sums, kept.products)
        ]
    return AnswerSums(policy.elements, row.respondents, row.complete, *tables)


def _reordered(
    table: list[list[int]], old: tuple[str, ...], new: tuple[str, ...]
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    place = {name: number for number, name in enumerate(old)}
    there = [(number, place[name]) for number, name in enumerate(new) if name in place]
    made, given = np.zeros((len(new), len(new)), dtype=np.int64), np.array(table, dtype=np.int64)
    for number, kept in there:
        for other, kept_other in there:
            made[number, other] = given[kept, kept_other]
    return made


def _row(place: Place, sums: AnswerSums, bands: dict[str, Bands]) -> CitizenSums:
    row = CitizenSums(service_point=place[0], period=place[1], stratum=place[2])
    _set(row, sums, bands)
    return row


def _set(row: CitizenSums, sums: AnswerSums, bands: dict[str, Bands]) -> None:
    tables = (sums.n.tolist(), sums.sums.tolist(), sums.products.tolist())
    row.respondents, row.complete, row.profile = sums.respondents, sums.complete, bands
    row.pairs = msgspec.json.encode(Pairs(sums.elements, *tables))


def together(found: Iterable[PlaceSums], policy: SatisfactionPolicy) -> AnswerSums:
    """The sums of several places."""
    whole = no_answers(policy)
    for each in found:
        whole += each.sums
    return whole
