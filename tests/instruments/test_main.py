import json
from collections.abc import Callable
from pathlib import Path

import pytest

from instruments.__main__ import main
from instruments.catalogue import get


def test_check_lists_each_questionnaire_with_its_hash(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert f"skm_2017 1 {get('skm_2017').content_hash()}\n" in capsys.readouterr().out


def test_check_of_a_wrong_file_reports_it_and_fails(
    small_text: str, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(small_text.replace("value: 2", "value: 3"))
    assert main(["check", str(path)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == f"{path}:17: option values must rise by one: 1 is followed by 3\n"


def test_check_of_a_missing_file_fails_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "none.yaml")]) == 2
    assert "none.yaml" in capsys.readouterr().err


def test_the_schema_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Instrument"


def test_sentences_are_printed_for_a_reader(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sentences"]) == 0
    assert "Saya selalu mengusulkan" in capsys.readouterr().out
