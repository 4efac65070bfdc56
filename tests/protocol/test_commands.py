import json
import stat
import string
import subprocess
import sys
from pathlib import Path

import pytest

from protocol import holder, lists, messages, sealing
from protocol.commands import main
from tests.protocol.conftest import CYCLE

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path, keys: dict[int, holder.HolderKey]) -> Path:
    """A folder of a holder: key, three shares, and a list of sixty ballots."""
    (tmp_path / "key.json").write_bytes(holder.key_file(keys[1]))
    for number, content in holder.share_files(keys[1]).items():
        (tmp_path / f"share-{number}.json").write_bytes(content)
    lists.write(tmp_path / "list-1", CYCLE, 1, sealed(keys, 60))
    return tmp_path


def sealed(keys: dict[int, holder.HolderKey], count: int) -> list[bytes]:
    inner = bytes(sealing.ITEM_BYTES[sealing.INNER] - 8)
    return [
        sealing.seal_layer(keys[1].public.point, CYCLE, 1, inner + number.to_bytes(8, "big"))
        for number in range(count)
    ]


def opening_words(folder: Path, *more: str, key: tuple[str, ...] = ("--key", "key.json")) -> list[str]:
    head = lists.read_head(folder / "list-1")
    paths = [str(folder / word) if word.endswith(".json") else word for word in key]
    return [
        "open", *paths, "--list", str(folder / "list-1"), "--count", str(head.count), "--hash", head.hash,
        "--output", str(folder / "list-2"), "--minutes", str(folder / "minutes.txt"), "--holder", "Dewi",
        *more,
    ]  # fmt: skip


def test_a_key_is_made_proved_split_and_proved_from_shares(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, public = str(tmp_path / "key.json"), str(tmp_path / "public.json")
    words = ["make-key", "--cycle", CYCLE, "--layer", "2", "--office", "Inspektorat", "--key", key]
    assert main([*words, "--public", public]) == 0
    assert stat.S_IMODE((tmp_path / "key.json").stat().st_mode) == 0o600
    made = holder.read_public((tmp_path / "public.json").read_bytes())
    assert main(["split", "--key", key, "--folder", str(tmp_path)]) == 0
    text = holder.new_proof_text()
    (tmp_path / "challenge").write_bytes(holder.challenge_file(made, text))
    two = [str(tmp_path / "key-1.json"), str(tmp_path / "key-3.json")]
    for source, given in (("key", ["--key", key]), ("shares", ["--shares", *two])):
        answer = tmp_path / f"answer-{source}"
        challenge = ["--challenge", str(tmp_path / "challenge"), "--answer", str(answer)]
        assert main(["prove", *given, *challenge]) == 0
        assert holder.read_answer(answer.read_bytes()) == holder.Answer(
            CYCLE, 2, source, holder.proof_answer(text)
        )
    shown = capsys.readouterr().out
    assert made.fingerprint in shown
    secrets = [json.loads((tmp_path / "key.json").read_text())["private"]]
    secrets += [json.loads(Path(share).read_text())["value"] for share in two]
    assert not any(secret in shown for secret in secrets)


@pytest.mark.parametrize("key", [("--key", "key.json"), ("--shares", "share-1.json", "share-2.json")])
def test_a_list_is_opened_with_minutes(
    folder: Path, capsys: pytest.CaptureFixture[str], key: tuple[str, ...]
) -> None:
    assert main(opening_words(folder, key=key)) == 0
    after = lists.read_head(folder / "list-2")
    assert (after.layer, after.count) == (2, 60)
    assert after.hash in capsys.readouterr().out
    page = (folder / "minutes.txt").read_text()
    assert after.hash in page
    assert "Dewi" in page
    assert stat.S_IMODE((folder / "list-2").stat().st_mode) == 0o600


def test_english_is_spoken_on_demand(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--language", "en", *opening_words(folder)]) == 0
    assert "60 ballots received" in capsys.readouterr().out
    assert "Key holder" in (folder / "minutes.txt").read_text()


def test_a_list_is_checked_without_a_key(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = lists.read_head(folder / "list-1")
    spaced = " ".join([head.hash[:32], head.hash[32:].upper()])
    words = [
        "check-list",
        "--cycle",
        CYCLE,
        "--layer",
        "1",
        "--list",
        str(folder / "list-1"),
        "--hash",
        spaced,
    ]
    assert main([*words, "--count", "60"]) == 0
    assert main([*words, "--count", "61"]) == 1
    captured = capsys.readouterr()
    assert "utuh" in captured.out
    assert "DITOLAK" in captured.err


def test_what_is_refused_leaves_nothing_behind(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "key.json").write_bytes(holder.key_file(holder.make_key(CYCLE, 1, "A")))
    before = sorted(folder.iterdir())
    assert main(opening_words(folder, "--language", "en")) == 1
    assert "REFUSED. The key does not fit" in capsys.readouterr().err
    assert sorted(folder.iterdir()) == before


def test_a_short_list_is_opened_for_a_reason(
    folder: Path, keys: dict[int, holder.HolderKey], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "list-1").unlink()
    lists.write(folder / "list-1", CYCLE, 1, sealed(keys, 9))
    assert main(opening_words(folder)) == 1
    assert "--reason" in capsys.readouterr().err
    assert main(opening_words(folder, "--reason", "Hanya satu kantor.")) == 0
    assert "Hanya satu kantor." in (folder / "minutes.txt").read_text()


@pytest.mark.parametrize("name", ["list-2", "minutes.txt"])
def test_nothing_is_written_over(folder: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    (folder / name).write_text("precious")
    assert main(opening_words(folder)) == 2
    assert name in capsys.readouterr().err
    assert (folder / name).read_text() == "precious"
    assert not {"list-2", "minutes.txt"} - {name} & {path.name for path in folder.iterdir()}


def test_shares_are_not_written_over(folder: Path) -> None:
    (folder / "key-2.json").write_text("precious")
    assert main(["split", "--key", str(folder / "key.json"), "--folder", str(folder)]) == 2
    assert not (folder / "key-1.json").exists()


def test_a_file_that_is_not_there_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["split", "--key", str(folder / "none.json"), "--folder", str(folder)]) == 2
    assert "none.json" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        [], ["burn"], ["split"], ["make-key", "--layer", "3"], ["--language", "xx", "split"],
        ["check-list", "--hash", "short"], ["prove", "--challenge", "a", "--answer", "b"],
    ],
)  # fmt: skip
def test_wrong_commands_are_explained(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert capsys.readouterr().err


def test_every_text_is_there_in_both_languages_with_the_same_blanks() -> None:
    for texts in [*messages.TEXTS.values(), *messages.REFUSALS.values()]:
        assert list(texts) == list(messages.LANGUAGES)
        blanks = [{name for _, name, *_ in string.Formatter().parse(text) if name} for text in texts.values()]
        assert blanks[0] == blanks[1]


def test_the_tool_needs_nothing_of_the_service() -> None:
    program = (
        "import sys, protocol.commands; "
        "known = set(sys.stdlib_module_names) | {'protocol', 'cryptography', 'gmpy2', '_cffi_backend'}; "
        "print(sorted({name.split('.')[0] for name in sys.modules} - known - {'__main__'}))"
    )
    answer = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {program}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = {name for name in json.loads(answer.stdout.replace("'", '"')) if not name.startswith("_")}
    assert loaded <= {"distutils", "sitecustomize", "usercustomize"}


def test_the_tool_runs_by_its_name() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "protocol", "--language", "en", "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "make-key" in answer.stdout
