import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import merkle


def root_of_the_rfc(lines: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1, word by word."""
    if not lines:
        return hashlib.sha256().digest()
    if len(lines) == 1:
        return hashlib.sha256(b"\0" + lines[0]).digest()
    half = 1
    while half * 2 < len(lines):
        half *= 2
    left, right = root_of_the_rfc(lines[:half]), root_of_the_rfc(lines[half:])
    return hashlib.sha256(b"\1" + left + right).digest()


def path_of_the_rfc(lines: Sequence[bytes], place: int) -> list[bytes]:
    """RFC 6962, section 2.1.1, word by word."""
    if len(lines) == 1:
        return []
    half = 1
    while half * 2 < len(lines):
        half *= 2
    if place < half:
        return [*path_of_the_rfc(lines[:half], place), root_of_the_rfc(lines[half:])]
    return [*path_of_the_rfc(lines[half:], place - half), root_of_the_rfc(lines[:half])]


@pytest.mark.parametrize("size", range(35))
def test_trees_are_those_of_the_rfc(size: int) -> None:
    lines = [f"line {number}".encode() for number in range(size)]
    tree = merkle.Tree(lines)
    assert tree.root == root_of_the_rfc(lines)
    for place, line in enumerate(lines):
        path = tree.path(place)
        assert path == path_of_the_rfc(lines, place)
        assert merkle.is_in(line, place, size, path, tree.root)


@given(size=st.integers(1, 40), data=st.data())
def test_a_path_proves_its_line_at_its_place_alone(size: int, data: st.DataObject) -> None:
    lines = [bytes([number]) for number in range(size)]
    place = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(-2, size + 2).filter(lambda number: number != place))
    tree = merkle.Tree(lines)
    path = tree.path(place)
    assert not merkle.is_in(b"other", place, size, path, tree.root)
    assert not merkle.is_in(lines[place], other, size, path, tree.root)
    assert not merkle.is_in(lines[place], place, size, [*path, bytes(32)], tree.root)
    assert not merkle.is_in(lines[place], place, size, path, bytes(32))
    for level in range(len(path)):
        shorter = path[:level] + path[level + 1 :]
        changed = [*path[:level], bytes(32), *path[level + 1 :]]
        assert not merkle.is_in(lines[place], place, size, shorter, tree.root)
        assert not merkle.is_in(lines[place], place, size, changed, tree.root)


def test_a_node_is_not_taken_for_a_line() -> None:
    """The reason for the leading bytes: two hashes side by side are no line of a shorter list."""
    tree = merkle.Tree([b"a", b"b", b"c", b"d"])
    pair = merkle.leaf(b"a") + merkle.leaf(b"b")
    assert not merkle.is_in(pair, 0, 2, tree.path(0)[1:], tree.root)
