"""Templates and scripts keep to the strict content policy and to our own hosts."""

from __future__ import annotations

import re

import pytest

from tests.guards.tree import CODE_FOLDERS, ROOT, list_files

FORBIDDEN = {
    "a style attribute": re.compile(r"\sstyle\s*="),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>"),
    "an inline style sheet": re.compile(r"<style\b"),
    "an event attribute": re.compile(r"\son[a-z]+\s*="),
    "an escape from escaping": re.compile(r"\|\s*safe\b|autoescape\s+false"),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
}
FOREIGN = re.compile(r"""(?:src|action)\s*=\s*["']?(?:https?:)?//""")
FOREIGN_CODE = re.compile(r"""@import|url\(\s*["']?(?:https?:)?//|fetch\(\s*["']https?://|import\(""")
LETTERS = ROOT / "notifications" / "templates" / "notifications" / "content"
ALLOWED_IN_LETTERS = {"an inline style sheet"}
"""No policy of ours rules inside a mail program, and a sheet of ours would be fetched from it."""

FETCHED = re.compile(r"<(?:img|link|video|audio|iframe|object)\b|\bsrc\s*=|url\(|@import|@font-face")


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what: str) -> None:
    guilty = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in list_files(*CODE_FOLDERS, endings=(".html",))
        if not (path.is_relative_to(LETTERS) and what in ALLOWED_IN_LETTERS)
        for match in FORBIDDEN[what].finditer(path.read_text())
    ]
    assert guilty == []


def test_opening_a_letter_fetches_nothing() -> None:
    letters = [path for path in list_files("notifications", endings=(".html",)) if LETTERS in path.parents]
    guilty = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in letters
        for match in FETCHED.finditer(path.read_text())
    ]
    assert letters
    assert guilty == []


def test_no_template_loads_from_a_foreign_host() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for path in list_files(*CODE_FOLDERS, endings=(".html",))
        if FOREIGN.search(path.read_text())
    ]
    assert guilty == []


def test_no_sheet_or_script_loads_from_a_foreign_host() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for path in list_files(*CODE_FOLDERS, endings=(".css", ".js"))
        if FOREIGN_CODE.search(path.read_text())
    ]
    assert guilty == []
