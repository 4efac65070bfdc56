"""Write a questionnaire: one element of one part, typed, moved or taken out."""

from typing import Any

from flask import redirect, render_template, request, url_for

from forms.instruments import (
    GENERAL,
    NEW,
    PARTS,
    Element,
    Part,
    field_of,
    read_part,
    typed_name,
    value_of,
)
from instruments import drafting
from instruments.misfit import Finding
from instruments.rater_groups import RATER_GROUPS
from survey.db import reading, transaction
from survey.exceptions import DraftMoved, NotFound
from survey.extensions import databases
from survey.hr.door import blueprint
from survey.hr.drafts import in_words, to_draft
from survey.services.instruments import instrument_drafts
from survey.services.instruments.instrument_drafts import Act, Draft

GENERAL_PART = "general"
MOVES = {"up": -1, "down": 1}


@blueprint.route("/instruments/drafts/<public_id>/general", methods=["GET", "POST"])
def draft_general(public_id: str) -> Any:
    """Title, purpose, groups and the sentence."""
    return _edit(public_id, GENERAL_PART, GENERAL, 0)


@blueprint.route("/instruments/drafts/<public_id>/<part>/<int:place>", methods=["GET", "POST"])
def draft_part(public_id: str, part: str, place: int) -> Any:
    """One element of a part; the place behind the last one is a new element."""
    return _edit(public_id, part, _part(part), place)


def _part(name: str) -> Part:
    if name not in PARTS:
        raise NotFound(name)
    return PARTS[name]


def _edit(public_id: str, name: str, part: Part, place: int) -> Any:
    with reading(databases().people) as people:
        shown = instrument_drafts.find(people, public_id)
    before = _element(shown, name, place)
    if request.method == "GET":
        return _part_page(shown, name, part, place, before)
    element = read_part(part, request.form, before, _taken(shown.data, name, place))
    try:
        changed = _save(public_id, shown, name, place, element)
    except DraftMoved:
        return _part_page(shown, name, part, place, element, is_stale=True), 409
    if _problems(changed, name, place):
        return redirect(_place_of(public_id, name, place, checked=1))
    if request.form.get("next") == "another":
        return redirect(_place_of(public_id, name, len(changed.get(name, [])), scale=element.get("scale")))
    return to_draft(public_id, name)


def _element(shown: Draft, name: str, place: int) -> Element:
    if name == GENERAL_PART:
        return {each: value for each, value in shown.data.items() if each not in drafting.LISTS}
    elements: list[Element] = shown.data.get(name, [])
    if place > len(elements):
        raise NotFound(name)
    if place < len(elements):
        return elements[place]
    first = {"scale": request.args.get("scale", "")} if name == "items" else {}
    last = elements[-1].get("value") if name == "options" and elements else None
    return {**NEW.get(name, {}), **first, **({"value": last + 1} if isinstance(last, int) else {})}


def _taken(data: drafting.Data, name: str, place: int) -> set[str]:
    """The codes that the others have: items, open questions and profile fields share one list of names."""
    shared = ("items", "open_questions") if name in ("items", "open_questions") else (name,)
    return {
        each.get("code", "")
        for part in shared
        for n, each in enumerate(data.get(part, []))
        if (part, n) != (name, place)
    }


def _save(public_id: str, shown: Draft, name: str, place: int, element: Element) -> drafting.Data:
    """Keep what was typed, with its mistakes, as a step that can be undone."""
    data = shown.data
    is_new = name != GENERAL_PART and place == len(data.get(name, []))
    changed = (
        {**data, **element} if name == GENERAL_PART else instrument_drafts.put(data, name, place, element)
    )
    seen = request.form.get("position", -1, type=int)
    if changed == data and seen == shown.position:
        return data
    act = Act("add" if is_new else "change", name, _name_of(element))
    with transaction(databases().people) as people:
        instrument_drafts.change(people, public_id, seen, changed, act)
    return changed


def _name_of(element: Element) -> str:
    return str(element.get("code") or element.get("value") or "")


def _problems(data: drafting.Data, name: str, place: int) -> list[Finding]:
    own = drafting.problems(data)
    if name == GENERAL_PART:
        return [(path, words) for path, words in own if path[:1] and path[0] not in drafting.LISTS]
    return drafting.problems_at(own, (name, place))


def _part_page(
    shown: Draft, name: str, part: Part, place: int, element: Element, is_stale: bool = False
) -> str:
    is_new = name != GENERAL_PART and place >= len(shown.data.get(name, []))
    return render_template(
        "hr/draft_part.html",
        draft=shown,
        name=name,
        part=part,
        place=place,
        element=element,
        groups=RATER_GROUPS,
        value_of=value_of,
        field_of=field_of,
        typed_name=typed_name,
        is_new=is_new,
        is_stale=is_stale,
        problems=[] if is_new else in_words(_problems(shown.data, name, place)),
        scales=[(each.get("code", ""), each.get("title", {})) for each in shown.data.get("scales", [])],
    )


@blueprint.post("/instruments/drafts/<public_id>/<part>/<int:place>/<what>")
def draft_arrange(public_id: str, part: str, place: int, what: str) -> Any:
    """Take an element out, or move it."""
    _part(part)
    if what not in ("remove", *MOVES):
        raise NotFound(what)
    with transaction(databases().people) as people:
        shown = instrument_drafts.find(people, public_id)
        elements = shown.data.get(part, [])
        if place >= len(elements):
            raise NotFound(part)
        if what == "remove":
            changed = instrument_drafts.without(shown.data, part, place)
        else:
            changed = instrument_drafts.moved(shown.data, part, place, MOVES[what])
        if changed != shown.data:
            act = Act("remove" if what == "remove" else "move", part, _name_of(elements[place]))
            seen = request.form.get("position", -1, type=int)
            instrument_drafts.change(people, public_id, seen, changed, act)
    return to_draft(public_id, part)


def _place_of(public_id: str, name: str, place: int, **more: Any) -> str:
    if name == GENERAL_PART:
        return url_for("hr.draft_general", public_id=public_id, **more)
    return url_for("hr.draft_part", public_id=public_id, part=name, place=place, **more)
