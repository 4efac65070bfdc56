import dataclasses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protocol import lists, sealing
from protocol.refusals import RefusedError
from tests.protocol.conftest import CYCLE

SIZE = sealing.ITEM_BYTES[sealing.OUTER]
ITEMS = [number.to_bytes(SIZE, "big") for number in range(60)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A list file of sixty items."""
    lists.write(tmp_path / "list", CYCLE, 1, ITEMS)
    return tmp_path / "list"


def test_a_list_comes_back(path: Path) -> None:
    head = lists.read_head(path)
    assert head == lists.Head(CYCLE, 1, 60, lists.list_hash(CYCLE, 1, ITEMS))
    assert list(lists.items(path, head)) == ITEMS
    assert lists.check(path, head) == head


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_an_empty_list_is_one(tmp_path: Path, layer: int) -> None:
    head = lists.write(tmp_path / "empty", CYCLE, layer, [])
    assert lists.check(tmp_path / "empty", head, "There were none.") == head


def test_cycle_layer_and_order_are_in_the_hash() -> None:
    hashes = {
        lists.list_hash(CYCLE, 1, ITEMS),
        lists.list_hash(CYCLE, 2, ITEMS),
        lists.list_hash("other", 1, ITEMS),
        lists.list_hash(CYCLE, 1, ITEMS[1:]),
        lists.list_hash(CYCLE, 1, ITEMS[::-1]),
    }
    assert len(hashes) == 5


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"count": 59}, "not_as_told"),
        ({"hash": "0" * 64}, "not_as_told"),
        ({"cycle": "another"}, "wrong_list"),
        ({"layer": 2}, "wrong_list"),
    ],
)
def test_a_list_not_as_told_is_refused(path: Path, told: dict, code: str) -> None:
    with pytest.raises(RefusedError, match=code):
        lists.check(path, dataclasses.replace(lists.read_head(path), **told))


def test_a_short_list_needs_a_reason(tmp_path: Path) -> None:
    head = lists.write(tmp_path / "short", CYCLE, 1, ITEMS[:49])
    for reason in ("", "  "):
        with pytest.raises(RefusedError, match="too_few"):
            lists.check(tmp_path / "short", head, reason)
    assert lists.check(tmp_path / "short", head, "A small office.") == head
    head = lists.write(tmp_path / "long enough", CYCLE, 1, ITEMS[:50])
    assert lists.check(tmp_path / "long enough", head) == head


def test_an_item_that_stands_there_twice_is_refused(tmp_path: Path) -> None:
    head = lists.write(tmp_path / "twice", CYCLE, 1, [*ITEMS, ITEMS[7]])
    with pytest.raises(RefusedError, match="repeated"):
        lists.check(tmp_path / "twice", head, "No reason excuses it.")


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n", b"{}\n", b"\xff\n", b'{"kind":"cermin list 1"}\n', b"[" * 30_000, b"\x89PNG\r\n",
        b'{"count":0,"cycle":"c","hash":"","kind":"cermin list 1","layer":3}\n',
        b'{"count":0,"cycle":"c","hash":"","kind":"cermin list 2","layer":1}\n',
        b'{"count":true,"cycle":"c","hash":"","kind":"cermin list 1","layer":1}\n',
        b'{"count":0,"cycle":"c","hash":"","kind":"cermin list 1","layer":1}',
        b'{"count":0, "cycle":"c","hash":"","kind":"cermin list 1","layer":1}\n',
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "list").write_bytes(data)
    with pytest.raises(RefusedError, match="not_a_list"):
        lists.read_head(tmp_path / "list")


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data[:-20],
        lambda data: data + b"\n",
        lambda data: data + b"AA\n",
        lambda data: data.replace(b"AA\n", b"AA\r\n"),
        lambda data: data.replace(b"\nA", b"\nB", 1),
        lambda data: data.replace(b"\nA", b"\n=", 1),
        lambda data: data.replace(b"\nA", b"\n\xc3", 1),
        lambda data: data.replace(b'"count":60', b'"count":61'),
        lambda data: data.replace(b'"cycle":"c-1"', b'"cycle":"c-2"'),
        lambda data: data.replace(b'"layer":1', b'"layer":2'),
        lambda data: data.replace(b'"hash":"', b'"hash":"0'),
        lambda data: b"\n".join([*data.split(b"\n")[:1], *data.split(b"\n")[2:]]),
        lambda data: data.split(b"\n")[0] + b"\n" + b"A" * 100_000,
    ],
)
def test_a_damaged_list_is_refused(path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    data = path.read_bytes()
    assert damage(data) != data
    path.write_bytes(damage(data))
    with pytest.raises(RefusedError, match="damaged"):
        list(lists.items(path, lists.read_head(path)))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_list_with_one_byte_changed_is_never_taken_for_the_old_one(path: Path, data: st.DataObject) -> None:
    told = lists.read_head(path)
    whole = path.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1) | st.integers(0, 200))
    flip = data.draw(st.integers(1, 255))
    changed = path.with_name("changed")
    changed.write_bytes(whole[:place] + bytes([whole[place] ^ flip]) + whole[place + 1 :])
    with pytest.raises(RefusedError):
        lists.check(changed, told)


def test_a_list_that_is_there_is_not_written_over(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        lists.write(path, CYCLE, 1, [])
    assert path.read_bytes() == before
