"""What a run leaves out it says, CI takes no incomplete machine, and long tests come out in one table."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import ROOT

NOTHING_HERE = {"PG_BIN": "/nonexistent", "CHROME_PATH": "/nonexistent"}
ON_BOTH = """
import pytest

@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"])
def test_on_both(database_kind):
    pass

@pytest.mark.browser
def test_in_a_browser():
    pass
"""
LONG = """
import pytest

@pytest.mark.long
def test_it_races(record_property):
    record_property("overlaps", 0)

@pytest.mark.long
def test_it_fails():
    assert False

def test_it_is_short():
    pass
"""


def run_pytest(folder: Path, tests: str, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a small file of tests with this project's settings and run-wide plugins."""
    (folder / "test_small.py").write_text(tests)
    env = {name: value for name, value in os.environ.items() if name != "CI" and "PYTEST" not in name}
    env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # those of the tests themselves take seconds to load
    plugins = [
        "-p",
        "xdist",
        "-p",
        "tests.support.run",
        "-p",
        "tests.support.long_table",
        "-p",
        "no:cacheprovider",
    ]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", "setup.cfg", *plugins, *words, str(folder)],
        cwd=ROOT,
        env=env | environ,
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("workers", ["0", "2"])
def test_what_is_left_out_is_said_and_how_to_get_it(tmp_path: Path, workers: str) -> None:
    result = run_pytest(tmp_path, ON_BOTH, "-n", workers, **NOTHING_HERE)
    assert result.returncode == 0, result.stdout
    assert "1 tests need PostgreSQL: apt install postgresql" in result.stdout
    assert "1 tests need a browser: apt install chromium" in result.stdout


def test_ci_takes_no_incomplete_machine(tmp_path: Path) -> None:
    result = run_pytest(tmp_path, ON_BOTH, **NOTHING_HERE, CI="true")
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "lacks PostgreSQL" in result.stderr


def test_a_run_of_nothing_is_a_failure(tmp_path: Path) -> None:
    result = run_pytest(tmp_path, ON_BOTH, "-k", "no_such_test")
    assert result.returncode == pytest.ExitCode.NO_TESTS_COLLECTED


def test_long_tests_come_out_in_one_table(tmp_path: Path) -> None:
    folder = tmp_path / "long"  # a name that says nothing of the tests in it
    folder.mkdir()
    result = run_pytest(folder, LONG, "-n", "1", **NOTHING_HERE)
    table = result.stdout.partition("long tests ===")[2]
    rows = [line.split() for line in table.splitlines() if line.startswith(("passed ", "failed "))]
    assert [(row[0], row[3].partition("::")[2], " ".join(row[4:])) for row in rows] == [
        ("failed", "test_it_fails", ""),
        ("passed", "test_it_races", "overlaps 0"),
    ]
