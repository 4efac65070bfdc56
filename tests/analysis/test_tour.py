"""The tour through the package runs, and its pictures are those that it draws."""

from tests.analysis import tour


def test_every_line_of_the_tour_runs_and_its_pictures_are_of_today() -> None:
    outcome, figures = tour.run()
    assert outcome.failed == 0
    assert outcome.attempted > 40
    assert len(figures) >= 5
    page = tour.PAGE.read_text(encoding="utf-8")
    for name, svg in figures.items():
        path = tour.path_of(name)
        assert f"images/{path.name}" in page, name
        assert path.read_text(encoding="utf-8") == tour.picture(svg), "run `python -m tests.analysis.tour`"
