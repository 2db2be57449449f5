"""``garage load``, ``dump`` and ``list`` at a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.tenancy.garage_file.reading import read_garage_file
from tests.factories.garage_files import MARTIN, edited


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "garage.toml"
    path.write_text(MARTIN, encoding="utf-8")
    return path


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=words)


def test_loading_says_that_the_garage_was_created(app: Flask, file: Path) -> None:
    assert run(app, "garage", "load", str(file)).stdout == "atelier-martin: created\n"


def test_loading_again_says_that_nothing_changed(app: Flask, file: Path) -> None:
    run(app, "garage", "load", str(file))
    assert run(app, "garage", "load", str(file)).stdout == "atelier-martin: nothing changed\n"


def test_a_wrong_file_ends_with_one_line_per_error(app: Flask, file: Path) -> None:
    file.write_text(edited(("garage.locale", "de"), ("service.0.minutes", 3)), encoding="utf-8")
    result = run(app, "garage", "load", str(file))
    assert (result.exit_code, result.stderr.splitlines()) == (
        1,
        [
            "error: garage.locale: 'de' must be one of en, fr",
            "error: service[0].minutes: must be from 5 to 10080, not 3",
        ],
    )


def test_a_missing_file_is_told_without_a_traceback(app: Flask, tmp_path: Path) -> None:
    result = run(app, "garage", "load", str(tmp_path / "none.toml"))
    assert (result.exit_code, result.stderr) == (
        1,
        f"error: {tmp_path / 'none.toml'}: No such file or directory\n",
    )


def test_a_file_that_is_no_text_is_told_without_a_traceback(app: Flask, file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    result = run(app, "garage", "load", str(file))
    assert (result.exit_code, result.stderr) == (1, f"error: {file}: must be UTF-8 text\n")


def test_warnings_go_beside_the_result(app: Flask, file: Path) -> None:
    file.write_text(edited(("workshop.0.bay", [])), encoding="utf-8")
    result = run(app, "garage", "load", str(file))
    assert (result.exit_code, result.stderr) == (
        0,
        "warning: workshop[0]: no bay, so nothing can be booked\n",
    )


def test_dump_writes_a_file_that_reads_the_same(app: Flask, file: Path) -> None:
    run(app, "garage", "load", str(file))
    assert read_garage_file(run(app, "garage", "dump", "atelier-martin").stdout) == read_garage_file(MARTIN)


def test_dumping_an_unknown_garage_is_refused(app: Flask) -> None:
    result = run(app, "garage", "dump", "nobody")
    assert (result.exit_code, result.stderr) == (
        1,
        "error: there is no garage 'nobody'; see: flask --app wsgi garage list\n",
    )


def test_list_shows_each_garage_with_its_workshops(app: Flask, file: Path) -> None:
    run(app, "garage", "load", str(file))
    assert run(app, "garage", "list").stdout == "atelier-martin\tAtelier Martin\tlyon\n"
