"""What the parts of a questionnaire owe one another. Each rule yields the path of a fault and a sentence."""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from string import Formatter

from instruments.marked_yaml import Path
from instruments.misfit import Finding
from instruments.schema import (
    PREFER_NOT_TO_SAY,
    Instrument,
    Option,
    Part,
    RaterGroup,
    Text,
)
from instruments.wording import N_, say

LONGEST = {"title": 80, "text": 140, "self_text": 140, "label": 60, "self_label": 60}
MOST_BANDS = 12


def check(instrument: Instrument) -> Iterator[Finding]:
    """Yield everything that is wrong with an instrument whose single fields are well formed."""
    for rule in RULES:
        yield from rule(instrument)


def texts(part: object, path: Path = ()) -> Iterator[tuple[Path, Text]]:
    """Yield every bilingual text of a questionnaire with its path."""
    if isinstance(part, Text):
        yield path, part
    elif isinstance(part, Part):
        for name in part.__struct_fields__:
            yield from texts(getattr(part, name), (*path, name))
    elif isinstance(part, tuple):
        for place, element in enumerate(part):
            yield from texts(element, (*path, place))


def _codes_are_unique(instrument: Instrument) -> Iterator[Finding]:
    # Items, open questions and profile fields share one namespace: all three are fields of one form.
    yield from _repeated("scales", [(("scales", n), part.code) for n, part in enumerate(instrument.scales)])
    yield from _repeated(
        "items, open questions and profile fields",
        [
            ((name, place), part.code)
            for name in ("items", "open_questions", "profile")
            for place, part in enumerate(getattr(instrument, name))
        ],
    )
    yield from _repeated(
        "missing reasons",
        [(("missing_reasons", n), part.code) for n, part in enumerate(instrument.missing_reasons)],
    )
    for n, field in enumerate(instrument.profile):
        bands = [(("profile", n, "bands", m), band.code) for m, band in enumerate(field.bands)]
        yield from _repeated(f"bands of {field.code}", bands)


def _repeated(where: str, codes: Iterable[tuple[Path, str]]) -> Iterator[Finding]:
    seen = set()
    for path, code in codes:
        if code in seen:
            yield (
                (*path, "code"),
                say(N_("the code %(code)s stands twice among the %(where)s"), code=code, where=where),
            )
        seen.add(code)


def _scales_are_known(instrument: Instrument) -> Iterator[Finding]:
    known = {scale.code for scale in instrument.scales}
    for n, item in enumerate(instrument.items):
        if item.scale not in known:
            yield (
                ("items", n, "scale"),
                say(
                    N_("item %(item)s names the scale %(scale)s, which is not listed"),
                    item=item.code,
                    scale=item.scale,
                ),
            )


def _rater_groups_fit(instrument: Instrument) -> Iterator[Finding]:
    yield from _groups_within(("rater_groups",), instrument.rater_groups, instrument.rater_groups)
    for name in ("scales", "open_questions"):
        for n, part in enumerate(getattr(instrument, name)):
            yield from _groups_within((name, n, "rater_groups"), part.rater_groups, instrument.rater_groups)
    scales = {scale.code: scale for scale in instrument.scales}
    for n, item in enumerate(instrument.items):
        if item.scale in scales:
            allowed = instrument.groups_of_scale(scales[item.scale])
            yield from _groups_within(("items", n, "rater_groups"), item.rater_groups, allowed)


def _groups_within(
    path: Path, groups: tuple[RaterGroup, ...], allowed: tuple[RaterGroup, ...]
) -> Iterator[Finding]:
    for n, group in enumerate(groups):
        if group not in allowed:
            yield (
                (*path, n),
                say(N_("the rater group %(group)s is not among those of the part around it"), group=group),
            )
        if group in groups[:n]:
            yield (*path, n), say(N_("the rater group %(group)s stands twice"), group=group)


def _no_scale_is_empty(instrument: Instrument) -> Iterator[Finding]:
    for n, scale in enumerate(instrument.scales):
        items = [item for item in instrument.items if item.scale == scale.code]
        for group in instrument.groups_of_scale(scale):
            if not any(group in (item.rater_groups or (group,)) for item in items):
                yield (
                    ("scales", n),
                    say(
                        N_("the scale %(scale)s has no item that %(group)s can see"),
                        scale=scale.code,
                        group=group,
                    ),
                )
    for n, group in enumerate(instrument.rater_groups):
        if not any(group in instrument.groups_of_scale(scale) for scale in instrument.scales):
            yield ("rater_groups", n), say(N_("no scale is meant for the rater group %(group)s"), group=group)


def _options_are_sound(instrument: Instrument) -> Iterator[Finding]:
    if instrument.options:
        yield from _steps(("options",), instrument.options)
    for n, item in enumerate(instrument.items):
        if item.options:
            yield from _steps(("items", n, "options"), item.options)
        elif not instrument.options:
            yield (
                ("items", n),
                say(N_("item %(item)s has no answer options, nor has the questionnaire"), item=item.code),
            )


