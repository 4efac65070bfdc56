"""The verifier against a real cycle: everything holds, and each thing that is tampered with is found."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from protocol import lists
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import close_cycle
from survey.models.cycles import Cycle
from survey.models.people import Employee
from survey.services.cycles import cycles
from survey.services.results import closing, proof
from tests.factories import answer, close, make_team, make_unit, open_cycle
from verifier import ballots, public_log
from verifier.__main__ import main
from verifier.finding import WORDS
from verifier.formats import FormatError, tree_root

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def counted(
    databases: Databases, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> tuple[Cycle, Path]:
    """A counted cycle, and the opened list that an auditor saw before it was destroyed."""
    with transaction(databases.people) as people:
        team = make_team(people, make_unit(people), 8)
    cycle = open_cycle(databases, settings)

    def step(subject: str, item: str, place: int) -> int:
        """Some subjects lie at the end of the scale, where means become bands."""
        return 5 if sum(subject.encode()) % 3 == 0 else 1 + (len(item) * 7 + place) % 5

    for place, rater in enumerate(team[:-1]):
        answer(databases, cycle, rater, lambda subject, item, place=place: step(subject, item, place))
    opened = tmp_path / "opened.list"
    destroy = closing.destroy_lists

    def keep_a_copy(directory: Path, box: str) -> None:
        opened.write_bytes(closing.list_path(directory, box, 0).read_bytes())
        destroy(directory, box)

    monkeypatch.setattr(close_cycle.closing, "destroy_lists", keep_a_copy)
    close(databases, settings, cycle)
    return cycle, opened


@pytest.fixture
def folder(databases: Databases, counted: tuple[Cycle, Path], tmp_path: Path) -> Path:
    """The package of the cycle."""
    directory = tmp_path / "proof"
    directory.mkdir()
    with reading(databases.people) as people, reading(databases.answers) as answers:
        found = cycles.find_cycle(people, counted[0].public_id)
        for name, content in proof.files(people, answers, found).items():
            (directory / name).write_bytes(content)
    return directory


def findings(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, bool]]:
    """Exit code, and what held, by the English words."""
    code = main([*map(str, arguments), "--lang", "en"])
    lines = capsys.readouterr().out.splitlines()
    names = {words[1]: name for name, words in WORDS.items()}
    return code, {names[line[4:].split(": ")[0]]: line.startswith("OK") for line in lines}


def test_everything_of_an_honest_cycle_holds(
    folder: Path, counted: tuple[Cycle, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = findings(capsys, folder, "--list", counted[1], "--earlier", folder / "log.jsonl")
    assert found == dict.fromkeys(WORDS, True)
    assert code == 0


def test_nobody_is_named_in_the_package(folder: Path, databases: Databases) -> None:
    text = b"".join(path.read_bytes() for path in folder.iterdir()).decode()
    with reading(databases.people) as people:
        known = people.execute(select(Employee.name, Employee.number)).all()
    assert len(known) == 9
    assert [word for row in known for word in row if word and word in text] == []


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def edit(path: Path, how: Callable[[dict], object]) -> None:
    value = json.loads(path.read_text())
    how(value)
    path.write_text(json.dumps(value))


def worse_mean(value: dict) -> None:
    for subject in value["subjects"].values():
        for groups in subject["groups"].values():
            if groups.get("peer", {}).get("mean") is not None:
                groups["peer"]["mean"] -= 1e-6
                return


def more_in_a_scale(value: dict, name: str) -> None:
    scales = (scale for subject in value["subjects"].values() for scale in subject["scales"].values())
    next(scale for scale in scales if scale[name] is not None)[name] += 1e-6


better_scale = partial(more_in_a_scale, name="composite")
surer_scale = partial(more_in_a_scale, name="standard_error")


def one_more_of_the_lowest(value: dict) -> None:
    for count in value["counts"]:
        count[4] += count[3] == 1


def more_overall(value: dict) -> None:
    next(each for each in value["subjects"].values() if each["composite"] is not None)["composite"] += 1e-6


def drop_line(path: Path, place: int) -> None:
    lines = path.read_text().splitlines(keepends=True)
    del lines[place]
    path.write_text("".join(lines))


def another_receipt(path: Path) -> None:
    """One ballot's receipt gives way to an invented one: as many lines, in order, well written."""
    *others, _last = path.read_text().splitlines()
    path.write_text("".join(f"{each}\n" for each in (*others, "ZZZZ-ZZZZ-ZZZZ-ZZZZ")))


