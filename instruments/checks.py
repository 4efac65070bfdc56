"""What the parts of a questionnaire owe one another. Each rule yields the path of a fault and a sentence."""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from string import Formatter

from instruments.marked_yaml import Path
from instruments.schema import (
    PREFER_NOT_TO_SAY,
    Instrument,
    Option,
    Part,
    RaterGroup,
    Text,
)

Finding = tuple[Path, str]

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
            yield (*path, "code"), f"the code {code} stands twice among the {where}"
        seen.add(code)


def _scales_are_known(instrument: Instrument) -> Iterator[Finding]:
    known = {scale.code for scale in instrument.scales}
    for n, item in enumerate(instrument.items):
        if item.scale not in known:
            yield ("items", n, "scale"), f"item {item.code} names the scale {item.scale}, which is not listed"


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
            yield (*path, n), f"the rater group {group} is not among those of the part around it"
        if group in groups[:n]:
            yield (*path, n), f"the rater group {group} stands twice"


def _no_scale_is_empty(instrument: Instrument) -> Iterator[Finding]:
    for n, scale in enumerate(instrument.scales):
        items = [item for item in instrument.items if item.scale == scale.code]
        for group in instrument.groups_of_scale(scale):
            if not any(group in (item.rater_groups or (group,)) for item in items):
                yield ("scales", n), f"the scale {scale.code} has no item that {group} can see"
    for n, group in enumerate(instrument.rater_groups):
        if not any(group in instrument.groups_of_scale(scale) for scale in instrument.scales):
            yield ("rater_groups", n), f"no scale is meant for the rater group {group}"


def _options_are_sound(instrument: Instrument) -> Iterator[Finding]:
    if instrument.options:
        yield from _steps(("options",), instrument.options)
    for n, item in enumerate(instrument.items):
        if item.options:
            yield from _steps(("items", n, "options"), item.options)
        elif not instrument.options:
            yield ("items", n), f"item {item.code} has no answer options, nor has the questionnaire"


def _steps(path: Path, options: tuple[Option, ...]) -> Iterator[Finding]:
    if len(options) < 2:
        yield path, "a choice needs at least two options"
    for n, (before, after) in enumerate(pairwise(options), start=1):
        if after.value != before.value + 1:
            yield (
                (*path, n, "value"),
                f"option values must rise by one: {before.value} is followed by {after.value}",
            )
    for lang in ("id", "en"):
        labels = [option.label.in_language(lang) for option in options]
        for n, label in enumerate(labels):
            if label in labels[:n]:
                yield (*path, n, "label", lang), f"two options carry the label {label!r}"


def _a_scale_has_one_range(instrument: Instrument) -> Iterator[Finding]:
    first: dict[str, list[int]] = {}
    for n, item in enumerate(instrument.items):
        values = [option.value for option in instrument.options_for(item)]
        if first.setdefault(item.scale, values) != values:
            yield ("items", n), f"item {item.code} has other option values than {item.scale} so far"


def _form_positions_are_complete(instrument: Instrument) -> Iterator[Finding]:
    positions = [item.form_position for item in instrument.items]
    if not any(positions):
        return
    for n, position in enumerate(positions):
        if position is None:
            yield ("items", n), "either every item has a form_position or none has"
        elif position > len(positions):
            yield ("items", n, "form_position"), f"form_position {position} is beyond {len(positions)} items"
        elif position in positions[:n]:
            yield ("items", n, "form_position"), f"form_position {position} is taken by an earlier item"


def _texts_are_tidy(instrument: Instrument) -> Iterator[Finding]:
    for path, text in texts(instrument):
        limit = LONGEST.get(str(path[-1]), 400)
        for lang in ("id", "en"):
            words = text.in_language(lang)
            if " ".join(words.split()) != words:
                yield (*path, lang), "the text has a space at an end, a double space or a line break"
            if len(words) > limit:
                yield (*path, lang), f"the text has {len(words)} characters; here {limit} fit"


def _profile_is_coarse(instrument: Instrument) -> Iterator[Finding]:
    for n, field in enumerate(instrument.profile):
        if not field.bands or field.bands[-1].code != PREFER_NOT_TO_SAY:
            yield ("profile", n), f"the last band of {field.code} must be {PREFER_NOT_TO_SAY}"
        if len(field.bands) > MOST_BANDS:
            yield ("profile", n), f"{field.code} has {len(field.bands)} bands; {MOST_BANDS} are the most"


def _kind_fits_the_groups(instrument: Instrument) -> Iterator[Finding]:
    if instrument.kind == "service" and instrument.rater_groups != ("citizen",):
        yield ("rater_groups",), "a questionnaire about a service serves the rater group citizen alone"
    if instrument.kind == "person" and instrument.profile:
        yield ("profile",), "a questionnaire about a person asks for no profile: it would give raters away"


def _the_sentence_has_its_places(instrument: Instrument) -> Iterator[Finding]:
    if instrument.sentence is None:
        return
    for lang in ("id", "en"):
        pattern = instrument.sentence.pattern.in_language(lang)
        if _places(pattern) != ["item", "label", "subject"]:
            yield ("sentence", "pattern", lang), "the pattern needs {subject}, {label} and {item}, each once"


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
