"""The project's own files, as the guards read them."""

from __future__ import annotations

import subprocess
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE_FOLDERS = ("app", "booking", "calendars", "notifications", "demo", "wsgi.py")
VENDORED = ("tests/journeys/vendor/", "app/static/vendor/")


def list_files(*places: str, endings: tuple[str, ...]) -> list[Path]:
    """Files below the places with one of the endings; vendored ones are other people's."""
    return [
        ROOT / name
        for name in tracked()
        if name.endswith(endings)
        and any(name == place or name.startswith(f"{place}/") for place in places)
        and not name.startswith(VENDORED)
        and (ROOT / name).is_file()
    ]


@lru_cache(maxsize=1)
def tracked() -> tuple[str, ...]:
    """Names of all files of the project: those git knows, and new ones it does not ignore."""
    out = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(out.splitlines())
