"""`python -m survey holder`: the key holder's tool by another name."""

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from protocol import holder, lists, sealing
from survey.__main__ import cli

ROOT = Path(__file__).parents[3]
CYCLE = "c-1"


def run(folder: Path, words: str) -> Result:
    """Words that end in .json, .list or .txt are files of the folder, "." is the folder."""
    in_folder = (".", ".json", ".list", ".txt")
    arguments = [str(folder / word) if word.endswith(in_folder) else word for word in words.split()]
    return CliRunner().invoke(cli, ["holder", "--language", "en", *arguments])


def test_a_key_is_made_split_proved_and_opens_a_list(tmp_path: Path) -> None:
    made = run(
        tmp_path, "make-key --cycle c-1 --layer 2 --office Inspektorat --key key.json --public public.json"
    )
    assert made.exit_code == 0, made.output
    public = holder.read_public((tmp_path / "public.json").read_bytes())
    assert public.fingerprint in made.output
    assert run(tmp_path, "split --key key.json --folder .").exit_code == 0

    text = holder.new_proof_text()
    (tmp_path / "challenge.json").write_bytes(holder.challenge_file(public, text))
    for source, given in (("key", "--key key.json"), ("shares", "--shares key-2.json key-3.json")):
        answered = run(tmp_path, f"prove {given} --challenge challenge.json --answer {source}-answer.json")
        assert answered.exit_code == 0, answered.output
        answer = holder.read_answer((tmp_path / f"{source}-answer.json").read_bytes())
        assert answer == holder.Answer(CYCLE, 2, source, holder.proof_answer(text))

    ballots = [sealing.pad(b"%d" % number) for number in range(60)]
    sealed = [sealing.seal_layer(public.point, CYCLE, 2, ballot) for ballot in ballots]
    told = lists.write(tmp_path / "layer2.list", CYCLE, 2, sealed)
    words = "open --key key.json --list layer2.list --output layer0.list --minutes minutes.txt --holder Dewi"
    assert run(tmp_path, f"{words} --count 61 --hash {told.hash}").exit_code == 1
    assert run(tmp_path, f"{words} --count 60 --hash {told.hash}").exit_code == 0
    head = lists.read_head(tmp_path / "layer0.list")
    assert sorted(lists.items(tmp_path / "layer0.list", head)) == sorted(ballots)
    assert "Dewi" in (tmp_path / "minutes.txt").read_text()


def test_it_is_listed_and_needs_neither_settings_nor_a_database(tmp_path: Path) -> None:
    place = {"CERMIN_ENVIRONMENT": "no such thing", "CERMIN_DATA_DIRECTORY": str(tmp_path / "none")}
    program = [sys.executable, "-m", "survey"]
    for words, expected in (
        (["--help"], "holder "),
        (["holder", "--help"], "python -m survey holder"),
        (["holder", "make-key", "--language", "en", "--help"], "name of the office that holds the key"),
    ):
        told = subprocess.run(
            [*program, *words], cwd=ROOT, env=os.environ | place, capture_output=True, text=True, check=True
        )
        assert expected in told.stdout
    assert not (tmp_path / "none").exists()
