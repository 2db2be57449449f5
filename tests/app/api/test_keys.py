"""The hash by which two bodies are told to be one."""

from __future__ import annotations

from app.api.keys import hash_body


def test_the_order_of_members_makes_no_difference() -> None:
    assert hash_body({"a": 1, "b": {"c": 2, "d": 3}}, scope="x") == hash_body(
        {"b": {"d": 3, "c": 2}, "a": 1}, scope="x"
    )


def test_another_value_makes_another_hash() -> None:
    assert hash_body({"a": 1}, scope="x") != hash_body({"a": 2}, scope="x")


def test_the_order_of_a_list_makes_a_difference() -> None:
    assert hash_body({"a": [1, 2]}, scope="x") != hash_body({"a": [2, 1]}, scope="x")


def test_another_scope_makes_another_hash() -> None:
    assert hash_body({"a": 1}, scope="x") != hash_body({"a": 1}, scope="y")
