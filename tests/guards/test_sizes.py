"""The tail is what we watch: long functions, files, classes and templates."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from tests.guards.tree import CODE_FOLDERS, ROOT, list_files

N = TypeVar("N", bound=ast.AST)

FUNCTION, FILE, TEST_FILE, CLASS, TEMPLATE, SCRIPT = 40, 300, 400, 200, 150, 300


def test_no_file_is_longer_than_its_kind_may_be() -> None:
    limits = {".py": FILE, ".html": TEMPLATE, ".js": SCRIPT}
    long = [
        f"{path.relative_to(ROOT)}: {count} lines"
        for path in list_files(*CODE_FOLDERS, "tests", "tools", endings=tuple(limits))
        if (count := len(path.read_text().splitlines()))
        > (TEST_FILE if "tests" in path.relative_to(ROOT).parts[:1] else limits[path.suffix])
    ]
    assert long == []


def test_no_function_is_longer_than_forty_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {size(node)} lines"
        for path, node in nodes(ast.FunctionDef)
        if size(node) > FUNCTION
    ]
    assert long == []


def test_no_class_is_longer_than_two_hundred_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {size(node)} lines"
        for path, node in nodes(ast.ClassDef)
        if size(node) > CLASS and not path.is_relative_to(ROOT / "tests")
    ]
    assert long == []


def test_every_module_says_what_belongs_in_it() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in list_files(*CODE_FOLDERS, "tools", endings=(".py",))
        if path.name != "__init__.py" and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_package_init_files_export_nothing() -> None:
    full = [
        str(path.relative_to(ROOT))
        for path in list_files(*CODE_FOLDERS, endings=(".py",))
        if path.name == "__init__.py" and path.read_text().strip()
    ]
    assert full == []


def nodes(kind: type[N]) -> Iterator[tuple[Path, N]]:
    for path in list_files(*CODE_FOLDERS, "tests", "tools", endings=(".py",)):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, kind):
                yield path, node


def size(node: ast.FunctionDef | ast.ClassDef) -> int:
    return (node.end_lineno or 0) - node.lineno + 1
