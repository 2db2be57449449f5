"""A file loaded over what was set at the desk: refused with both lists, unless it is told to go over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.commands import load_text
from app.tenancy.garage_file.report import SetAtDeskError
from app.tenancy.queries import list_workshops
from app.tenancy.scope import scoped_to
from app.tenancy.set_up_log import list_latest_changes
from booking.resources.changes import add_resource
from booking.resources.queries import list_resources
from booking.resources.rule_changes import change_rules
from tests.factories.garage_files import MARTIN, load

pytestmark = pytest.mark.usefixtures("app_context")


@pytest.fixture
def garage_id() -> Iterator[int]:
    """The garage of MARTIN, loaded, in scope."""
    made = load()
    with scoped_to(made.garage_id):
        yield made.garage_id


def add_bay(garage_id: int, name: str) -> None:
    with unit_of_work() as session:
        add_resource(
            session,
            garage_id=garage_id,
            workshop_id=list_workshops(session, garage_id)[0].id,
            kind="bay",
            values={"name": name, "equipment": []},
            user_id=None,
        )


def bays(garage_id: int) -> list[str]:
    with reading() as session:
        rows = list_resources(session, garage_id, list_workshops(session, garage_id)[0].id)
    return [row.name for row in rows if row.kind == "bay"]


def test_a_file_that_would_undo_the_desk_is_refused_with_both_lists(garage_id: int) -> None:
    before = bays(garage_id)
    add_bay(garage_id, "Pont 9")
    with pytest.raises(SetAtDeskError) as refusal:
        load()
    told = "\n".join(refusal.value.problems)
    assert "lyon: bay Pont 9 added" in told
    assert "workshop lyon: bay Pont 9: archived" in told
    assert "--over-desk" in told
    assert bays(garage_id) == [*before, "Pont 9"]


def test_it_goes_over_the_desk_when_told_and_is_not_refused_again(garage_id: int) -> None:
    before = bays(garage_id)
    add_bay(garage_id, "Pont 9")
    assert load_text(MARTIN, over_desk=True).changes
    assert bays(garage_id) == before
    assert load(("workshop.0.slot_minutes", 15)).changes


def test_a_file_that_changes_nothing_is_never_refused(garage_id: int) -> None:
    with unit_of_work() as session:
        shop = list_workshops(session, garage_id)[0].id
        change_rules(
            session, garage_id=garage_id, workshop_id=shop, version=1, values={"slot_minutes": 15}, user_id=1
        )
    assert load(("workshop.0.slot_minutes", 15)).changes == []


def test_what_is_stored_as_it_was_leaves_no_line(garage_id: int) -> None:
    with unit_of_work() as session:
        shop = list_workshops(session, garage_id)[0].id
        change_rules(
            session, garage_id=garage_id, workshop_id=shop, version=1, values={"slot_minutes": 30}, user_id=1
        )
    with reading() as session:
        assert list_latest_changes(session, garage_id, limit=9) == []


def test_the_command_says_both_and_takes_the_word(app: Flask, garage_id: int, tmp_path: Path) -> None:
    add_bay(garage_id, "Pont 9")
    file = tmp_path / "martin.toml"
    file.write_text(MARTIN, encoding="utf-8")
    refused = app.test_cli_runner().invoke(args=["garage", "load", str(file)])
    assert refused.exit_code == 1
    assert "bay Pont 9 added" in refused.output
    taken = app.test_cli_runner().invoke(args=["garage", "load", str(file), "--over-desk"])
    assert (taken.exit_code, "bay Pont 9: archived" in taken.output) == (0, True)
