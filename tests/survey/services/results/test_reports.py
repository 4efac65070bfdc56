"""Read models of results: for HR, and for the employee."""

import pytest
from sqlalchemy import delete, select, update

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import NotFound, StepNotAllowed
from survey.models.appraisals import Appraisal, ScaleComposite, ScaleScore
from survey.models.vault import Comment
from survey.services.accounts.access import WHOLE_CITY
from survey.services.cycles import cycles
from survey.services.documents.listing import Wanted
from survey.services.results import own_report, reports
from tests.factories import plan
from tests.survey.results import Counted, counted, release


@pytest.fixture
def done(databases: Databases, settings: Settings) -> Counted:
    return counted(databases, settings)


def report_of(databases: Databases, done: Counted, place: int) -> own_report.OwnReport:
    with reading(databases.people) as people:
        found = people.scalars(select(Appraisal).where(Appraisal.employee_id == done.team[place].id)).one()
        return own_report.own_report(
            people, reports.own_appraisal(people, found.public_id, done.team[place].id)
        )


def set_scores(databases: Databases, **values: object) -> None:
    with transaction(databases.people) as people:
        people.execute(update(ScaleScore).where(ScaleScore.rater_group == "peer").values(**values))


def groups(report: own_report.OwnReport) -> dict[str, own_report.GroupResult]:
    return {group.rater_group: group for group in report.scales[0].groups}


@pytest.mark.db
def test_quality_comes_by_group_and_in_the_order_of_the_questionnaire(
    databases: Databases, settings: Settings
) -> None:
    done = counted(databases, settings)
    with reading(databases.people) as people, reading(databases.answers) as answers:
        found = cycles.find_cycle(people, done.cycle.public_id)
        quality = reports.quality(people, found)
        ballots = reports.counted_ballots(answers, found)
    assert [group.rater_group for group in quality] == ["supervisor", "peer", "subordinate"]
    assert [row.scale for row in quality[1].rows][:2] == ["berorientasi_pelayanan", "akuntabel"]
    assert not quality[1].has_coherence  # one item for each behaviour
    # witness: seven raters answer about themselves (7), eight members about the head and each other
    # (6 head, 8 from the head, 6 x 7 peers)
    assert ballots == (7 + 6 + 8 + 42, 0)


def test_quality_and_results_wait_for_the_count(databases: Databases) -> None:
    with transaction(databases.people) as people:
        cycle = cycles.create_cycle(people, plan())
        with pytest.raises(StepNotAllowed):
            reports.quality(people, cycle)
        with pytest.raises(StepNotAllowed):
            reports.overview(people, WHOLE_CITY, cycle)
        with pytest.raises(StepNotAllowed):
            reports.result_page(people, WHOLE_CITY, cycle, Wanted())


@pytest.mark.db
def test_the_list_is_by_name_and_finds_name_number_and_unit(databases: Databases, settings: Settings) -> None:
    done = counted(databases, settings)
    with reading(databases.people) as people:
        cycle = cycles.find_cycle(people, done.cycle.public_id)

        def found(text: str) -> list[str]:
            return [row.name for row in reports.result_page(people, WHOLE_CITY, cycle, Wanted(text)).rows]

        everybody = [member.name for member in done.team]
        assert found("") == sorted(everybody)
        assert found("pegawai 003") == ["Pegawai 003"]
        assert found("19800101 200501 1 004") == ["Pegawai 004"]
        assert found("dinkes") == sorted(everybody)
        assert found("%") == found("nobody") == []


def test_the_list_holds_no_figure_that_is_not_usable(databases: Databases, done: Counted) -> None:
    with transaction(databases.people) as people:
        people.execute(update(Appraisal).values(usable=False, reasons=["low_reliability"], composite=3.5))
    with reading(databases.people) as people:
        cycle = cycles.find_cycle(people, done.cycle.public_id)
        rows = reports.result_page(people, WHOLE_CITY, cycle, Wanted()).rows
        assert {(row.figure.value, row.figure.standard_error, row.figure.n) for row in rows} == {
            (None, None, None)
        }
        overview = reports.overview(people, WHOLE_CITY, cycle)
    assert (overview.total, overview.usable, overview.reasons) == (9, 0, {"low_reliability": 9})


