"""What a questionnaire is: frozen structures read from YAML, and what the program asks of them."""

import hashlib
import json
import math
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Language = Literal["id", "en"]
RaterGroup = Literal["self", "supervisor", "peer", "subordinate", "partner", "citizen"]
Kind = Literal["person", "service"]
Confidence = Literal["regulation", "secondary", "memory", "own"]

# Python's `$` also matches before a final line break; the look-ahead refuses that, here and in JSON Schema.
Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$(?!\n)")]
Words = Annotated[str, Meta(min_length=1, max_length=400)]

PREFER_NOT_TO_SAY = "not_said"

# Planning figures for the burden shown before a cycle opens; a pilot's measured times replace them.
SECONDS_PER_ITEM = 8
SECONDS_PER_OPEN_QUESTION = 60
SECONDS_PER_PROFILE_FIELD = 5


class Part(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    # A field added to this schema later, left at its default, must not change the hash of an older file.
    omit_defaults=True,
):
    """Base of every part of a questionnaire."""


class Text(Part, frozen=True, kw_only=True):
    """The same words in Indonesian and English."""

    id: Words
    en: Words

    def in_language(self, lang: str) -> str:
        """Return the words in `lang` ("id" or "en"); any other language is a ValueError."""
        if lang == "id":
            return self.id
        if lang == "en":
            return self.en
        raise ValueError(f"questionnaires are written in id and en, not in {lang!r}")


class Source(Part, frozen=True, kw_only=True):
    """Where a part of the questionnaire comes from, and how sure that is."""

    covers: Text
    title: Words
    article: str = ""
    confidence: Confidence


class Option(Part, frozen=True, kw_only=True):
    """One labelled step of an answer scale."""

    value: int
    label: Text


class Scale(Part, frozen=True, kw_only=True):
    """A measured dimension made of items. No rater groups named: all that the questionnaire serves."""

    code: Code
    title: Text
    meaning: Text | None = None
    rater_groups: tuple[RaterGroup, ...] = ()
    subjects: Literal["everyone", "leaders"] = "everyone"


class Item(Part, frozen=True, kw_only=True):
    """One act or question to be judged. `guidance` is the official wording that stands above it."""

    code: Code
    scale: Code
    text: Text
    title: Text | None = None
    guidance: Text | None = None
    rater_groups: tuple[RaterGroup, ...] = ()
    options: tuple[Option, ...] = ()
    form_position: Annotated[int, Meta(ge=1)] | None = None


class MissingReason(Part, frozen=True, kw_only=True):
    """Why an item is not judged: its own kind of answer, never a number."""

    code: Code
    label: Text
    self_label: Text | None = None

    def label_for(self, rater_group: RaterGroup) -> Text:
        """Return the label as this rater group reads it."""
        return self.self_label if rater_group == "self" and self.self_label else self.label


class OpenQuestion(Part, frozen=True, kw_only=True):
    """A question answered in free words."""

    code: Code
    text: Text
    self_text: Text | None = None
    rater_groups: tuple[RaterGroup, ...] = ()
    max_length: Annotated[int, Meta(ge=100, le=4000)] = 1000

    def text_for(self, rater_group: RaterGroup) -> Text:
        """Return the question as this rater group reads it."""
        return self.self_text if rater_group == "self" and self.self_text else self.text


class Band(Part, frozen=True, kw_only=True):
    """One coarse class of a profile field."""

    code: Code
    label: Text


class ProfileField(Part, frozen=True, kw_only=True):
    """A general fact about a citizen, in bands too coarse to point at one person."""

    code: Code
    title: Text
    bands: tuple[Band, ...]


class Sentence(Part, frozen=True, kw_only=True):
    """How subject, answer label and item are read together: "Pegawai ini selalu menawarkan bantuan"."""

    pattern: Text
    subject: Text
    self_subject: Text

    def subject_for(self, rater_group: RaterGroup) -> Text:
        """Return the words that name the person judged, as this rater group reads them."""
        return self.self_subject if rater_group == "self" else self.subject


