import os
from pathlib import Path

import pytest

from protocol import holder, lists, opening, sealing
from protocol.refusals import RefusedError
from tests.protocol.conftest import CYCLE

TEXTS = [b"ballot %d" % number for number in range(60)]


@pytest.fixture(scope="module")
def sealed(keys: dict[int, holder.HolderKey]) -> list[bytes]:
    """Sixty sealed ballots, in the order of their box."""
    return [sealing.seal(keys[1].public.point, keys[2].public.point, CYCLE, text) for text in TEXTS]


def open_list(folder: Path, items: list[bytes], key: holder.HolderKey, reason: str = "") -> opening.Opened:
    told = lists.write(folder / "source", key.cycle, key.layer, items)
    return opening.open_file(folder / "source", folder / "target", key.private_key, told, reason=reason)


def test_a_list_goes_through_both_holders(
    tmp_path: Path, keys: dict[int, holder.HolderKey], sealed: list[bytes]
) -> None:
    told = lists.write(tmp_path / "1", CYCLE, 1, sealed)
    first = opening.open_file(tmp_path / "1", tmp_path / "2", keys[1].private_key, told)
    assert (first.before, first.after.layer, first.left_out) == (told, 2, 0)
    second = opening.open_file(tmp_path / "2", tmp_path / "0", keys[2].private_key, first.after)
    assert (second.after.layer, second.after.count) == (0, 60)
    opened = [sealing.unpad(item) for item in lists.items(tmp_path / "0", second.after)]
    assert sorted(filter(None, opened)) == sorted(TEXTS)
    assert lists.check(tmp_path / "0", second.after) == second.after


def test_the_order_that_comes_out_says_nothing(
    tmp_path: Path, keys: dict[int, holder.HolderKey], sealed: list[bytes]
) -> None:
    """The same list opened twice comes out in two orders, and neither is the old one."""
    orders = [sealed]
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        after = open_list(tmp_path / name, sealed, keys[1]).after
        orders.append(list(lists.items(tmp_path / name / "target", after)))
    opened = [[sealing.open_layer(keys[1].private_key, CYCLE, 1, item) for item in orders[0]], *orders[1:]]
    assert len({tuple(order) for order in opened}) == 3
    assert len({frozenset(order) for order in opened}) == 1


def test_every_place_is_as_likely_after_the_shuffle() -> None:
    """Where the first of eight items ends, over 4,000 shuffles."""
    items = [bytes([number]) for number in range(8)]
    places = [opening.shuffled(items).index(b"\0") for _ in range(4_000)]
    chi2 = sum((places.count(place) - 500) ** 2 / 500 for place in range(8))
    assert chi2 < 45  # 7 degrees of freedom: passed by chance in all but one case in ten million


@pytest.mark.parametrize("bad", [1, 2])
def test_a_few_that_do_not_open_are_left_out_and_counted(
    tmp_path: Path, keys: dict[int, holder.HolderKey], sealed: list[bytes], bad: int
) -> None:
    """One is always borne; of sixty, two are more than two in a hundred."""
    items = [*sealed[bad:], *(os.urandom(8_354) for _ in range(bad))]
    if bad == 1:
        assert open_list(tmp_path, items, keys[1]).left_out == 1
        return
    with pytest.raises(RefusedError, match="unreadable"):
        open_list(tmp_path, items, keys[1])
    assert not (tmp_path / "target").exists()


def test_with_a_reason_for_the_minutes_damaged_ballots_do_not_hold_up_the_rest(
    tmp_path: Path, keys: dict[int, holder.HolderKey], sealed: list[bytes]
) -> None:
    """Otherwise a rater with two papers could spoil a whole cycle."""
    items = [*sealed[:40], *(os.urandom(8_354) for _ in range(9))]
    opened = open_list(tmp_path, items, keys[1], reason=" Checked with the auditor. ")
    assert (opened.left_out, opened.after.count, opened.reason) == (9, 40, "Checked with the auditor.")


def test_a_ballot_sealed_twice_is_handed_on_once(
    tmp_path: Path, keys: dict[int, holder.HolderKey], sealed: list[bytes]
) -> None:
    """Otherwise a rater with two papers could make the next holder refuse the list."""
    inner = sealing.open_layer(keys[1].private_key, CYCLE, 1, sealed[0])
    assert inner is not None
    again = sealing.seal_layer(keys[1].public.point, CYCLE, 1, inner)
    opened = open_list(tmp_path, [*sealed, again], keys[1])
    assert (opened.after.count, opened.left_out) == (60, 1)
    assert lists.check(tmp_path / "target", opened.after) == opened.after


@pytest.mark.parametrize("reason", ["", "Even with a reason."])
def test_a_wrong_key_is_told(
    tmp_path: Path, keys: dict[int, holder.HolderKey], sealed: list[bytes], reason: str
) -> None:
    other = holder.make_key(CYCLE, 1, "A")
    with pytest.raises(RefusedError, match="wrong_key"):
        open_list(tmp_path, sealed, other, reason)
    assert [file.name for file in tmp_path.iterdir()] == ["source"]


def test_ballots_of_another_cycle_do_not_open(
    tmp_path: Path, keys: dict[int, holder.HolderKey], sealed: list[bytes]
) -> None:
    """The list says it is of this cycle, its ballots know better."""
    next_year = holder.HolderKey("c-2", 1, "A", keys[1].scalar)
    with pytest.raises(RefusedError, match="wrong_key"):
        open_list(tmp_path, sealed, next_year)


def test_a_list_not_as_told_is_not_opened(
    tmp_path: Path, keys: dict[int, holder.HolderKey], sealed: list[bytes]
) -> None:
    """The refusals of lists.check hold here too, before anything is opened."""
    told = lists.write(tmp_path / "told", CYCLE, 1, sealed)
    lists.write(tmp_path / "given", CYCLE, 1, sealed[1:])
    with pytest.raises(RefusedError, match="not_as_told"):
        opening.open_file(tmp_path / "given", tmp_path / "target", keys[1].private_key, told)
    assert not (tmp_path / "target").exists()


def test_a_list_is_not_written_over(tmp_path: Path, sealed: list[bytes]) -> None:
    """It is said before the work begins, in which the wrong key would be found out."""
    (tmp_path / "target").write_bytes(b"precious")
    with pytest.raises(FileExistsError):
        open_list(tmp_path, sealed, holder.make_key(CYCLE, 1, "A"))
    assert (tmp_path / "target").read_bytes() == b"precious"


def test_progress_is_reported_to_the_end(
    tmp_path: Path, keys: dict[int, holder.HolderKey], sealed: list[bytes]
) -> None:
    told = lists.write(tmp_path / "source", CYCLE, 1, sealed)
    seen: list[tuple[int, int]] = []
    opening.open_file(
        tmp_path / "source", tmp_path / "target", keys[1].private_key, told,
        progress=lambda done, count: seen.append((done, count)),
    )  # fmt: skip
    assert seen == [(60, 60)]
