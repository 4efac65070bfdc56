"""Run the settings and print (or write) the tables of docs/calibration.md."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.calibration.coverage import Tally, run
from benchmarks.calibration.model import Setting, draw_crossed, draw_nested

PAGE = Path(__file__).resolve().parents[2] / "docs" / "calibration.md"
START, END = "<!-- tables: start -->", "<!-- tables: end -->"
LOWEST, HIGHEST = 0.93, 0.97
SEED = 20261124

NESTED = (
    Setting("3-8 raters, 3 items"),
    Setting("3-8 raters, 1 item", items=1),
    Setting("3-8 raters, 30 subjects", subjects=30),
    Setting("3-8 raters, 300 subjects", subjects=300),
    Setting("skewed: mean mark near 4.3", centre=4.4),
    Setting("hardly any differences", between=0.15),
    Setting("large differences", between=0.8),
    Setting("1-15 raters", raters=(1, 15)),
    Setting("at the ceiling: mean mark near 4.6", centre=4.8),
)
CROSSED = (
    Setting("everybody rates 8"),
    Setting("everybody rates 8, lenient or strict", leniency=0.6),
    Setting("everybody rates 8, culture of units", culture=0.3),
    Setting("everybody rates 8, culture, ceiling at 4.6", centre=4.8, culture=0.3),
)


def main() -> int:
    """Simulate, print, or write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/calibration.md")
    given = parser.parse_args()
    with ProcessPoolExecutor() as pool:
        nested = [pool.submit(run, each, draw_nested, given.replications, SEED) for each in NESTED]
        crossed = [pool.submit(run, each, draw_crossed, given.replications, SEED) for each in CROSSED]
        rows = [
            (setting, task.result()) for setting, task in zip(NESTED + CROSSED, nested + crossed, strict=True)
        ]
    text = table(rows, given.replications)
    print(text)
    if given.write:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(START)
        PAGE.write_text(f"{before}{START}\n\n{text}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")
    return 0


def table(rows: list[tuple[Setting, Tally]], replications: int) -> str:
    """One line for each setting; what lies outside 93 to 97 % is marked."""
    head = (
        "setting", "true ICC(1)", "its mean from rows", "covered", "its mean from the vault", "covered",
        "means covered", "… lowest, middle, highest third", "composites covered",
        "squared error, shrunken to raw means",
    )  # fmt: skip
    lines = [
        f"{replications:,} replications of each setting. Outside 93 to 97 %: **bold**.",
        "",
        f"| {' | '.join(head)} |",
        "| --- " * len(head) + "|",
    ]
    for setting, tally in rows:
        thirds = ", ".join(_share(value) for value in tally.thirds)
        lines.append(
            f"| {setting.name} | {tally.icc_true:.3f} "
            f"| {tally.icc_of_rows.mean:.3f} | {_share(tally.icc_of_rows.coverage)} "
            f"| {tally.icc.mean:.3f} | {_share(tally.icc.coverage)} "
            f"| {_share(tally.mean_coverage)} | {thirds} | {_share(tally.composite_coverage)} "
            f"| {tally.error_ratio:.2f} |"
        )
    return "\n".join(lines)


def _share(value: float) -> str:
    text = f"{100 * value:.1f} %"
    return text if LOWEST <= value <= HIGHEST else f"**{text}**"


if __name__ == "__main__":
    sys.exit(main())