@pytest.mark.parametrize(
    ("tamper", "check"),
    [
        (lambda f: change(f / "manifest.json", '"minimum":5', '"minimum":4'), "log_opening"),
        (
            lambda f: change(f / "manifest.json", '"server_key"', '"two_holders"'),
            "manifest_keys",
        ),
        (lambda f: change(f / "manifest.json", ",", ", "), "manifest_form"),
        (lambda f: drop_line(f / "scopes.txt", 3), "scopes_root"),
        (lambda f: change(f / "scopes.txt", '"papers":', '"papers":1'), "scopes_root"),
        (lambda f: change(f / "scopes.txt", "\n", ""), "scopes_form"),
        (lambda f: drop_line(f / "log.jsonl", 1), "log_chain"),
        (lambda f: change(f / "log.jsonl", '"counted":', '"counted":1'), "log_chain"),
        (lambda f: drop_line(f / "receipts.txt", 0), "receipts_counted"),
        (lambda f: change(f / "receipts.txt", "-", "U"), "receipts_form"),
        (lambda f: another_receipt(f / "receipts.txt"), "receipts_told"),
        (lambda f: edit(f / "figures.json", worse_mean), "figures_groups"),
        (lambda f: edit(f / "figures.json", better_scale), "figures_scales"),
        (
            lambda f: edit(f / "figures.json", partial(more_in_a_scale, name="standard_error")),
            "figures_scales",
        ),
        (lambda f: edit(f / "figures.json", more_overall), "figures_overall"),
        (lambda f: edit(f / "vault.json", one_more_of_the_lowest), "figures_groups"),
    ],
)
def test_what_was_tampered_with_is_found(
    folder: Path, capsys: pytest.CaptureFixture[str], tamper: Callable[[Path], None], check: str
) -> None:
    tamper(folder)
    code, found = findings(capsys, folder)
    assert found[check] is False
    assert code == 1


def test_a_log_goes_on_from_the_copy_that_was_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = (folder / "log.jsonl").read_bytes().splitlines(keepends=True)
    kept = folder.parent / "kept.jsonl"
    kept.write_bytes(b"".join(whole[:4]))
    assert main([str(folder), "--earlier", str(kept)]) == 0
    assert WORDS["log_continues"][0] in capsys.readouterr().out
    other = public_log.canonical(entry("box-told", ballots=1, day="2026-11-24"))
    digest = hashlib.sha256(b"cermin log 1\n" + bytes(32) + hashlib.sha256(other).digest()).hexdigest()
    kept.write_bytes(b'{"entry":' + other + b',"hash":"' + digest.encode() + b'","n":1}\n')
    assert main([str(folder), "--earlier", str(kept)]) == 1
    assert "X   " + WORDS["log_continues"][0] in capsys.readouterr().out


def entry(action: str, **detail: object) -> dict:
    return {"about": "c", "account": None, "action": action, "at": "2026-11-24T00:00:00Z", "detail": detail}


HONEST = [
    entry("cycle-opened", manifest=""),
    entry("box-told", ballots=3, day="2026-11-24"),
    entry("cycle-closed"),
    entry("box-closed", ballots=72, day="2026-11-24", hash="a"),
    entry("list-handed", layer=1, items=72, hash="b"),
    entry("list-brought", layer=1, items=72, hash="c"),
    entry("list-handed", layer=2, items=72, hash="d"),
    entry("list-brought", layer=2, items=71, hash="e"),
    entry("cycle-counted", counted=70, not_counted=2),
]


def told_by(entries: list[dict]) -> dict[str, bool]:
    manifest = {"counts": {"papers": 100}, "replacements_percent": 2, "mode": "two_holders"}
    return {each.check: each.holds for each in public_log.check_log(entries, "c", manifest, b"")}


def test_an_honest_log_of_two_holders_holds() -> None:
    assert set(told_by(HONEST).values()) == {True}


@pytest.mark.parametrize(
    ("entries", "check"),
    [
        ([*HONEST[:4], HONEST[8]], "lists_follow"),
        ([*HONEST[:4], HONEST[5], HONEST[4], *HONEST[6:]], "lists_follow"),
        ([*HONEST[:5], HONEST[4], *HONEST[5:]], "lists_follow"),
        ([*HONEST[:5], entry("list-brought", layer=1, items=73, hash="c"), *HONEST[6:]], "lists_follow"),
        ([*HONEST[:8], entry("cycle-counted", counted=72, not_counted=0)], "counted_fits"),
        ([*HONEST[:8], entry("cycle-counted", counted=70, not_counted=3)], "counted_fits"),
    ],
)
def test_a_log_in_which_holders_are_missing_or_ballots_appear_does_not_hold(
    entries: list[dict], check: str
) -> None:
    assert told_by(entries)[check] is False


