"""Which passwords are refused, and why."""

import pytest

from survey.services.accounts import passwords

NUMBER = "198003122005011009"


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("kucing hujan meja biru", []),
        ("k4T!x9-qW2z_pL", []),
        ("pendek 7kx", ["short"]),
        ("", ["short", "guessable"]),
        ("x7" * 80, ["long", "guessable"]),
        ("password1234", ["guessable"]),
        ("qwertyuiop123", ["guessable"]),
        ("bukittinggi2026", ["guessable"]),
        ("sitirahmawati", ["guessable"]),
        ("mobil 19800312 laut", ["number"]),
        (NUMBER, ["number"]),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password: str, codes: list[str]) -> None:
    assert passwords.faults(password, ["siti.rahmawati", "Siti Rahmawati"], NUMBER) == codes


def test_a_very_long_one_takes_no_time() -> None:
    assert passwords.faults("mawar melati semuanya indah " * 4) == []
