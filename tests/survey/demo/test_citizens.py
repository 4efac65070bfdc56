"""What citizens say in the demo city: planted quality comes back, and small numbers stay hidden."""

from datetime import date

import numpy as np
import pytest

from survey.db import reading
from survey.demo import visits
from survey.demo.visits import Visits, quarters_back
from survey.services.citizens.satisfaction import Satisfaction
from tests.citizens import satisfaction_of
from tests.survey.demo.conftest import TODAY, Built

STANDARD_DEVIATIONS = 4
STEP_VARIANCE = 1 / 12  # what rounding to the nearest step adds


def satisfaction(built: Built, point: str) -> Satisfaction:
    with reading(built.databases.answers) as answers:
        return satisfaction_of(answers, [built.city.addresses[point]])


def said_at(built: Built, point: str) -> list[Visits]:
    return [each for each in built.city.visits if each.point.code == point]


def test_quarters_go_back_over_the_turn_of_the_year() -> None:
    assert quarters_back(date(2026, 5, 31)) == [
        date(2026, 4, 1),
        date(2026, 1, 1),
        date(2025, 10, 1),
        date(2025, 7, 1),
        date(2025, 4, 1),
    ]


def test_the_whole_city_has_between_8000_and_15000_answers_at_25_to_35_points() -> None:
    table = visits.read_points()
    whole_quarters = sum(point.answers * min(point.quarters, visits.QUARTERS - 1) for point in table.points)
    running = sum(point.answers for point in table.points)
    assert 25 <= len(table.points) <= 35
    assert whole_quarters >= 8_000 and whole_quarters + running <= 15_000


def test_the_index_of_each_point_and_quarter_is_the_planted_one(built: Built) -> None:
    for each in built.city.visits:
        if len(each.sheets) < 5:
            continue
        figures = satisfaction(built, each.point.code).find(each.period)
        assert figures is not None
        assert figures.n == len(each.sheets)
        if figures.index is None:  # one element had fewer than five answers
            continue
        planted = 25 * np.mean(list(each.expected().values()))
        variance = visits.MOOD_SD**2 + (visits.NOISE_SD**2 + STEP_VARIANCE) / 9
        allowed = STANDARD_DEVIATIONS * 25 * np.sqrt(variance / figures.n)
        assert float(figures.index.ikm) == pytest.approx(planted, abs=allowed)


def test_the_waiting_time_at_one_puskesmas_became_shorter(built: Built) -> None:
    said = said_at(built, "RASIMAHAHMAD-LOKET")
    found = satisfaction(built, "RASIMAHAHMAD-LOKET")
    means = {}
    for each in said:
        figures = found.find(each.period)
        assert figures is not None
        element = next(element for element in figures.elements if element.code == "waktu")
        means[each.period] = (element.n, float(element.nrr), each.expected()["waktu"])
    variance = visits.MOOD_SD**2 + visits.NOISE_SD**2 + STEP_VARIANCE
    for n, nrr, planted in means.values():
        assert nrr == pytest.approx(planted, abs=STANDARD_DEVIATIONS * np.sqrt(variance / n))
    in_order = [nrr for _n, nrr, _planted in means.values()]
    assert min(in_order[-visits.QUARTERS_AFTER :]) > max(in_order[: -visits.QUARTERS_AFTER]) + 0.5


def test_a_point_with_fewer_answers_than_the_minimum_shows_nothing(built: Built) -> None:
    assert [len(each.sheets) for each in said_at(built, "PARITANTANG-LOKET")] == [3]
    assert satisfaction(built, "PARITANTANG-LOKET").quarters == ()


def test_the_running_quarter_has_answers_up_to_today_only(built: Built) -> None:
    said = said_at(built, "DUKCAPIL-KTP")
    assert said[-1].period == "2026-Q4"
    share = ((TODAY - date(2026, 10, 1)).days + 1) / visits.DAYS_OF_QUARTER
    # the number of visits varies by a tenth
    assert len(said[-1].sheets) == pytest.approx(150 * share, rel=0.4)
