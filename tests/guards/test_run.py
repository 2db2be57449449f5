"""What a run leaves out it says, CI takes no incomplete machine, and long tests come out in one table."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import ROOT

NOTHING_HERE = {"PG_BIN": "/nonexistent", "CHROME_PATH": "/nonexistent"}
ON_BOTH = f"{ROOT}/tests/guards/test_support.py::test_every_test_begins_with_an_empty_database"
IN_BROWSER = f"{ROOT}/tests/journeys/test_safety_nets.py"
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


def run_pytest(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name != "CI" and "PYTEST" not in name}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *words],
        cwd=ROOT,
        env=env | environ,
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("workers", ["0", "2"])
def test_what_is_left_out_is_said_and_how_to_get_it(workers: str) -> None:
    result = run_pytest("-n", workers, ON_BOTH, IN_BROWSER, **NOTHING_HERE)
    assert result.returncode == 0, result.stdout
    assert "2 tests need PostgreSQL: apt install postgresql" in result.stdout
    assert re.search(r"\d\d tests need a browser: apt install chromium", result.stdout)


def test_ci_takes_no_incomplete_machine() -> None:
    result = run_pytest(ON_BOTH, **NOTHING_HERE, CI="true")
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "lacks PostgreSQL" in result.stderr


def test_a_run_of_nothing_is_a_failure() -> None:
    assert run_pytest(ON_BOTH, "-k", "no_such_test").returncode == pytest.ExitCode.NO_TESTS_COLLECTED


def test_long_tests_come_out_in_one_table(tmp_path: Path) -> None:
    (tmp_path / "test_long.py").write_text(LONG)
    result = run_pytest("-c", "setup.cfg", "-p", "tests.support.long_table", "-n", "1", str(tmp_path))
    table = result.stdout.partition("long tests ===")[2]
    rows = [line.split() for line in table.splitlines() if "test_long.py::" in line and line[0] != "F"]
    assert [(row[0], row[3].partition("::")[2], " ".join(row[4:])) for row in rows] == [
        ("failed", "test_it_fails", ""),
        ("passed", "test_it_races", "overlaps 0"),
    ]
