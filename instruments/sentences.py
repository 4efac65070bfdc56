"""Write out every sentence a rater can agree to, for a native reader to go through."""

from collections.abc import Iterable, Iterator

from instruments.schema import Instrument, Item, Language, RaterGroup

LANGUAGES: tuple[Language, ...] = ("id", "en")


def review(instruments: Iterable[Instrument]) -> str:
    """Return all item x label sentences, about another person and about oneself, in both languages."""
    return "\n".join(line for instrument in instruments for line in _instrument(instrument)) + "\n"


def _instrument(instrument: Instrument) -> Iterator[str]:
    if instrument.sentence is None:
        return
    for item in instrument.items:
        yield f"# {instrument.code} {instrument.version}, {item.scale}, {item.code}"
        for group in _voices(instrument, item):
            for lang in LANGUAGES:
                for option in instrument.options_for(item):
                    yield instrument.sentence_for(item, option, group, lang)
        yield ""


def _voices(instrument: Instrument, item: Item) -> Iterator[RaterGroup]:
    groups = instrument.groups_of_item(item)
    yield from [group for group in groups if group != "self"][:1]
    yield from [group for group in groups if group == "self"]
