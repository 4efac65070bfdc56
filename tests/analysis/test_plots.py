"""Figures: well-formed, described in words, and safe to stand together on one page."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from analysis.plots import (
    ElementBar,
    ForestRow,
    Period,
    Profile,
    Words,
    dstudy_curve,
    element_bars,
    item_map,
    mean_histogram,
    reliability_forest,
    response_distributions,
    scree,
    self_other,
    subject_means,
    trend,
)

WORDS = Words(
    "Nilai <rata-rata>",
    "Empat pegawai & rentangnya",
    "Nilai",
    {"centre": "semua", "typical": "rentang", "mean": "rerata"},
    ",",
)


def dots(key: str = "p1") -> str:
    return subject_means(
        ["101", "102", "103"],
        [3.2, 4.1, np.nan],
        [0.3, 0.9, np.nan],
        scale=(1, 5),
        words=WORDS,
        centre=3.5,
        solid=[True, False, False],
        key=key,
    )


def figures() -> list[str]:
    rows = [
        ForestRow("alpha", 0.9, (0.85, 0.93)),
        ForestRow("ICC(1)", -0.1, (-0.3, 0.2)),
        ForestRow("omega", 0.8, None),
    ]
    counts = np.array([[1, 2, 3, 4, 5], [0, 0, 0, 0, 0]])
    return [
        dots(),
        mean_histogram(np.linspace(2, 4, 300), typical_half_width=0.3, scale=(1, 5), words=WORDS, key="p2"),
        item_map(["ramah", "tepat"], [3.67, np.nan], counts, scale=(1, 5), words=WORDS, key="p3"),
        item_map(["ramah"], [3.0], np.ones((1, 10)), scale=(1, 10), words=WORDS, key="p4"),
        reliability_forest(rows, words=WORDS, key="p5"),
        dstudy_curve(
            [1, 2, 5], {"Phi": [0.2, 0.3, 0.6], "E rho²": [0.25, 0.4, 0.65]}, words=WORDS, key="p6",
            target=0.7, observed=3,
        ),
        self_other(
            [
                Profile("ramah", 4.5, 3.9, (3.6, 4.2)),
                Profile("tepat", None, 3.0, None),
                Profile("alone", 2.0, None, None),
            ],
            scale=(1, 5), words=WORDS, key="p7",
        ),
        scree([3.1, 0.8, 0.4], [1.2, 1.0, 0.9], words=WORDS, key="p8"),
        response_distributions(["ramah", "tepat"], counts, scale=(1, 5), words=WORDS, key="p9"),
        trend(
            [Period("2025", 78.7, (76.1, 81.4)), Period("2026", None, None), Period("2027", 80.2, None)],
            scale=(25, 100), words=WORDS, key="p10",
        ),
    ]  # fmt: skip


def test_every_figure_is_well_formed_and_described() -> None:
    for svg in figures():
        root = ElementTree.fromstring(svg)  # noqa: S314  our own text
        assert root.get("role") == "img"
        title, description = root[0], root[1]
        assert title.text == "Nilai <rata-rata>"
        assert description.text == "Empat pegawai & rentangnya"
        assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_ids_differ_between_figures_on_one_page() -> None:
    ids = re.findall(r'\bid="([^"]+)"', dots("p1") + dots("p2"))
    assert len(ids) == len(set(ids))
    for target in re.findall(r'(?:href="|url\()#([^")]+)', dots("p1")):
        assert f'id="{target}"' in dots("p1")


def test_a_figure_is_the_same_every_time_and_carries_no_date() -> None:
    assert dots() == dots()
    assert "<dc:date>" not in dots()


def test_numbers_carry_the_languages_decimal_sign() -> None:
    assert "0,90" in figures()[4]


def test_a_period_without_a_figure_is_a_gap_and_no_number() -> None:
    drawn = figures()[9]
    assert "78,70" in drawn
    assert "80,20" in drawn
    assert "nan" not in drawn.lower()


def test_the_counts_of_a_distribution_must_fit_its_scale() -> None:
    with pytest.raises(ValueError, match="counts"):
        response_distributions(["ramah"], [[1, 2]], scale=(1, 5), words=WORDS, key="p")


def test_labels_are_text_that_can_be_read_and_searched() -> None:
    assert ">101<" in dots().replace("\n", "").replace(" ", "")


def test_wrong_lengths_are_named() -> None:
    with pytest.raises(ValueError, match="mean"):
        subject_means(["a"], [1, 2], [1], scale=(1, 5), words=WORDS, centre=3, solid=[True], key="p")


def test_bars_of_elements_tell_values_ends_and_what_is_not_told() -> None:
    rows = [
        ElementBar("Waktu", 2.5, (2.25, 2.75), is_lowest=True),
        ElementBar("Biaya", 4.0, None, is_lowest=False),
        ElementBar("Sarana", None, None, is_lowest=False),
    ]
    words = Words("Unsur", "Waktu 2,5", "NRR", {"untold": "tidak ditampilkan"}, ",")
    drawn = element_bars(rows, scale=(1, 4), words=words, key="u")
    for told in ("Waktu", ">2,50<", ">4,00<", "tidak ditampilkan", '<title id="u-title">Unsur</title>'):
        assert told in drawn
    assert drawn.count("<pattern") == 1, "the lowest alone is hatched"
    assert drawn == element_bars(rows, scale=(1, 4), words=words, key="u")