class Instrument(Part, frozen=True, kw_only=True):
    """A questionnaire. Once a cycle has used it, it never changes: its hash is its identity."""

    code: Code
    version: Annotated[int, Meta(ge=1)]
    title: Text
    purpose: Text
    kind: Kind
    default: bool = False
    sources: Annotated[tuple[Source, ...], Meta(min_length=1)]
    rater_groups: Annotated[tuple[RaterGroup, ...], Meta(min_length=1)]
    sentence: Sentence | None = None
    options: tuple[Option, ...] = ()
    scales: Annotated[tuple[Scale, ...], Meta(min_length=1)]
    items: Annotated[tuple[Item, ...], Meta(min_length=1)]
    missing_reasons: tuple[MissingReason, ...] = ()
    open_questions: tuple[OpenQuestion, ...] = ()
    profile: tuple[ProfileField, ...] = ()

    def item(self, code: str) -> Item:
        """Return the item of that code; an unknown code is a KeyError."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(f"{self.code} has no item {code!r}")

    def scale(self, code: str) -> Scale:
        """Return the scale of that code; an unknown code is a KeyError."""
        for scale in self.scales:
            if scale.code == code:
                return scale
        raise KeyError(f"{self.code} has no scale {code!r}")

    def groups_of_scale(self, scale: Scale) -> tuple[RaterGroup, ...]:
        """Return the rater groups a scale is meant for."""
        return scale.rater_groups or self.rater_groups

    def groups_of_item(self, item: Item) -> tuple[RaterGroup, ...]:
        """Return the rater groups that can see an item."""
        return item.rater_groups or self.groups_of_scale(self.scale(item.scale))

    def options_for(self, item: Item) -> tuple[Option, ...]:
        """Return the answer options of an item: its own, or else the questionnaire's."""
        return item.options or self.options

    def items_for(self, rater_group: RaterGroup, *, leader: bool = True) -> tuple[Item, ...]:
        """Return what a group judges, in the order of the file; `leader=False` leaves out acts of leading."""
        return tuple(
            item
            for item in self.items
            if rater_group in self.groups_of_item(item)
            and (leader or self.scale(item.scale).subjects == "everyone")
        )

    def form_order(self, rater_group: RaterGroup, *, leader: bool = True) -> tuple[Item, ...]:
        """Return the same items in the order in which a form asks them."""
        return tuple(
            sorted(self.items_for(rater_group, leader=leader), key=lambda item: item.form_position or 0)
        )

    def scales_for(self, rater_group: RaterGroup, *, leader: bool = True) -> tuple[Scale, ...]:
        """Return the scales of which a group judges at least one item, in order."""
        seen = {item.scale for item in self.items_for(rater_group, leader=leader)}
        return tuple(scale for scale in self.scales if scale.code in seen)

    def open_questions_for(self, rater_group: RaterGroup) -> tuple[OpenQuestion, ...]:
        """Return the open questions that a group is asked."""
        return tuple(
            question
            for question in self.open_questions
            if rater_group in (question.rater_groups or self.rater_groups)
        )

    def sentence_for(self, item: Item, option: Option, rater_group: RaterGroup, lang: str) -> str:
        """Return the whole sentence a rater agrees to by choosing `option`."""
        if self.sentence is None:
            raise ValueError(f"{self.code} asks questions, so its answers make no sentence")
        label = option.label.in_language(lang)
        return self.sentence.pattern.in_language(lang).format(
            subject=self.sentence.subject_for(rater_group).in_language(lang),
            label=label[0].lower() + label[1:],
            item=item.text.in_language(lang),
        )

    def burden_minutes(self, rater_group: RaterGroup, *, leader: bool = True) -> int:
        """Return the planned minutes for one paper, rounded up."""
        profile = self.profile if rater_group == "citizen" else ()
        seconds = (
            SECONDS_PER_ITEM * len(self.items_for(rater_group, leader=leader))
            + SECONDS_PER_OPEN_QUESTION * len(self.open_questions_for(rater_group))
            + SECONDS_PER_PROFILE_FIELD * len(profile)
        )
        return math.ceil(seconds / 60)

    def content_hash(self) -> str:
        """Return the SHA-256 of the whole content as canonical JSON: the identity of a used version."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


def schema_json() -> str:
    """Return the JSON Schema of a questionnaire file, for editors and other programs."""
    schema = msgspec.json.schema(Instrument)
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Instrument", **schema}
    return json.dumps(document, indent=2, ensure_ascii=False)
