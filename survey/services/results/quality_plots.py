"""Drawings of the quality report: one rater group's reliabilities, its curve over raters, its items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.plots import ForestRow, Words, dstudy_curve, item_map, reliability_forest
from instruments.schema import Scale
from survey.services.results.decision_study import DecisionStudy
from survey.services.results.reports import GroupQuality
from survey.tables import N_

ALL_BEHAVIOURS = N_("all behaviours")
KINDS = ("forest", "curve", "items")


@dataclass(frozen=True)
class Speech:
    """In which language a drawing speaks."""

    language: str
    decimal: str
    texts: Mapping[str, str]  # the words of `TEXTS` and `ALL_BEHAVIOURS`

    def words(self, kind: str, **notes: str) -> Words:
        """Title, description and labels of one kind of drawing."""
        title, description, axis = (self.texts[text] for text in TEXTS[kind])
        return Words(title, description, axis, notes, self.decimal)


# Of each drawing: title, description for those who do not see it, label of its axis.
TEXTS = {
    "forest": (
        N_("Reliability of the mean of each behaviour"),
        N_("ICC(k) of each behaviour as a mark between 0 and 1 with its 95 percent interval as a line."),
        N_("ICC(k)"),
    ),
    "curve": (
        N_("Reliability by number of raters"),
        N_("Lines that rise with the number of raters, towards 1; a level marks the limit of the cycle."),
        N_("Raters"),
    ),
    "items": (
        N_("Answers to each item"),
        N_("One bar per item with the share of each answer from low to high; the mean stands beside it."),
        N_("Share of answers"),
    ),
}
NOTES = {
    "target": N_("limit"),
    "observed": N_("now"),
    "reliability": N_("Reliability (0 to 1)"),
    "mean": N_("mean"),
}


def all_texts() -> list[str]:
    """Every text that a drawing needs in its language."""
    return [ALL_BEHAVIOURS, *NOTES.values(), *(text for texts in TEXTS.values() for text in texts)]


def draw(
    kind: str, group: GroupQuality, scales: Mapping[str, Scale], limit: float, speech: Speech
) -> str | None:
    """One drawing as SVG; none where there is nothing to draw."""
    notes = {name: speech.texts[text] for name, text in NOTES.items()}
    words = speech.words(kind, **notes)
    if kind == "forest":
        return _forest(group, scales, words, speech)
    if kind == "curve":
        return _curve(group.study(limit), scales, limit, words, speech)
    return _items(group, words)


def _forest(group: GroupQuality, scales: Mapping[str, Scale], words: Words, speech: Speech) -> str | None:
    rows = [
        ForestRow(_title(row.scale, scales, speech), row.figures["icck"], row.interval("icck"))
        for row in group.rows
        if row.figures["icck"] is not None
    ]
    return reliability_forest(rows, words=words, key=f"{group.rater_group}f") if rows else None


def _curve(
    study: DecisionStudy | None, scales: Mapping[str, Scale], limit: float, words: Words, speech: Speech
) -> str | None:
    if study is None:
        return None
    curves = {_title(line.scale, scales, speech): line.values for line in study.lines}
    return dstudy_curve(study.numbers, curves, words=words, key="c", target=limit, observed=study.raters)


def _items(group: GroupQuality, words: Words) -> str | None:
    told = [item for row in group.rows for item in row.items if item.get("shares")]
    if not told:
        return None
    names = [item["item"] for item in told]
    return item_map(
        names,
        [item["mean"] for item in told],
        [item["shares"] for item in told],
        scale=group.steps,
        words=words,
        key=f"{group.rater_group}i",
    )


def _title(scale: str, scales: Mapping[str, Scale], speech: Speech) -> str:
    return scales[scale].title.in_language(speech.language) if scale else speech.texts[ALL_BEHAVIOURS]


def drawable(group: GroupQuality, limit: float) -> Sequence[str]:
    """Which kinds of drawing exist for a rater group."""
    has = {
        "forest": group.highest is not None,
        "curve": group.study(limit) is not None,
        "items": any(item.get("shares") for row in group.rows for item in row.items),
    }
    return [kind for kind in KINDS if has[kind]]