def test_a_count_below_zero_is_no_count() -> None:
    with pytest.raises(FormatError):
        told_by([*HONEST[:8], entry("cycle-counted", counted=141, not_counted=-69)])


def only(value: dict, **changes: object) -> None:
    value.update(changes)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("figures.json", partial(only, subjects={})),
        ("figures.json", partial(only, cycle="other")),
        ("vault.json", partial(only, cycle="other")),
        ("vault.json", partial(only, kind="zzz")),
        ("vault.json", partial(only, groups=None)),
        ("figures.json", lambda value: next(iter(value["subjects"].values())).update(scales={})),
    ],
)
def test_a_package_that_says_nothing_is_no_proof(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, how: Callable[[dict], object]
) -> None:
    edit(folder / name, how)
    code, found = findings(capsys, folder)
    assert (code, found["figures_form"]) == (1, False)


def test_receipts_that_are_missing_although_ballots_were_counted_are_found(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "receipts.txt").unlink()
    code, found = findings(capsys, folder)
    assert (code, found["receipts_form"]) == (1, False)


def test_answers_changed_after_the_holder_brought_the_list_are_found(counted: tuple[Cycle, Path]) -> None:
    changed = rewritten(counted[1], lambda items: [item.replace(b'":4', b'":1', 1) for item in items])
    honest = ballots.list_hash(counted[0].public_id, ballots.read_list(counted[1], counted[0].public_id))
    found = {
        each.check: each.holds
        for each in ballots.check_ballots(changed, counted[0].public_id, {}, [], 100, honest)
    }
    assert found["ballots_list"] is False


def rewritten(opened: Path, how: Callable[[list[bytes]], Iterator[bytes] | list[bytes]]) -> Path:
    """The opened list with other items, honest about itself."""
    head = lists.read_head(opened)
    items = list(how(list(lists.items(opened, head))))
    path = opened.with_name("other.list")
    lists.write(path, head.cycle, 0, items)
    return path


@pytest.mark.parametrize(
    ("how", "check"),
    [
        (lambda items: [*items, items[0]], "ballots_once"),
        (lambda items: items[1:], "ballots_receipts"),
        (lambda items: [items[0].replace(b'"stamp"', b'"stamP"'), *items[1:]], "ballots_stamps"),
    ],
)
def test_a_list_that_was_tampered_with_is_found(
    folder: Path,
    counted: tuple[Cycle, Path],
    capsys: pytest.CaptureFixture[str],
    how: Callable[[list[bytes]], list[bytes]],
    check: str,
) -> None:
    code, found = findings(capsys, folder, "--list", rewritten(counted[1], how))
    assert found[check] is False
    assert code == 1


def test_a_list_that_is_not_what_it_says_is_found(
    folder: Path, counted: tuple[Cycle, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    drop_line(counted[1], -1)
    code, found = findings(capsys, folder, "--list", counted[1], "--earlier", folder / "log.jsonl")
    assert (code, found["ballots_list"]) == (1, False)


def test_without_files_there_is_nothing_to_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "manifest.json" in capsys.readouterr().err


def test_it_runs_by_itself_with_nothing_of_the_server(folder: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "verifier").symlink_to(ROOT / "verifier")
    command = [sys.executable, "-m", "verifier", str(folder)]
    ran = subprocess.run(command, cwd=alone, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.startswith("OK  Manifes")


def test_the_tree_is_that_of_the_rfc() -> None:
    assert tree_root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert tree_root([b"a", b"b", b"c"]) != tree_root([b"a", b"c", b"b"])


@pytest.mark.parametrize(
    ("told", "ballots", "is_allowed", "is_within"),
    [
        ([], 100, True, True),
        ([], 101, True, False),
        ([1, 2], 102, True, True),
        ([1], 102, True, False),
        ([3], 103, False, True),
        ([2, 1], 102, False, True),
    ],
)
def test_replaced_papers_are_as_few_as_the_manifest_says_and_the_box_holds_no_more(
    told: list[int], ballots: int, is_allowed: bool, is_within: bool
) -> None:
    entries = [
        {"about": "c", "action": "papers-replaced", "detail": {"papers": papers}} for papers in told
    ] + [{"about": "c", "action": "box-closed", "detail": {"ballots": ballots}}]
    manifest = {"counts": {"papers": 100}, "replacements_percent": 2, "mode": "server_key"}
    found = {each.check: each.holds for each in public_log.check_log(entries, "c", manifest, b"")}
    assert (found["papers_replaced"], found["box_within_papers"]) == (is_allowed, is_within)
