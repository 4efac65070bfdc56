"""Write a questionnaire of the city's own: drafts with undo, and versions that never change."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from instruments import drafting
from instruments.drafting import Data
from instruments.misfit import Finding
from instruments.schema import Instrument
from instruments.wording import N_, say
from survey.exceptions import DraftMoved, NotFound
from survey.models.instruments import DraftStep, InstrumentDraft, InstrumentVersion
from survey.services.instruments import questionnaires

MOST_STEPS = 200  # older ones can no longer be undone


@dataclass(frozen=True)
class Act:
    """What a step did: begin, add, change, remove or move, and to what."""

    act: str
    part: str = ""
    name: str = ""


@dataclass(frozen=True)
class Draft:
    """A draft as it stands now."""

    public_id: str
    position: int
    based_on: str | None
    data: Data
    problems: list[Finding]
    undoes: Act | None
    redoes: Act | None

    @property
    def translated(self) -> tuple[int, int]:
        """Texts in both languages, of all texts."""
        return drafting.translated(self.data)


def begin(people: Session, data: Data, based_on: str | None = None) -> str:
    """Start a draft; returns its name in URLs."""
    draft = InstrumentDraft(based_on=based_on)
    people.add(draft)
    people.flush()
    people.add(
        DraftStep(draft_id=draft.id, number=0, text=drafting.draft_text(data), act="begin", part="", name="")
    )
    people.flush()
    return draft.public_id


def copy_of(people: Session, instrument: Instrument) -> Data:
    """The content of a questionnaire to go on from: the next version of an own one, else a new one."""
    data = drafting.data_of(instrument)
    if questionnaires.is_built_in(instrument.code):
        taken = {each.code for each in questionnaires.every(people)}
        data["code"] = drafting.suggested_code(f"{instrument.code[:30]} kota", taken)
    return {name: value for name, value in data.items() if name not in ("version", "default")}


def all_drafts(people: Session) -> list[Draft]:
    """Every draft, the newest first; two statements."""
    drafts = people.scalars(select(InstrumentDraft).order_by(InstrumentDraft.id.desc())).all()
    texts = people.execute(
        select(InstrumentDraft.public_id, DraftStep.text)
        .join(DraftStep, DraftStep.draft_id == InstrumentDraft.id)
        .where(DraftStep.number == InstrumentDraft.position)
    )
    data = {public_id: drafting.read_draft(text) for public_id, text in texts}
    return [_draft(draft, data[draft.public_id], None, None) for draft in drafts]


def find(people: Session, public_id: str) -> Draft:
    """One draft as it stands; two statements."""
    draft = _find(people, public_id)
    near = {
        step.number: step
        for step in people.scalars(
            select(DraftStep).where(
                DraftStep.draft_id == draft.id,
                DraftStep.number.in_((draft.position, draft.position + 1)),
            )
        )
    }
    now, after = near[draft.position], near.get(draft.position + 1)
    can_undo = draft.position > 0 and now.act != "begin"
    return _draft(
        draft,
        drafting.read_draft(now.text),
        Act(now.act, now.part, now.name) if can_undo else None,
        Act(after.act, after.part, after.name) if after else None,
    )


def _draft(draft: InstrumentDraft, data: Data, undoes: Act | None, redoes: Act | None) -> Draft:
    return Draft(
        draft.public_id, draft.position, draft.based_on, data, drafting.problems(data), undoes, redoes
    )


def _find(people: Session, public_id: str) -> InstrumentDraft:
    found = people.scalar(
        select(InstrumentDraft).where(InstrumentDraft.public_id == public_id).with_for_update()
    )
    if found is None:
        raise NotFound(public_id)
    return found


def change(people: Session, public_id: str, seen: int, data: Data, act: Act) -> None:
    """Take a step: what was undone before can no longer be redone.

    Raises
    ------
    DraftMoved
        The draft is not at the step that was seen.
    """
    draft = _find(people, public_id)
    if draft.position != seen:
        raise DraftMoved(public_id)
    people.execute(delete(DraftStep).where(DraftStep.draft_id == draft.id, DraftStep.number > draft.position))
    people.execute(
        delete(DraftStep).where(
            DraftStep.draft_id == draft.id, DraftStep.number <= draft.position - MOST_STEPS
        )
    )
    draft.position += 1
    people.add(
        DraftStep(
            draft_id=draft.id,
            number=draft.position,
            text=drafting.draft_text(data),
            act=act.act,
            part=act.part,
            name=act.name,
        )
    )
    people.flush()


def step(people: Session, public_id: str, by: int) -> None:
    """Undo (-1) or redo (+1) one step; where there is none, nothing happens."""
    draft = _find(people, public_id)
    wanted = draft.position + by
    oldest = people.scalar(select(func.min(DraftStep.number)).where(DraftStep.draft_id == draft.id))
    newest = people.scalar(select(func.max(DraftStep.number)).where(DraftStep.draft_id == draft.id))
    if oldest is not None and newest is not None and oldest <= wanted <= newest:
        draft.position = wanted
        people.flush()


def discard(people: Session, public_id: str) -> None:
    """Remove a draft with all its steps."""
    draft = _find(people, public_id)
    people.execute(delete(DraftStep).where(DraftStep.draft_id == draft.id))
    people.delete(draft)
    people.flush()


def problems(people: Session, draft: Draft) -> list[Finding]:
    """What keeps a draft from being published, names that others have included."""
    found = list(draft.problems)
    code = draft.data.get("code", "")
    if questionnaires.is_built_in(code):
        found.append((("code",), say(N_("the product has a questionnaire of this code; choose another"))))
    elif not found and _is_published(people, draft.data, code):
        found.append(((), say(N_("nothing differs from the version that is published"))))
    return found


def _is_published(people: Session, data: Data, code: str) -> bool:
    newest = _newest_version(people, code)
    return (
        newest > 0
        and people.get(InstrumentVersion, drafting.finished(data, newest).content_hash()) is not None
    )


def _newest_version(people: Session, code: str) -> int:
    of_code = select(func.max(InstrumentVersion.version)).where(InstrumentVersion.code == code)
    return people.scalar(of_code) or 0


def publish(people: Session, public_id: str, seen: int, today: date) -> Instrument:
    """Make a version of a draft without problems, and remove the draft.

    Raises
    ------
    DraftMoved
        It was changed since it was shown, or has a problem now.
    """
    draft = find(people, public_id)
    if draft.position != seen or problems(people, draft):
        raise DraftMoved(public_id)
    instrument = drafting.finished(draft.data, _newest_version(people, draft.data["code"]) + 1)
    people.add(
        InstrumentVersion(
            hash=instrument.content_hash(),
            code=instrument.code,
            version=instrument.version,
            text=questionnaires.canonical(instrument),
            published_on=today,
        )
    )
    discard(people, public_id)
    return instrument


def put(data: Data, part: str, place: int, element: dict[str, Any]) -> Data:
    """The draft with an element in place of the one there, or behind the last."""
    changed = deepcopy(data)
    elements = changed.setdefault(part, [])
    if place < len(elements):
        _rename(changed, part, elements[place].get("code", ""), element.get("code", ""))
        elements[place] = element
    else:
        elements.append(element)
    return changed


def _rename(data: Data, part: str, before: str, after: str) -> None:
    """Items follow their scale when its code changes."""
    if part == "scales" and before and before != after:
        for item in data.get("items", []):
            if item.get("scale") == before:
                item["scale"] = after


def without(data: Data, part: str, place: int) -> Data:
    """The draft without one element; a scale takes its items along."""
    changed = deepcopy(data)
    gone = changed[part].pop(place)
    if part == "scales":
        changed["items"] = [item for item in changed["items"] if item.get("scale") != gone.get("code")]
    return changed


def moved(data: Data, part: str, place: int, by: int) -> Data:
    """The draft with one element a place higher or lower; items move among those of their scale."""
    changed = deepcopy(data)
    elements = changed[part]
    scale = elements[place].get("scale")
    others = [n for n, each in enumerate(elements) if part != "items" or each.get("scale") == scale]
    target = others.index(place) + by
    if 0 <= target < len(others):
        other = others[target]
        elements[place], elements[other] = elements[other], elements[place]
    return changed