def test_a_spread_is_told_only_of_ten_figures_or_more(databases: Databases, settings: Settings) -> None:
    done = counted(databases, settings, members=9, silent=0)
    with transaction(databases.people) as people:
        people.execute(update(Appraisal).values(usable=True, reasons=[], composite=5.0))
    with reading(databases.people) as people:
        cycle = cycles.find_cycle(people, done.cycle.public_id)
        bins = reports.overview(people, WHOLE_CITY, cycle).bins
        assert [(each.low, each.high, each.count) for each in bins][-1] == (4.5, 5.0, 10)
        assert sum(each.count for each in bins) == 10
    with transaction(databases.people) as people:
        people.execute(update(Appraisal).where(Appraisal.employee_id == done.head.id).values(usable=False))
    with reading(databases.people) as people:
        assert reports.overview(people, WHOLE_CITY, cycle).bins == ()


def test_the_list_takes_as_many_statements_for_many_subjects_as_for_few(
    databases: Databases, settings: Settings, count_statements
) -> None:
    few = counted(databases, settings, members=2, silent=0, name="Kecil", code="A")
    many = counted(databases, settings, members=9, silent=0, name="Besar", first=50, code="B")
    counts = []
    for each in (few, many):
        with reading(databases.people) as people:
            cycle = cycles.find_cycle(people, each.cycle.public_id)
            with count_statements(databases.people) as statements:
                reports.result_page(people, WHOLE_CITY, cycle, Wanted())
        counts.append(statements())
    assert counts == [2, 2]


@pytest.mark.db
def test_a_report_shows_every_group_that_was_asked(databases: Databases, settings: Settings) -> None:
    done = counted(databases, settings)
    member, silent, head = (report_of(databases, done, place) for place in (1, -1, 0))
    assert [group.rater_group for group in member.scales[0].groups] == ["self", "supervisor", "peer"]
    assert (groups(member)["peer"].figure.n, groups(silent)["peer"].figure.n) == (5, 6)
    assert groups(silent)["self"].figure.reason
    assert groups(head)["subordinate"].figure.n == 6
    assert [scale.scale.code for scale in member.scales][:2] == ["berorientasi_pelayanan", "akuntabel"]


def test_a_group_below_the_minimum_is_hidden_even_if_a_figure_was_stored(
    databases: Databases, done: Counted
) -> None:
    set_scores(databases, n=4, mean=3.3, standard_error=0.2)
    figure = groups(report_of(databases, done, 1))["peer"].figure
    assert (figure.value, figure.n, figure.standard_error, figure.reason) == (
        None,
        None,
        None,
        "too_few_raters",
    )


@pytest.mark.parametrize(("own", "gap"), [(5.0, "higher"), (2.0, "lower"), (3.6, "chance")])
def test_a_gap_to_the_self_rating_is_told_beyond_two_errors(
    databases: Databases, done: Counted, own: float, gap: str
) -> None:
    with transaction(databases.people) as people:
        people.execute(update(ScaleScore).where(ScaleScore.rater_group == "self").values(mean=own, n=1))
        people.execute(update(ScaleComposite).values(composite=3.5, standard_error=0.2, reason=None))
    assert {scale.gap for scale in report_of(databases, done, 1).scales} == {gap}


def test_a_group_shown_as_a_band_is_among_the_others_of_a_gap(databases: Databases, done: Counted) -> None:
    set_scores(databases, mean=4.9, standard_error=0.1)
    with transaction(databases.people) as people:
        people.execute(update(ScaleScore).where(ScaleScore.rater_group == "self").values(mean=4.0, n=1))
    report = report_of(databases, done, 1)
    assert groups(report)["peer"].figure.band == "high"
    assert {scale.gap for scale in report.scales} == {"lower"}


