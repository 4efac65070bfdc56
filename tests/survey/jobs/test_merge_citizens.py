"""From the spool into the answers database: at least five at a time, once each, whatever breaks."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import BoxClosed
from survey.jobs import merge_citizens
from survey.models.ballots import SpoolBox, SpooledBallot
from survey.models.citizens import CitizenCount, CitizenResponse, MergedToken, Suggestion
from survey.rules import satisfaction_policy
from survey.services.citizens import citizen_merge, citizen_sums, withdrawing
from survey.services.papers import ballot_box
from tests.citizens import ITEMS, PERIOD, cast, filled, make_point, post, satisfaction_of, sekadau, withdraw

pytestmark = pytest.mark.db


class Crash(Exception):
    """The power fails."""


def stored(databases: Databases) -> tuple[int, int]:
    """Responses, and answers counted for one element."""
    with reading(databases.answers) as answers:
        responses = answers.scalar(select(func.count()).select_from(CitizenResponse)) or 0
        counted = answers.scalar(select(func.sum(CitizenCount.n)).where(CitizenCount.item == "waktu")) or 0
    return responses, int(counted)


def spooled(databases: Databases) -> int:
    with reading(databases.spool) as spool:
        return spool.scalar(select(func.count()).select_from(SpooledBallot)) or 0


def test_fewer_than_five_wait_sealed_in_each_place_and_period(
    databases: Databases, settings: Settings
) -> None:
    for _ in range(4):
        cast(databases, settings, "a", filled())
        cast(databases, settings, "b", filled())
        cast(databases, settings, "a", filled(), period="2027-Q1")
    report = merge_citizens.run(settings, databases)
    assert (report.boxes, report.counted, report.held) == (3, 0, 12)
    assert (stored(databases), spooled(databases)) == ((0, 0), 12)


def test_five_are_merged_and_leave_the_spool(databases: Databases, settings: Settings) -> None:
    for place in ("a", "a", "a", "a", "a", "b"):
        cast(databases, settings, place, filled())
    report = merge_citizens.run(settings, databases)
    assert (report.counted, report.held, report.rejected) == (5, 1, 0)
    assert (stored(databases), spooled(databases)) == ((5, 5), 1)
    again = merge_citizens.run(settings, databases)
    assert (again.counted, stored(databases)) == (0, (5, 5))


def test_a_crash_between_answers_and_spool_counts_nobody_twice(
    databases: Databases, settings: Settings
) -> None:
    for _ in range(6):
        cast(databases, settings, "a", filled())
    with patch.object(ballot_box, "remove_spooled", side_effect=Crash), pytest.raises(Crash):
        merge_citizens.run(settings, databases)
    assert (stored(databases), spooled(databases)) == ((6, 6), 6)
    cast(databases, settings, "a", filled(1))
    report = merge_citizens.run(settings, databases)
    assert (report.counted, report.held) == (0, 1), "the late one does not ride on the six known ones"
    assert (stored(databases), spooled(databases)) == ((6, 6), 1)


def test_a_crash_inside_the_answers_transaction_keeps_nothing_half_done(
    databases: Databases, settings: Settings
) -> None:
    for _ in range(5):
        cast(databases, settings, "a", filled())
    with (
        patch("survey.services.citizens.citizen_merge._recount", side_effect=Crash),
        pytest.raises(Crash),
    ):
        merge_citizens.run(settings, databases)
    assert (stored(databases), spooled(databases)) == ((0, 0), 5)
    merge_citizens.run(settings, databases)
    assert (stored(databases), spooled(databases)) == ((5, 5), 0)


def test_a_ballot_sent_again_after_its_merge_is_counted_once(
    databases: Databases, settings: Settings
) -> None:
    nonces = [ballot_box.new_nonce() for _ in range(5)]
    receipts = [cast(databases, settings, "a", filled(), nonce=nonce) for nonce in nonces]
    merge_citizens.run(settings, databases)
    assert [cast(databases, settings, "a", filled(1), nonce=nonce) for nonce in nonces] == receipts
    merge_citizens.run(settings, databases)
    assert (stored(databases), spooled(databases)) == ((5, 5), 0)


def test_a_merge_leaves_earlier_rows_alone_and_adds_its_own_in_token_order(
    databases: Databases, settings: Settings
) -> None:
    for value in (4, 1):
        for _ in range(6):
            cast(databases, settings, "a", filled(value))
        merge_citizens.run(settings, databases)
    with reading(databases.answers) as answers:
        rows = list(answers.scalars(select(CitizenResponse)))
        counts = {
            row.option: row.n
            for row in answers.scalars(select(CitizenCount).where(CitizenCount.item == "waktu"))
        }
    assert counts == {4: 6, 1: 6}
    if databases.answers.dialect.name == "sqlite":
        assert [row.key for row in rows] == sorted(row.key for row in rows)
    else:  # the heap shows the order of writing: two batches, each in the order of its tokens
        for batch in (rows[:6], rows[6:]):
            assert [row.key for row in batch] == sorted(row.key for row in batch)


def test_nothing_merged_is_left_in_the_files_of_the_spool(databases: Databases, settings: Settings) -> None:
    nonces = [ballot_box.new_nonce() for _ in range(5)]
    for nonce in nonces:
        cast(databases, settings, "a", filled(), nonce=nonce)
    with reading(databases.spool) as spool:
        tokens = list(spool.scalars(select(SpooledBallot.token)))
    merge_citizens.run(settings, databases)
    files = [path.read_bytes() for path in Path(settings.data_directory / "spool").iterdir()]
    assert files
    assert not [token for token in tokens if any(token in content for content in files)]


def test_the_published_rows_sent_by_phone_give_their_published_index(
    client: FlaskClient, databases: Databases, settings: Settings
) -> None:
    # Witness: regulations.md 1.8, Kab. Sekadau S1 2019, 49 raw rows: 78.74, band B.
    with transaction(databases.people) as people:
        _unit, point = make_point(people)
    for fields in sekadau():
        assert "Terima kasih" in post(client, point, ballot_box.new_nonce(), fields)
    assert merge_citizens.run(settings, databases).counted == 49
    with reading(databases.answers) as answers:
        newest = satisfaction_of(answers, [point]).newest
    assert newest and newest.index and newest.index.band
    assert (newest.n, newest.index.ikm, newest.index.band.code) == (49, Decimal("78.74"), "B")


def test_what_is_kept_of_an_answer_leads_to_no_ballot_of_the_spool(
    databases: Databases, settings: Settings
) -> None:
    for value in (1, 2, 3, 4, 4):
        cast(databases, settings, "point", filled(value))
    with reading(databases.spool) as spool:
        tokens = set(spool.scalars(select(SpooledBallot.token)))
    merge_citizens.run(settings, databases)
    with reading(databases.answers) as answers:
        keys = set(answers.scalars(select(CitizenResponse.key)))
    assert len(tokens) == len(keys) == 5
    assert not tokens & keys


def test_an_element_that_one_of_five_judged_does_not_move_the_public_figure(
    databases: Databases, settings: Settings
) -> None:
    for value in (3, 3, 3, 3, 3):
        cast(databases, settings, "point", filled(value))
    merge_citizens.run(settings, databases)
    skipped = filled(4, pengaduan="cannot_judge")
    for fields in (skipped, skipped, skipped, skipped, filled(4, pengaduan=1)):
        cast(databases, settings, "point", fields)
    merge_citizens.run(settings, databases)
    assert shown(databases, "pengaduan") == {3: 5}
    assert shown(databases, "waktu") == {3: 5, 4: 5}
    for _more in range(4):
        cast(databases, settings, "point", filled(2))
    cast(databases, settings, "point", filled(2))
    merge_citizens.run(settings, databases)
    assert shown(databases, "pengaduan") == {1: 1, 2: 5, 3: 5}


def shown(databases: Databases, item: str) -> dict[int, int]:
    with reading(databases.answers) as answers:
        rows = answers.scalars(select(CitizenCount).where(CitizenCount.item == item))
        return {row.option: row.shown for row in rows if row.shown}


def test_when_a_quarter_is_over_its_key_names_and_leftovers_are_destroyed(
    databases: Databases, settings: Settings
) -> None:
    for value in (1, 2, 3, 4, 4):
        cast(databases, settings, "point", filled(value), period="2026-Q3")
    merge_citizens.run(settings, databases)
    for _few in range(3):
        cast(databases, settings, "point", filled(4), period="2026-Q3")
    cast(databases, settings, "point", filled(4), period="2026-Q4")
    merge_citizens.run(settings, databases)
    with reading(databases.spool) as spool:
        assert [box.name for box in spool.scalars(select(SpoolBox))] == ["citizen:point:2026-Q4"]
        assert spool.scalar(select(func.count()).select_from(SpooledBallot)) == 1
    assert len(list(settings.key_directory.iterdir())) == 1
    with reading(databases.answers) as answers:
        assert answers.scalars(select(MergedToken)).all() == []
        assert answers.scalar(select(func.count()).select_from(CitizenResponse)) == 5


def test_a_box_without_its_key_keeps_no_other_from_being_counted_and_takes_no_ballot(
    databases: Databases, settings: Settings
) -> None:
    for place in ("lost", "point"):
        for value in (1, 2, 3, 4, 4):
            cast(databases, settings, place, filled(value))
    ballot_box.key_path(settings.key_directory, f"citizen:lost:{PERIOD}").unlink()
    merge_citizens.run(settings, databases)
    with reading(databases.answers) as answers:
        assert set(answers.scalars(select(CitizenResponse.service_point))) == {"point"}
    with pytest.raises(BoxClosed):
        cast(databases, settings, "lost", filled(3))


def test_names_of_merged_ballots_go_even_if_a_crash_came_between(
    databases: Databases, settings: Settings
) -> None:
    for value in (1, 2, 3, 4, 4):
        cast(databases, settings, "point", filled(value), period="2026-Q3")
    with patch.object(citizen_merge, "forget", side_effect=Crash), pytest.raises(Crash):
        merge_citizens.run(settings, databases)
    merge_citizens.run(settings, databases)
    with reading(databases.answers) as answers:
        assert answers.scalars(select(MergedToken)).all() == []


# Withdrawing


def rows(databases: Databases) -> list[dict[str, int]]:
    with reading(databases.answers) as answers:
        return sorted((row.answers for row in answers.scalars(select(CitizenResponse))), key=str)


def test_a_withdrawn_answer_and_its_words_are_erased_with_the_next_five_changes(
    databases: Databases, settings: Settings
) -> None:
    codes = [cast(databases, settings, "a", filled(3) | {"saran": "Tambah kursi"})] + [
        cast(databases, settings, "a", filled(4)) for _ in range(5)
    ]
    merge_citizens.run(settings, databases)
    withdraw(databases, settings, "a", codes[0].lower())
    for _more in range(3):
        cast(databases, settings, "a", filled(4))
    report = merge_citizens.run(settings, databases)
    assert (report.counted, report.withdrawn, report.held) == (0, 0, 4)
    cast(databases, settings, "a", filled(4))
    report = merge_citizens.run(settings, databases)
    assert (report.counted, report.withdrawn, report.held) == (4, 1, 0)
    assert rows(databases) == [dict.fromkeys(ITEMS, 4)] * 9
    with reading(databases.answers) as answers:
        (kept,) = citizen_sums.sums_of(answers, ["a"], satisfaction_policy(), ("open",))
    assert (kept.sums.respondents, kept.sums.sums.max()) == (9, 36)
    assert shown(databases, "waktu") == {4: 9}
    with reading(databases.answers) as answers:
        assert answers.scalars(select(Suggestion)).all() == []


def test_an_answer_withdrawn_before_it_was_counted_is_never_counted_nor_sent_again(
    databases: Databases, settings: Settings
) -> None:
    nonce = ballot_box.new_nonce()
    code = cast(databases, settings, "a", filled(1), nonce=nonce)
    withdraw(databases, settings, "a", code)
    for _ in range(4):
        cast(databases, settings, "a", filled(4))
    report = merge_citizens.run(settings, databases)
    assert (report.counted, report.held, spooled(databases)) == (0, 4, 4)
    cast(databases, settings, "a", filled(1), nonce=nonce)  # the browser sends the form again
    cast(databases, settings, "a", filled(4))
    merge_citizens.run(settings, databases)
    assert rows(databases) == [dict.fromkeys(ITEMS, 4)] * 5


def test_codes_that_fit_no_answer_fill_no_batch(databases: Databases, settings: Settings) -> None:
    cast(databases, settings, "a", filled(1))
    for _ in range(6):
        withdraw(databases, settings, "a", withdrawing.code_for(ballot_box.new_nonce()))
    report = merge_citizens.run(settings, databases)
    assert (report.counted, report.rejected, report.held) == (0, 0, 7)
    with patch.object(Settings, "today", lambda _settings: date(2027, 1, 15)):
        report = merge_citizens.run(settings, databases)
    assert (report.counted, report.rejected, spooled(databases)) == (0, 6, 0)


def test_a_wish_that_comes_before_its_answer_waits_for_it(databases: Databases, settings: Settings) -> None:
    """A kiosk without a line sends later what was withdrawn from a phone at once."""
    nonce = ballot_box.new_nonce()
    withdraw(databases, settings, "a", withdrawing.code_for(nonce))
    for _ in range(5):
        cast(databases, settings, "a", filled(4))
    merge_citizens.run(settings, databases)
    cast(databases, settings, "a", filled(1), nonce=nonce)
    for _ in range(5):
        cast(databases, settings, "a", filled(4))
    merge_citizens.run(settings, databases)
    assert rows(databases) == [dict.fromkeys(ITEMS, 4)] * 10


def test_wishes_that_fit_nothing_cannot_fill_the_spool(databases: Databases, settings: Settings) -> None:
    with patch.object(citizen_merge, "REQUESTS_TO_WAIT", 3):
        for _ in range(6):
            withdraw(databases, settings, "a", withdrawing.code_for(ballot_box.new_nonce()))
        assert merge_citizens.run(settings, databases).rejected == 3
    assert spooled(databases) == 3


def test_when_the_quarter_ends_a_lone_wish_is_carried_out_and_the_public_figure_stays(
    databases: Databases, settings: Settings
) -> None:
    first, *_others = [
        cast(databases, settings, "a", filled(value), period="2026-Q3") for value in (1, 3, 3, 3, 3, 3)
    ]
    with patch.object(Settings, "today", lambda _settings: date(2026, 9, 30)):
        merge_citizens.run(settings, databases)
        withdraw(databases, settings, "a", first, period="2026-Q3")
        merge_citizens.run(settings, databases)
    assert len(rows(databases)) == 6
    merge_citizens.run(settings, databases)
    assert rows(databases) == [dict.fromkeys(ITEMS, 3)] * 5
    assert shown(databases, "waktu") == {1: 1, 3: 5}
    with reading(databases.answers) as answers:
        assert set(answers.scalars(select(CitizenResponse.withdrawal))) == {None}


def test_a_crash_between_the_databases_withdraws_once(databases: Databases, settings: Settings) -> None:
    codes = [cast(databases, settings, "a", filled(3)) for _ in range(10)]
    merge_citizens.run(settings, databases)
    for code in codes[:5]:
        withdraw(databases, settings, "a", code)
    with patch.object(ballot_box, "remove_spooled", side_effect=Crash), pytest.raises(Crash):
        merge_citizens.run(settings, databases)
    report = merge_citizens.run(settings, databases)
    assert (report.withdrawn, stored(databases)) == (0, (5, 5))
    assert spooled(databases) == 5, "what was carried out waits like any wish that fits nothing"


def test_channels_are_counted_apart_and_each_waits_for_its_own_five(
    databases: Databases, settings: Settings
) -> None:
    for _ in range(5):
        cast(databases, settings, "a", filled(4), stratum="code")
    for _ in range(4):
        cast(databases, settings, "a", filled(1))
    report = merge_citizens.run(settings, databases)
    assert (report.counted, report.held) == (5, 4)
    with reading(databases.answers) as answers:
        assert set(answers.scalars(select(CitizenCount.stratum))) == {"code"}


def test_what_is_kept_leads_neither_from_answers_to_words_nor_to_the_ballot(
    databases: Databases, settings: Settings
) -> None:
    for _ in range(5):
        cast(databases, settings, "a", filled(3) | {"saran": "Lebih cepat"})
    with reading(databases.spool) as spool:
        tokens = set(spool.scalars(select(SpooledBallot.token)))
    merge_citizens.run(settings, databases)
    with reading(databases.answers) as answers:
        responses, words = answers.scalars(select(CitizenResponse)), answers.scalars(select(Suggestion))
        of_rows = {part for row in responses for part in (row.key, row.withdrawal)}
        of_words = {part for row in words for part in (row.key, row.withdrawal)}
    assert (len(of_rows), len(of_words)) == (10, 10)
    assert not of_rows & of_words
    assert not tokens & (of_rows | of_words)


def test_a_disk_that_fails_on_the_last_night_destroys_nothing(
    databases: Databases, settings: Settings
) -> None:
    for _ in range(6):
        cast(databases, settings, "a", filled())
    with patch.object(Settings, "today", lambda _settings: date(2027, 1, 15)):
        with patch.object(ballot_box, "open_spooled", side_effect=PermissionError):
            assert merge_citizens.run(settings, databases).counted == 0
        assert spooled(databases) == 6
        assert merge_citizens.run(settings, databases).counted == 6
    assert (stored(databases), spooled(databases)) == ((6, 6), 0)
