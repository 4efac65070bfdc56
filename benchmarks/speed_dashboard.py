"""How long the public pages take when a period holds 100,000 answers: `python -m benchmarks.speed_dashboard`.

Goal: under 300 ms for each page. Answers lie in SQLite, as the service keeps them; pages go through the whole
application, from the route to the bytes. Processor time, the middle of fifteen.
"""

import secrets
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

from survey.app import create_app
from survey.config import load_settings
from survey.db import Databases, connect_all, transaction
from survey.migrate import upgrade_all
from survey.models.citizens import CitizenCount, CitizenResponse
from survey.models.people import Unit
from survey.rules import satisfaction_policy
from survey.services.citizens import citizen_answers, citizen_sums, periods, service_points

UNITS, POINTS, ANSWERS, QUARTERS, ROUNDS = 30, 4, 100_000, 6, 15
NEWEST = "2026-Q3"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({"CERMIN_DATA_DIRECTORY": str(Path(folder)), "CERMIN_ENVIRONMENT": "test"})
        databases = connect_all(settings)
        upgrade_all(databases)
        units = fill(databases)
        app = create_app(settings, databases)
        for name, path in (
            ("one office, 100,000 answers in the quarter", f"/units/{units[0]}"),
            ("the same over the year", f"/units/{units[0]}?period=2026"),
            (f"the city, {UNITS} offices", "/results"),
            ("open data of the city", "/results.csv"),
        ):
            print(f"{name:<48} {median(app, path):6.0f} ms")
        databases.dispose()


def median(app: Flask, path: str) -> float:
    client, times = app.test_client(), []
    for _round in range(ROUNDS):
        start = time.process_time()
        answer = client.get(path)
        times.append(1000 * (time.process_time() - start))
        if answer.status_code != 200:
            raise RuntimeError(path)
    return statistics.median(times)


def fill(databases: Databases) -> list[str]:
    """The first office with all answers of its quarters, each of the others with two hundred a quarter."""
    random, made = np.random.default_rng(1), []
    with transaction(databases.people) as people:
        points: dict[str, list[str]] = {}
        for number in range(UNITS):
            unit = Unit(code=f"U{number}", name=f"Kantor {number}")
            people.add(unit)
            people.flush()
            made.append(unit.public_id)
            points[unit.public_id] = [
                service_points.add_point(people, unit.public_id, f"{number}-{place}", f"Loket {place}")
                for place in range(POINTS)
            ]
    for number, unit_points in enumerate(points.values()):
        for quarter in (*periods.before(NEWEST, QUARTERS - 1), NEWEST):
            for point in unit_points:
                count = ANSWERS // POINTS if number == 0 and quarter == NEWEST else 200
                with transaction(databases.answers) as answers:
                    keep(answers, point, quarter, draw(count, random))
    return made


def draw(count: int, random: np.random.Generator) -> list[dict[str, int]]:
    elements = satisfaction_policy().elements
    mood = random.normal(3.2, 0.4, size=(count, 1))
    steps = np.clip(np.rint(mood + random.normal(0, 0.6, size=(count, len(elements)))), 1, 4).astype(int)
    return [dict(zip(elements, row, strict=True)) for row in steps.tolist()]


def keep(answers: Session, point: str, quarter: str, sheets: list[dict[str, int]]) -> None:
    profile = {field.code: field.bands[0].code for field in citizen_answers.questionnaire().profile}
    rows = [
        {
            "service_point": point, "period": quarter, "key": secrets.token_bytes(16), "stratum": "open",
            "instrument_hash": "x", "answers": sheet, "profile": profile,
        }
        for sheet in sheets
    ]  # fmt: skip
    answers.execute(insert(CitizenResponse), rows)
    chosen = Counter(pair for sheet in sheets for pair in sheet.items())
    answers.add_all(
        CitizenCount(
            service_point=point, period=quarter, stratum="open", item=item, option=option, n=n, shown=n
        )
        for (item, option), n in chosen.items()
    )
    place = (point, quarter, "open")
    citizen_sums.add(answers, place, satisfaction_policy(), [(sheet, profile) for sheet in sheets])


if __name__ == "__main__":
    main()
