"""No writer can forget the search index: customers and vehicles are written as rows of a session alone."""

from __future__ import annotations

import ast

from tests.guards.tree import CODE_FOLDERS, ROOT, list_files

FOLLOWED = {"Customer", "Vehicle"}
PAST_THE_SESSION = {
    "insert",
    "update",
    "delete",
    "bulk_save_objects",
    "bulk_insert_mappings",
    "bulk_update_mappings",
}


def test_no_statement_writes_customers_or_vehicles_past_the_index() -> None:
    """What ``session.add`` and attributes write is followed (``booking/customers/search/keeping.py``)."""
    guilty = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in list_files(*CODE_FOLDERS, endings=(".py",))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and writes_past(node)
    ]
    assert guilty == []


def test_the_guard_sees_such_a_statement() -> None:
    for text in (
        "insert(Customer)",
        "session.execute(update(Vehicle).values(plate=''))",
        "delete(m.Customer)",
    ):
        assert any(writes_past(node) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)), (
            text
        )


def writes_past(call: ast.Call) -> bool:
    if name_of(call.func) not in PAST_THE_SESSION:
        return False
    return any(name_of(argument) in FOLLOWED for argument in call.args)


def name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
