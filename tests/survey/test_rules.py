"""The ministry's rules are read whole, and a bad file is refused by its line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from survey import rules
from survey.rule_files import (
    RULES,
    ItemExclusionRules,
    MatrixRules,
    OfficerRules,
    Pp30Rules,
    RuleError,
    SatisfactionRules,
    SpreadRules,
    StuffingRules,
    read_rules,
)

FILES: dict[str, tuple[type, Callable[[Any], object]]] = {
    "item_exclusion": (ItemExclusionRules, lambda file: file),
    "pp30_2019": (Pp30Rules, rules.make_pp30),
    "permenpanrb_6_2022": (MatrixRules, rules.make_matrix),
    "se_3_2023": (SpreadRules, rules.make_distribution),
    "skm_2017": (SatisfactionRules, rules.make_satisfaction),
    "stuffing": (StuffingRules, rules.make_stuffing),
    "officer_service": (OfficerRules, rules.make_officer),
}


def test_every_file_of_rules_is_read() -> None:
    assert {file.stem for file in RULES.glob("*.yaml")} == set(FILES)
    for name, (kind, make) in FILES.items():
        assert read_rules(kind, make, RULES / f"{name}.yaml")


_ITEMS, PP30, MATRIX, SPREAD, SKM, _STUFFING, OFFICER = FILES


@pytest.mark.parametrize(
    ("name", "old", "new", "at", "message"),
    [
        (PP30, "cap:", "cup:", "cup:", "unknown field cup"),
        (PP30, '  value: "120"', '  valve: "120"', "  valve:", "unknown field valve"),
        (PP30, '  results: "0.60"', "  results: 0.60", "  results: 0.60", "0.60 is read as float"),
        (PP30, 'cut: "50"', 'cut: "75"', "predicates:", "predicates: cuts must rise from 0"),
        (PP30, 'behaviour: "0.40"', 'behaviour: "0.50"', "with_opinion:", "weights must not be"),
        (PP30, "confidence: MEM}", "confidence: SURE}", "  - {code: sangat_kurang", "SURE is not"),
        (MATRIX, "below, predicate: kurang", "low, predicate: kurang", "  - {results: above", "low is not"),
        (MATRIX, "predicate: sangat_baik", "predicate: best", "cells:", "cells: all nine"),
        (SPREAD, "none_of: [sangat_baik]", "none_of: [best]", "rules:", "unknown predicates best"),
        (SKM, 'default: "1/9"', 'default: "1/8"', "weights:", "must be one of the modes"),
        (OFFICER, 'value: "30"', 'value: "5"', "visits:", "visits: at least 10"),
        (OFFICER, 'value: "0.50"', 'value: "1"', "reliability:", "reliability: must lie"),
        (OFFICER, 'value: "3"', 'value: "2"', "officers:", "officers: at least 3"),
        (SKM, 'cut: "76.61"', 'cut: "56.61"', "bands:", "bands: cuts must rise"),
    ],
)
def test_a_bad_rule_is_refused_by_file_and_line(
    tmp_path: Path, name: str, old: str, new: str, at: str, message: str
) -> None:
    text = (RULES / f"{name}.yaml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / f"{name}.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    kind, make = FILES[name]
    with pytest.raises(RuleError) as refused:
        read_rules(kind, make, file)
    assert message in refused.value.message
    assert file.read_text().splitlines()[refused.value.line - 1].startswith(at)
    assert str(refused.value).startswith(f"{file}:{refused.value.line}: ")


def test_a_file_that_is_no_yaml_is_refused_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "pp30_2019.yaml"
    file.write_text("code: pp30_2019\ntitle: [\n", encoding="utf-8")
    with pytest.raises(RuleError, match=r"pp30_2019.yaml:\d: not readable as YAML"):
        read_rules(Pp30Rules, rules.make_pp30, file)
