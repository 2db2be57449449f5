"""Place anyway: soft rules are passed once the desk has named them, and never a hard one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.db.unit_of_work import reading, unit_of_work
from app.errors import StaleVersionError
from app.tenancy.scope import scoped_to
from booking.appointments.history import list_history
from booking.errors import InTheWayError, SlotTakenError, SoftRulesError
from booking.resources.models import Occupancy
from booking.resources.queries import list_resources
from tests.factories.appointments import book
from tests.factories.closings import conflicts, resource_id
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.holds import hold
from tests.factories.moves import move_desk, move_online, undo_last
from tests.factories.steps import view_of
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EVENING = MONDAY + 11 * HOUR
NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(NOW)
    return make_garage(technicians=2)


def send_on_leave(garage: MadeGarage, name: str, *, since: datetime = MONDAY) -> int:
    """The technician is away all Monday, or from ``since`` on; returns who it is."""
    with scoped_to(garage.id), unit_of_work() as session:
        rows = list_resources(session, garage.id, garage.workshop.id)
        person = next(row.id for row in rows if row.name == name)
        keys = {"garage_id": garage.id, "workshop_id": garage.workshop.id, "resource_id": person}
        session.add(Occupancy(**keys, kind="leave", starts_at=since, ends_at=MONDAY + 12 * HOUR))
    return person


RULES_OF_ARRIVAL: list[tuple[dict[str, int], datetime, str]] = [
    ({}, MONDAY + 35 * MINUTE, "no_slot_time"),
    ({"drop_off_until": 600}, MONDAY + 3 * HOUR, "drop_off_time"),
    ({"horizon_days": 10}, MONDAY + 7 * DAY, "horizon"),
    ({"notice_minutes": 1440}, MONDAY - 6 * DAY + 2 * HOUR, "notice"),
    ({"arrivals_per_slot": 1}, MONDAY + 2 * HOUR, "reception"),
    ({}, MONDAY + DAY, "cap"),
    ({"online_share": 13}, MONDAY + 2 * DAY, "online_share"),
]
"""What the workshop asks for, an arrival that breaks this alone, and its name; now is Tuesday 9:00."""


@pytest.mark.parametrize(("rules", "arrives_at", "rule"), RULES_OF_ARRIVAL, ids=str)
def test_each_rule_of_the_arrival_is_asked_agreed_and_written_down(
    app_context: Flask, clock: MovableClock, rules: dict[str, int], arrives_at: datetime, rule: str
) -> None:
    clock.move_to(NOW)
    garage, number = make_full_garage(rules)
    with pytest.raises(SoftRulesError) as refusal:
        move_desk(garage, number, arrives_at)
    assert refusal.value.passed == (rule,)
    assert (view_of(garage, number).appointment.arrives_at, passed_of(garage, number)) == (MONDAY, [])
    with pytest.raises(SlotTakenError) as online:
        move_online(garage, number, arrives_at)
    assert online.value.reason == rule
    move_desk(garage, number, arrives_at, anyway=(rule,))
    assert view_of(garage, number).appointment.arrives_at == arrives_at
    assert passed_of(garage, number) == [rule]
    assert conflicts(garage) == {}


def make_full_garage(rules: dict[str, int]) -> tuple[MadeGarage, int]:
    """Two technicians; one visit on Monday at 8:00 that is to be moved, others in the way of rules."""
    services = [{"max_per_day": 1}, {"code": "check", "max_per_day": 0}, {"code": "long", "minutes": 120}]
    garage = make_garage(bays=2, technicians=2, rules=rules, services=services)
    number = book(garage, MONDAY, mode="drop_off")
    book(garage, MONDAY + 2 * HOUR, services=("check",), source="desk")
    book(garage, MONDAY + DAY, source="desk")
    book(garage, MONDAY + 2 * DAY, services=("long",))
    return garage, number


def test_rules_are_asked_together_and_every_one_has_to_be_named(
    app_context: Flask, clock: MovableClock
) -> None:
    clock.move_to(NOW)
    garage, number = make_full_garage({"drop_off_until": 600})
    arrives_at = MONDAY + DAY + 10 * HOUR - 5 * MINUTE
    asked = ("closed", "no_slot_time", "drop_off_time", "cap")
    for named in ((), *(tuple(set(asked) - {each}) for each in asked)):
        with pytest.raises(SoftRulesError) as refusal:
            move_desk(garage, number, arrives_at, anyway=named)
        assert refusal.value.passed == asked
    move_desk(garage, number, arrives_at, anyway=asked)
    assert passed_of(garage, number) == list(asked)


def test_what_the_move_does_not_break_further_is_not_asked(app_context: Flask, clock: MovableClock) -> None:
    """Another bay asks nothing about the arrival; a later one no notice; the same day no cap."""
    clock.move_to(NOW)
    garage, number = make_full_garage({"notice_minutes": 60})
    odd, on_grid = MONDAY + DAY + 65 * MINUTE, MONDAY + DAY + 2 * HOUR
    move_desk(garage, number, odd, anyway=("no_slot_time", "cap"))
    there = view_of(garage, number).place("bay")
    other = resource_id(garage, "Bay 2" if there and there.name == "Bay 1" else "Bay 1")
    with clock.at(odd - 5 * MINUTE):
        move_desk(garage, number, odd, bay_id=other)
        moved = view_of(garage, number)
        assert (moved.appointment.arrives_at, moved.appointment.version) == (odd, 3)
        assert passed_of(garage, number) == []
    with clock.at(on_grid - 5 * MINUTE):
        move_desk(garage, number, on_grid)
        assert passed_of(garage, number) == []
        with pytest.raises(SoftRulesError) as refusal:
            move_desk(garage, number, on_grid - 30 * MINUTE)
    assert refusal.value.passed == ("notice",)


def test_the_share_for_online_bookings_is_no_matter_of_a_visit_booked_by_phone(
    app_context: Flask, clock: MovableClock
) -> None:
    clock.move_to(NOW)
    garage, _ = make_full_garage({"online_share": 13})
    by_phone = book(garage, MONDAY + 3 * HOUR, services=("check",), source="desk")
    move_desk(garage, by_phone, MONDAY + 2 * DAY)
    assert passed_of(garage, by_phone) == []


def test_what_somebody_is_just_booking_online_is_said_with_its_end(
    garage: MadeGarage, clock: MovableClock
) -> None:
    number = book(garage, MONDAY)
    bay, technician = resource_id(garage, "Bay 1"), resource_id(garage, "Tech 1")
    with clock.at(NOW):
        assert hold(garage, MONDAY + 2 * HOUR)
        with pytest.raises(InTheWayError) as refusal:
            move_desk(garage, number, MONDAY + 2 * HOUR, bay_id=bay)
    assert (refusal.value.held_until, refusal.value.plate) == (NOW + 10 * MINUTE, "")
    with clock.at(NOW + 10 * MINUTE):
        move_desk(garage, number, MONDAY + 2 * HOUR, bay_id=bay, technician_id=technician)
    assert view_of(garage, number).appointment.arrives_at == MONDAY + 2 * HOUR


def test_a_rule_that_would_be_passed_only_because_of_a_hold_is_asked_with_its_end(
    app_context: Flask, clock: MovableClock
) -> None:
    clock.move_to(NOW)
    garage = make_garage(bays=2, technicians=2)
    number = book(garage, MONDAY)
    send_on_leave(garage, "Tech 2", since=MONDAY + 2 * HOUR)
    with clock.at(NOW):
        assert hold(garage, MONDAY + 2 * HOUR)
        with pytest.raises(SoftRulesError) as refusal:
            move_desk(garage, number, MONDAY + 2 * HOUR)
    assert (refusal.value.passed, refusal.value.held_until) == (("leave",), NOW + 10 * MINUTE)


def test_a_move_undone_back_to_an_agreed_place_leaves_it_agreed(garage: MadeGarage) -> None:
    number = book(garage, MONDAY)
    move_desk(garage, number, EVENING, anyway=("closed",))
    move_desk(garage, number, MONDAY + HOUR)
    undo_last(garage, number)
    assert view_of(garage, number).appointment.arrives_at == EVENING
    assert conflicts(garage) == {}


def passed_of(garage: MadeGarage, number: int) -> list[str]:
    with scoped_to(garage.id), reading() as session:
        return list_history(session, garage.id, number)[0].passed


def test_a_closed_hour_is_refused_by_name_and_taken_once_it_is_named(garage: MadeGarage) -> None:
    number = book(garage, MONDAY)
    with pytest.raises(SoftRulesError) as refusal:
        move_desk(garage, number, EVENING)
    assert refusal.value.passed == ("closed",)
    assert view_of(garage, number).appointment.arrives_at == MONDAY
    move_desk(garage, number, EVENING, anyway=refusal.value.passed)
    moved = view_of(garage, number)
    assert {place.starts_at for place in moved.places} == {EVENING}
    assert passed_of(garage, number) == ["closed"]


def test_who_is_on_leave_works_once_the_desk_has_said_so(garage: MadeGarage) -> None:
    number = book(garage, MONDAY + timedelta(days=1))
    person = send_on_leave(garage, "Tech 2")
    with pytest.raises(SoftRulesError) as refusal:
        move_desk(garage, number, MONDAY, technician_id=person)
    assert refusal.value.passed == ("leave",)
    move_desk(garage, number, MONDAY, technician_id=person, anyway=("leave",))
    assert passed_of(garage, number) == ["leave"]


def test_naming_other_rules_than_those_in_the_way_is_not_enough(garage: MadeGarage) -> None:
    number = book(garage, MONDAY)
    with pytest.raises(SoftRulesError):
        move_desk(garage, number, EVENING, anyway=("leave", "skill", "nonsense"))


def test_a_place_within_the_rules_passes_none_whatever_is_named(garage: MadeGarage) -> None:
    number = book(garage, MONDAY)
    move_desk(garage, number, MONDAY + timedelta(hours=1), anyway=("closed",))
    assert passed_of(garage, number) == []


def test_another_car_is_never_passed(garage: MadeGarage) -> None:
    first, second = book(garage, MONDAY), book(garage, MONDAY + timedelta(hours=1))
    move_desk(garage, first, EVENING, anyway=("closed",))
    with pytest.raises(InTheWayError) as refusal:
        move_desk(garage, second, EVENING + timedelta(minutes=30), anyway=("closed", "leave", "equipment"))
    assert not isinstance(refusal.value, SoftRulesError)


def test_the_version_counts_as_for_any_move(garage: MadeGarage) -> None:
    number = book(garage, MONDAY)
    move_desk(garage, number, MONDAY + timedelta(hours=1))
    with pytest.raises(StaleVersionError):
        move_desk(garage, number, EVENING, version=1, anyway=("closed",))


def test_it_is_undone_like_any_move(garage: MadeGarage) -> None:
    number = book(garage, MONDAY)
    move_desk(garage, number, EVENING, anyway=("closed",))
    undo_last(garage, number)
    assert view_of(garage, number).appointment.arrives_at == MONDAY
