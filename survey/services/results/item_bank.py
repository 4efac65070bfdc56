"""The item bank: every item that can be asked again, and what each released cycle showed about it.

The figures are those of the quality report (`quality_figures`): pooled over many subjects, entered in the
ledger, looked at by the attacker before a release. Nothing else of the vault is read here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from instruments.drafting import Data, data_of, suggested_code
from instruments.rater_groups import RATER_GROUPS
from instruments.schema import Instrument, Item
from survey.exceptions import NotFound
from survey.models.appraisals import Quality
from survey.models.cycles import Cycle, CycleGroup
from survey.services.documents.listing import DESCENDING, ListPage, Wanted, page_of_rows
from survey.services.instruments import questionnaires

RELEASED = ("released",)
USUAL_ORDER = "questionnaire"


@dataclass(frozen=True)
class BankItem:
    """One item of the newest version of a questionnaire."""

    instrument: Instrument
    item: Item
    cycles: int  # released ones that asked it


@dataclass(frozen=True)
class ItemFigures:
    """What one rater group of one released cycle showed about an item; a figure that is not told is None."""

    cycle: Cycle
    rater_group: str
    version: int
    n: int | None
    mean: float | None
    sd: float | None
    item_total_r: float | None
    cannot_judge: float | None
    is_banded: bool  # at an end of the scale, where mean and spread would say who chose what


@dataclass(frozen=True)
class Wording:
    """The words of an item in some versions of its questionnaire."""

    versions: tuple[int, ...]
    item: Item


def bank(people: Session, wanted: Wanted, language: str) -> ListPage:
    """One page of the items of questionnaires about people; three statements."""
    asked = _asked(people)
    rows = [
        BankItem(instrument, item, len(asked.get((instrument.code, item.code), ())))
        for instrument in questionnaires.offered(people, "person")
        for item in instrument.items
        if _holds(instrument, item, wanted.text)
    ]
    orders: dict[str, Callable[[BankItem], Any]] = {
        "questionnaire": lambda row: row.instrument.title.in_language(language),
        "item": lambda row: row.item.text.in_language(language),
        "cycles": lambda row: row.cycles,
    }
    if wanted.sort.removeprefix(DESCENDING) not in orders:
        wanted = replace(wanted, sort=USUAL_ORDER)
    return page_of_rows(rows, wanted, orders)


def _holds(instrument: Instrument, item: Item, text: str) -> bool:
    scale = instrument.scale(item.scale)
    texts = (item.text.id, item.text.en, scale.title.id, scale.title.en, item.code, instrument.title.id)
    return not text or any(text.casefold() in each.casefold() for each in texts)


def _asked(people: Session) -> dict[tuple[str, str], set[int]]:
    """The released cycles that asked each item of each questionnaire."""
    found: dict[tuple[str, str], set[int]] = {}
    known = {each.content_hash(): each for each in questionnaires.every(people)}
    rows = people.execute(
        select(CycleGroup.instrument_hash, CycleGroup.cycle_id)
        .join(Cycle, Cycle.id == CycleGroup.cycle_id)
        .where(Cycle.state.in_(RELEASED))
        .distinct()
    )
    for content_hash, cycle_id in rows:
        if instrument := known.get(content_hash):
            for item in instrument.items:
                found.setdefault((instrument.code, item.code), set()).add(cycle_id)
    return found


def find(people: Session, code: str, item: str) -> tuple[Instrument, Item, list[Wording]]:
    """An item in the newest version that has it, and its words in every version.

    Raises
    ------
    NotFound
        No version of the questionnaire has it.
    """
    versions = _versions_with(people, code, item)
    if not versions:
        raise NotFound(item)
    return versions[-1], versions[-1].item(item), _wordings(versions, item)


def _versions_with(people: Session, code: str, item: str) -> list[Instrument]:
    return [
        each
        for each in questionnaires.every(people)
        if each.code == code and any(one.code == item for one in each.items)
    ]


def _wordings(versions: Sequence[Instrument], item: str) -> list[Wording]:
    found: list[Wording] = []
    for instrument in versions:
        words = instrument.item(item)
        if found and (found[-1].item.text, found[-1].item.guidance) == (words.text, words.guidance):
            found[-1] = Wording((*found[-1].versions, instrument.version), words)
        else:
            found.append(Wording((instrument.version,), words))
    return found


def history(people: Session, code: str, item: str) -> list[ItemFigures]:
    """The figures of an item in every released cycle, the newest first; two statements."""
    versions = {each.content_hash(): each for each in _versions_with(people, code, item)}
    rows = people.execute(
        select(Cycle, CycleGroup.rater_group, CycleGroup.instrument_hash, Quality.scale, Quality.figures)
        .join(CycleGroup, CycleGroup.cycle_id == Cycle.id)
        .join(
            Quality,
            (Quality.cycle_id == Cycle.id) & (Quality.rater_group == CycleGroup.rater_group),
        )
        .where(Cycle.state.in_(RELEASED), CycleGroup.instrument_hash.in_(versions))
        .order_by(Cycle.closes_on.desc(), Cycle.id.desc())
    ).all()
    found = [
        _figures(cycle, group, versions[content_hash].version, told)
        for cycle, group, content_hash, scale, figures in rows
        if scale == versions[content_hash].item(item).scale
        for told in _of_item(figures.get("items", ()), item)
    ]
    places = {cycle.id: place for place, (cycle, *_rest) in enumerate(rows)}
    return sorted(found, key=lambda one: (places[one.cycle.id], RATER_GROUPS.index(one.rater_group)))


def _of_item(told: Iterable[dict[str, Any]], item: str) -> list[dict[str, Any]]:
    return [each for each in told if each["item"] == item]


def _figures(cycle: Cycle, group: str, version: int, told: dict[str, Any]) -> ItemFigures:
    return ItemFigures(
        cycle=cycle,
        rater_group=group,
        version=version,
        n=told.get("n"),
        mean=told.get("mean"),
        sd=told.get("sd"),
        item_total_r=told.get("r"),
        cannot_judge=told.get("cannot_judge"),
        is_banded=told.get("is_banded", False),
    )


def put_into(data: Data, instrument: Instrument, item: Item) -> Data:
    """A draft with the item behind the others, under its heading, which comes along where it is missing."""
    whole = data_of(instrument)
    chosen = next(each for each in whole["items"] if each["code"] == item.code)
    scale = next(each for each in whole["scales"] if each["code"] == item.scale)
    scales = data.get("scales", [])
    taken = {each.get("code", "") for part in ("items", "open_questions") for each in data.get(part, [])}
    code = item.code if item.code not in taken else suggested_code(item.text.id, taken)
    kept = {name: value for name, value in chosen.items() if name not in ("form_position", "rater_groups")}
    return {
        **data,
        "scales": scales if any(each.get("code") == item.scale for each in scales) else [*scales, scale],
        "items": [*data.get("items", []), {**kept, "code": code}],
    }
