"""What the import contracts cannot see: folders without a place, and who may see the roof."""

from __future__ import annotations

import ast
import configparser

from tests.guards.tree import CODE_FOLDERS, ROOT, list_files, tracked

TOP_LEVEL = {
    "app",
    "booking",
    "calendars",
    "notifications",
    "migrations",
    "tests",
    "demo",
    "bench",
    "docs",
    "tools",
    ".ci",
    ".github",
}
TOP_FILES = {
    "wsgi.py",
    "setup.cfg",
    "pyproject.toml",
    "ruff.toml",
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-bench.txt",
    "Makefile",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    ".gitignore",
    ".pre-commit-config.yaml",
    "djlint.toml",
}


def test_every_top_level_folder_has_its_place() -> None:
    folders = {name.split("/")[0] for name in tracked() if "/" in name}
    assert folders - TOP_LEVEL == set()


def test_every_top_level_file_is_known() -> None:
    files = {name for name in tracked() if "/" not in name}
    assert files - TOP_FILES == set()


def test_nothing_imports_the_roof() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for path in list_files("app", "booking", "calendars", "notifications", "demo", endings=(".py",))
        if "wsgi" in imported_names(path.read_text())
    ]
    assert guilty == []


def test_every_package_is_listed_for_the_wheel() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    listed = set(config["options"]["packages"].split())
    found = {
        path.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for path in list_files(*CODE_FOLDERS, endings=(".py",))
        if path.parent != ROOT
    }
    assert found - listed == set()
    assert listed - found == set()


def test_every_template_is_packed_into_the_wheel() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    data = config["options.package_data"]
    packed = {
        path
        for package, patterns in data.items()
        for pattern in patterns.split()
        for path in (ROOT / package).glob(pattern)
    }
    html = set(list_files(*CODE_FOLDERS, endings=(".html", ".css", ".js", ".svg", ".mo", ".toml")))
    sources = {path for path in html if "src" in path.parts}
    assert {str(path.relative_to(ROOT)) for path in html - packed - sources} == set()


def imported_names(source: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names
