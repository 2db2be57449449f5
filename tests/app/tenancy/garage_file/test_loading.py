"""Loading a garage file again: what changed is changed, what is missing archived, nothing else touched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.auth.models import Membership
from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.calendar import get_version
from app.tenancy.garage_file.report import GarageFileError
from app.tenancy.models import Garage, Workshop
from app.tenancy.queries import find_garage, list_workshops
from app.tenancy.scope import across_garages, scoped_to
from booking.catalog.models import ServiceType
from booking.catalog.queries import list_service_types
from booking.resources.models import OpeningException, Resource
from booking.resources.operations import close_range
from booking.resources.queries import get_rules, list_exceptions, list_resources
from booking.resources.requests import ClosingRequest
from notifications.planning.models import MessageRules, ReminderRule
from tests.factories.garage_files import MARTIN, MISSING, edited, load
from tests.support.databases import Database
from tests.support.statements import count_statements

pytestmark = pytest.mark.usefixtures("app_context")
SHOP = "workshop.0"
TWO_SHOPS = edited(
    (
        "workshop.1",
        {"slug": "nice", "name": "Nice", "timezone": "Europe/Paris", "hours": {"mon": ["08:00-12:00"]}},
    )
)


@pytest.fixture
def garage_id() -> Iterator[int]:
    """The garage of MARTIN, loaded, in scope."""
    made = load()
    with scoped_to(made.garage_id):
        yield made.garage_id


def rows(model: Any, garage_id: int, **columns: Any) -> list[Any]:
    with reading() as session:
        query = select(model).where(model.garage_id == garage_id).filter_by(**columns)
        return list(session.scalars(query.order_by(model.id)))


def workshop_id(garage_id: int, slug: str = "lyon") -> int:
    [row] = rows(Workshop, garage_id, slug=slug)
    return int(row.id)


def version(garage_id: int, slug: str = "lyon") -> int:
    wanted = workshop_id(garage_id, slug)
    with reading() as session:
        return get_version(session, garage_id, wanted)


def test_hours_are_stored_as_minutes(garage_id: int) -> None:
    with reading() as session:
        rules = get_rules(session, garage_id, list_workshops(session, garage_id)[0].id)
    assert rules.hours == {
        "mon": [[480, 720], [810, 1080]],
        "tue": [[480, 720], [810, 1080]],
        "sat": [[540, 1440]],
    }


def test_resources_keep_the_order_of_the_file(garage_id: int) -> None:
    with reading() as session:
        found = list_resources(session, garage_id, list_workshops(session, garage_id)[0].id)
    assert [row.name for row in found if row.kind == "bay"] == ["Pont 1", "Pont 2"]


def test_sms_go_to_the_garages_own_country_unless_told(garage_id: int) -> None:
    with reading() as session:
        rules = session.scalars(select(MessageRules).where(MessageRules.garage_id == garage_id)).one()
    assert (rules.sms_countries, rules.quiet_from, rules.quiet_until) == (["FR"], 1260, 480)


def test_a_second_load_says_that_nothing_changed(garage_id: int) -> None:
    assert load().changes == []


def test_a_second_load_writes_nothing(garage_id: int, database: Database) -> None:
    with count_statements(database.engine) as seen:
        load()
    assert [text for text in seen.texts if text.split()[0] in {"INSERT", "UPDATE", "DELETE"}] == []


def test_a_second_load_leaves_the_calendars_version(garage_id: int) -> None:
    before = version(garage_id)
    load()
    assert version(garage_id) == before


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{SHOP}.hours.mon", ["08:00-12:00"]),
        (f"{SHOP}.notice_minutes", 60),
        (f"{SHOP}.exception", []),
        (f"{SHOP}.bay.1.equipment", ["lift"]),
        (f"{SHOP}.technician.0.hours", MISSING),
        (f"{SHOP}.timezone", "Europe/Madrid"),
        ("service.0.minutes", 50),
        ("garage.energy_skills", {}),
        ("garage.country", "BE"),
    ],
)
def test_whatever_the_engine_reads_raises_the_calendars_version(
    garage_id: int, path: str, value: Any
) -> None:
    before = version(garage_id)
    load((path, value))
    assert version(garage_id) == before + 1


def test_a_change_of_staff_leaves_the_calendars_version(garage_id: int) -> None:
    before = version(garage_id)
    load(("staff.0.role", "manager"))
    assert version(garage_id) == before


def test_a_change_of_one_workshop_leaves_the_others_version(garage_id: int) -> None:
    load(text=TWO_SHOPS)
    before = version(garage_id, "nice")
    load((f"{SHOP}.notice_minutes", 60), text=TWO_SHOPS)
    assert version(garage_id, "nice") == before


def test_a_changed_service_counts_its_version_up(garage_id: int) -> None:
    load(("service.0.minutes", 50))
    assert [row.version for row in rows(ServiceType, garage_id)] == [2, 1]


def test_a_changed_name_is_taken_over(garage_id: int) -> None:
    load(("garage.name", "Chez Martin"))
    with reading() as session:
        garage = find_garage(session, "atelier-martin")
    assert garage is not None
    assert garage.name == "Chez Martin"


def test_a_service_missing_from_the_file_is_archived(garage_id: int) -> None:
    load(("service.0", MISSING))
    with reading() as session:
        found = list_service_types(session, garage_id, online_only=False)
    assert [row.code for row in found] == ["battery"]


def test_a_service_that_returns_is_the_same_row(garage_id: int) -> None:
    before = [row.id for row in rows(ServiceType, garage_id)]
    load(("service.0", MISSING))
    load()
    assert [(row.id, row.archived_at) for row in rows(ServiceType, garage_id)] == [
        (one, None) for one in before
    ]


def test_a_resource_missing_from_the_file_is_archived_and_returns(garage_id: int) -> None:
    load((f"{SHOP}.bay.1", MISSING))
    [gone] = rows(Resource, garage_id, name="Pont 2")
    load()
    [back] = rows(Resource, garage_id, name="Pont 2")
    assert (gone.archived_at is not None, back.id, back.archived_at) == (True, gone.id, None)


def test_a_bay_and_a_technician_may_share_a_name(garage_id: int) -> None:
    load((f"{SHOP}.bay.1.name", "Nadia"))
    assert sorted(row.kind for row in rows(Resource, garage_id, name="Nadia")) == ["bay", "technician"]


def test_a_workshop_missing_from_the_file_is_archived_and_returns(garage_id: int) -> None:
    load(text=TWO_SHOPS)
    load()
    with reading() as session:
        without = [row.slug for row in list_workshops(session, garage_id)]
    load(text=TWO_SHOPS)
    with reading() as session:
        again = [row.slug for row in list_workshops(session, garage_id)]
    assert (without, again) == (["lyon"], ["lyon", "nice"])


def test_exceptions_are_replaced_as_a_list(garage_id: int) -> None:
    load((f"{SHOP}.exception.0", MISSING))
    with reading() as session:
        found = list_exceptions(session, garage_id, list_workshops(session, garage_id)[0].id)
    assert [(row.first_on.isoformat(), row.hours) for row in found] == [("2026-12-31", [[480, 720]])]


def test_the_order_of_exceptions_is_kept(garage_id: int) -> None:
    assert [row.position for row in rows(OpeningException, garage_id)] == [0, 1]


def test_what_the_desk_closed_stays_and_stands_before_the_files_list(garage_id: int) -> None:
    shop, monday = workshop_id(garage_id), date(2026, 12, 28)
    with unit_of_work() as session:
        request = ClosingRequest(monday, monday)
        close_range(session, garage_id=garage_id, workshop_id=shop, request=request)
    same = load()
    load((f"{SHOP}.exception.2", {"from": "2026-12-28", "hours": ["08:00-10:00"]}))
    with reading() as session:
        found = list_exceptions(session, garage_id, shop)
    assert "exceptions changed" not in str(same)
    assert [row.position for row in found] == [0, 1, 2, 3]
    assert (found[-1].first_on, found[-1].closed, found[-1].hours) == (monday, [], [])


def test_reminders_are_replaced_as_a_list(garage_id: int) -> None:
    load((f"{SHOP}.reminder.0.hours_before", 48))
    found = rows(ReminderRule, garage_id)
    assert [(row.hours_before, row.day_before_at, row.channel) for row in found] == [
        (48, None, "sms"),
        (None, 1020, "email"),
    ]


def test_who_is_missing_from_the_staff_leaves_and_may_return(garage_id: int) -> None:
    load(("staff.0", MISSING))
    [left] = rows(Membership, garage_id)
    load()
    [back] = rows(Membership, garage_id)
    assert (left.ended_at is not None, back.ended_at) == (True, None)


def test_a_wrong_file_changes_nothing(garage_id: int) -> None:
    with pytest.raises(GarageFileError):
        load(("garage.name", "Other"), ("service.0.minutes", 3))
    assert load().changes == []


def test_another_garage_stays_as_it_is(garage_id: int) -> None:
    other = load(text=MARTIN.replace("atelier-martin", "atelier-martine")).garage_id
    load(("service.0", MISSING))
    with across_garages("the test looks at both"):
        assert [row.archived_at for row in rows(ServiceType, other)] == [None, None]


def test_what_a_load_changed_is_said(garage_id: int) -> None:
    made = load((f"{SHOP}.bay.1", MISSING), ("service.0.minutes", 50), ("garage.name", "Chez Martin"))
    assert made.changes == [
        "garage: name changed",
        "workshop lyon: bay Pont 2: archived",
        "service oil: minutes changed",
    ]


def test_the_first_load_founds_the_garage() -> None:
    made = load()
    with reading() as session:
        found = session.scalars(select(Garage.id)).all()
    assert (made.is_new, found) == (True, [made.garage_id])