def test_every_shown_group_weighs_in_a_gap_by_its_answers(databases: Databases, done: Counted) -> None:
    with transaction(databases.people) as people:
        head = people.scalars(select(Appraisal).where(Appraisal.employee_id == done.head.id)).one()
        own = update(ScaleScore).where(ScaleScore.appraisal_id == head.id)
        people.execute(own.where(ScaleScore.rater_group == "self").values(mean=4.5))
        people.execute(
            own.where(ScaleScore.rater_group == "subordinate").values(mean=4.9, standard_error=0.1)
        )
        head.scale_scores += [
            ScaleScore(scale=score.scale, rater_group="peer", n=9, mean=4.2, standard_error=0.1)
            for score in head.scale_scores
            if score.rater_group == "self"
        ]
    # witness, by hand: others (6 x 4.9 + 9 x 4.2) / 15 = 4.48; peers alone would be .3 below, three errors
    assert {scale.gap for scale in report_of(databases, done, 0).scales} == {"chance"}


def test_no_gap_is_told_while_the_error_of_a_shown_group_is_unknown(
    databases: Databases, done: Counted
) -> None:
    set_scores(databases, mean=3.0, standard_error=None)
    assert {scale.gap for scale in report_of(databases, done, 1).scales} == {""}


def test_weights_are_listed_once_for_all_behaviours_that_share_them(
    databases: Databases, done: Counted
) -> None:
    [(weights, scales)] = report_of(databases, done, 1).weights
    # witness: no subordinates, so 60 and 20 of 80; the supervisor is cut to 60 %, the peers get the rest
    assert weights == pytest.approx({"supervisor": 0.6, "peer": 0.4})
    assert len(scales) == 7


def texts_of(databases: Databases, done: Counted, place: int) -> list[own_report.Texts]:
    with reading(databases.people) as people, reading(databases.answers) as answers:
        found = people.scalars(select(Appraisal).where(Appraisal.employee_id == done.team[place].id)).one()
        return own_report.own_texts(people, answers, found, own_report.own_report(people, found))


@pytest.mark.db
def test_texts_come_by_question_and_voice_in_alphabetical_order(
    databases: Databases, settings: Settings
) -> None:
    done = counted(databases, settings)
    [texts] = texts_of(databases, done, 1)
    assert list(texts.voices) == ["anonymous", "supervisor", "self"]
    assert texts.voices["anonymous"] == sorted(texts.voices["anonymous"])
    assert len(texts.voices["anonymous"]) == 5
    assert texts.voices["supervisor"] == ["Kalimat ke-0"]


def test_two_texts_are_not_shown_even_if_they_were_stored(databases: Databases, done: Counted) -> None:
    with transaction(databases.answers) as answers:
        answers.execute(delete(Comment).where(Comment.voice == "anonymous", Comment.rank > 1))
    [texts] = texts_of(databases, done, 1)
    assert "anonymous" not in texts.voices


def test_texts_are_hidden_with_their_group(databases: Databases, done: Counted) -> None:
    set_scores(databases, n=None, mean=None, standard_error=None)
    [texts] = texts_of(databases, done, 1)
    assert "anonymous" not in texts.voices


def test_own_results_name_the_report_only_after_release(databases: Databases, done: Counted) -> None:
    with reading(databases.people) as people:
        [before] = reports.own_results(people, done.member.id)
    assert before.public_id is None
    release(databases, done.cycle)
    with reading(databases.people) as people:
        [after] = reports.own_results(people, done.member.id)
        found = reports.own_appraisal(people, after.public_id or "", done.member.id)
        assert found.employee_id == done.member.id
        with pytest.raises(NotFound):
            reports.own_appraisal(people, after.public_id or "", done.head.id)


@pytest.mark.parametrize(("at_ends", "is_pressed"), [(5, False), (6, True)])
def test_a_group_whose_means_crowd_at_the_end_of_the_scale_is_known(at_ends: int, is_pressed: bool) -> None:
    row = reports.QualityRow("peer", "A", {"at_ends": at_ends, "subjects": 50})
    group = reports.GroupQuality("peer", [row], 0.5, 0.7, 300, 50, False, {}, (1, 5))
    assert group.is_pressed is is_pressed