def _steps(path: Path, options: tuple[Option, ...]) -> Iterator[Finding]:
    if len(options) < 2:
        yield path, say(N_("a choice needs at least two options"))
    for n, (before, after) in enumerate(pairwise(options), start=1):
        if after.value != before.value + 1:
            yield (
                (*path, n, "value"),
                say(
                    N_("option values must rise by one: %(before)s is followed by %(after)s"),
                    before=before.value,
                    after=after.value,
                ),
            )
    for lang in ("id", "en"):
        labels = [option.label.in_language(lang) for option in options]
        for n, label in enumerate(labels):
            if label in labels[:n]:
                yield (*path, n, "label", lang), say(N_("two options carry the label %(label)r"), label=label)


def _a_scale_has_one_range(instrument: Instrument) -> Iterator[Finding]:
    first: dict[str, list[int]] = {}
    for n, item in enumerate(instrument.items):
        values = [option.value for option in instrument.options_for(item)]
        if first.setdefault(item.scale, values) != values:
            yield (
                ("items", n),
                say(
                    N_("item %(item)s has other option values than %(scale)s so far"),
                    item=item.code,
                    scale=item.scale,
                ),
            )


def _form_positions_are_complete(instrument: Instrument) -> Iterator[Finding]:
    positions = [item.form_position for item in instrument.items]
    if not any(positions):
        return
    for n, position in enumerate(positions):
        if position is None:
            yield ("items", n), say(N_("either every item has a form_position or none has"))
        elif position > len(positions):
            yield (
                ("items", n, "form_position"),
                say(
                    N_("form_position %(position)s is beyond %(items)s items"),
                    position=position,
                    items=len(positions),
                ),
            )
        elif position in positions[:n]:
            yield (
                ("items", n, "form_position"),
                say(N_("form_position %(position)s is taken by an earlier item"), position=position),
            )


def _texts_are_tidy(instrument: Instrument) -> Iterator[Finding]:
    for path, text in texts(instrument):
        limit = LONGEST.get(str(path[-1]), 400)
        for lang in ("id", "en"):
            words = text.in_language(lang)
            if " ".join(words.split()) != words:
                yield (*path, lang), say(N_("the text has a space at an end, a double space or a line break"))
            if len(words) > limit:
                yield (
                    (*path, lang),
                    say(
                        N_("the text has %(length)s characters; here %(limit)s fit"),
                        length=len(words),
                        limit=limit,
                    ),
                )


def _profile_is_coarse(instrument: Instrument) -> Iterator[Finding]:
    for n, field in enumerate(instrument.profile):
        if not field.bands or field.bands[-1].code != PREFER_NOT_TO_SAY:
            yield (
                ("profile", n),
                say(
                    N_("the last band of %(field)s must be %(band)s"),
                    field=field.code,
                    band=PREFER_NOT_TO_SAY,
                ),
            )
        if len(field.bands) > MOST_BANDS:
            yield (
                ("profile", n),
                say(
                    N_("%(field)s has %(bands)s bands; %(most)s are the most"),
                    field=field.code,
                    bands=len(field.bands),
                    most=MOST_BANDS,
                ),
            )


def _kind_fits_the_groups(instrument: Instrument) -> Iterator[Finding]:
    if instrument.kind == "service" and instrument.rater_groups != ("citizen",):
        yield (
            ("rater_groups",),
            say(N_("a questionnaire about a service serves the rater group citizen alone")),
        )
    if instrument.kind == "person" and instrument.profile:
        yield (
            ("profile",),
            say(N_("a questionnaire about a person asks for no profile: it would give raters away")),
        )


def _the_sentence_has_its_places(instrument: Instrument) -> Iterator[Finding]:
    if instrument.sentence is None:
        return
    for lang in ("id", "en"):
        pattern = instrument.sentence.pattern.in_language(lang)
        if _places(pattern) != ["item", "label", "subject"]:
            yield (
                ("sentence", "pattern", lang),
                say(N_("the pattern needs {subject}, {label} and {item}, each once")),
            )


def _places(pattern: str) -> list[str]:
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError:
        return []
    if any(spec or conversion for _, _, spec, conversion in parts):
        return []
    return sorted(name for _, name, _, _ in parts if name is not None)


RULES: tuple[Callable[[Instrument], Iterator[Finding]], ...] = (
    _codes_are_unique,
    _scales_are_known,
    _rater_groups_fit,
    _no_scale_is_empty,
    _options_are_sound,
    _a_scale_has_one_range,
    _form_positions_are_complete,
    _texts_are_tidy,
    _profile_is_coarse,
    _kind_fits_the_groups,
    _the_sentence_has_its_places,
)
