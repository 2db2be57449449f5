"""Moving: the new place or the old one, under the rules of who moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.db.session import db
from app.db.unit_of_work import reading, unit_of_work
from app.errors import StaleVersionError
from app.events import subscribe
from app.tenancy.calendar import get_version
from app.tenancy.scope import scoped_to
from booking.appointments.history import list_history
from booking.appointments.life_cycle import LIVE, Status
from booking.appointments.models import Appointment
from booking.appointments.operations.change_status import cancel_appointment
from booking.appointments.requests import CUSTOMER
from booking.catalog.models import ServiceType
from booking.errors import InTheWayError, MoveNotAllowedError, SlotTakenError, TooLateToCancelError
from booking.events import AppointmentMoved
from tests.factories.appointments import PEUGEOT, book
from tests.factories.closings import resource_id
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.moves import move_desk, move_online
from tests.factories.steps import put_in, view_of
from tests.support.clock import MovableClock
from tests.support.statements import count_statements

MONDAY_EIGHT = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
MONDAY_NINE = MONDAY_EIGHT + timedelta(hours=1)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    return make_garage(rules={"cancel_until_minutes": 240, "notice_minutes": 120, "horizon_days": 30})


def test_the_visit_has_its_new_place_and_the_old_one_is_free(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    move_online(garage, appointment_id, MONDAY_NINE)
    moved = view_of(garage, appointment_id)
    assert (moved.appointment.arrives_at, moved.appointment.work_starts_at) == (MONDAY_NINE, MONDAY_NINE)
    assert {place.starts_at for place in moved.places} == {MONDAY_NINE}
    assert len(moved.places) == 2
    assert book(garage, MONDAY_EIGHT) != appointment_id


def test_rules_are_read_under_the_lock(garage: MadeGarage) -> None:
    """Read before it, they would be those from before the change that the move had to wait for."""
    appointment_id = book(garage, MONDAY_EIGHT)
    with count_statements(db.engine) as ran:
        move_online(garage, appointment_id, MONDAY_NINE)
    first = {
        table: next(number for number, text in enumerate(ran.texts) if f"FROM {table}" in text)
        for table in ("workshop_calendar", "workshop_rules")
    }
    assert first["workshop_calendar"] < first["workshop_rules"]


def test_all_but_the_time_stays(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY_EIGHT, notes="squeaks")
    before = view_of(garage, appointment_id)
    kept = ("reference", "status", "mode", "source", "work_minutes", "courtesy_car", "vehicle_class", "notes")
    values = [getattr(before.appointment, name) for name in kept]
    move_online(garage, appointment_id, MONDAY_NINE)
    after = view_of(garage, appointment_id)
    assert [getattr(after.appointment, name) for name in kept] == values
    assert after.lines == before.lines


def test_a_move_leaves_a_line_and_raises_both_versions(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    with scoped_to(garage.id), reading() as session:
        before = get_version(session, garage.id, garage.workshop.id)
    move_online(garage, appointment_id, MONDAY_NINE)
    with scoped_to(garage.id), reading() as session:
        line = list_history(session, garage.id, appointment_id)[0]
        assert get_version(session, garage.id, garage.workshop.id) == before + 1
    assert (line.kind, line.actor) == ("moved", "customer")
    assert (line.detail["from"], line.detail["to"]) == (MONDAY_EIGHT.isoformat(), MONDAY_NINE.isoformat())
    assert view_of(garage, appointment_id).appointment.version == 2


def test_a_move_is_told_with_both_times(garage: MadeGarage) -> None:
    told: list[AppointmentMoved] = []
    subscribe(AppointmentMoved, told.append)
    appointment_id = book(garage, MONDAY_EIGHT)
    move_online(garage, appointment_id, MONDAY_NINE)
    assert [(event.from_arrives_at, event.to_arrives_at) for event in told] == [(MONDAY_EIGHT, MONDAY_NINE)]


def test_the_same_time_changes_nothing(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    move_online(garage, appointment_id, MONDAY_EIGHT)
    move_desk(garage, appointment_id, MONDAY_EIGHT)
    assert view_of(garage, appointment_id).appointment.version == 1


def test_a_visit_may_move_into_the_time_it_takes_itself(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    move_online(garage, appointment_id, MONDAY_EIGHT + timedelta(minutes=30))
    assert view_of(garage, appointment_id).appointment.arrives_at == MONDAY_EIGHT + timedelta(minutes=30)


def test_a_refused_move_leaves_the_old_place(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    book(garage, MONDAY_NINE)
    before = view_of(garage, appointment_id)
    with pytest.raises(SlotTakenError):
        move_online(garage, appointment_id, MONDAY_NINE)
    after = view_of(garage, appointment_id)
    assert (after.places, after.appointment.version) == (before.places, 1)


@pytest.mark.parametrize(
    "arrives_at",
    [
        MONDAY_EIGHT + timedelta(minutes=5),
        MONDAY_EIGHT + timedelta(seconds=1),
        MONDAY_EIGHT - timedelta(hours=4),
        MONDAY_EIGHT + timedelta(days=60),
        datetime(2026, 12, 1, 9, 0, tzinfo=UTC),
        datetime(2026, 11, 30, 9, 0, tzinfo=UTC),
    ],
    ids=["off the grid", "not a whole minute", "closed", "past the horizon", "too soon", "past"],
)
def test_online_the_new_time_obeys_the_rules(garage: MadeGarage, arrives_at: datetime) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    with pytest.raises(SlotTakenError):
        move_online(garage, appointment_id, arrives_at)


def test_the_own_visit_counts_neither_at_reception_nor_in_the_share(
    app_context: Flask, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    garage = make_garage(bays=2, technicians=1, rules={"online_share": 9, "arrivals_per_slot": 1})
    appointment_id = book(garage, MONDAY_EIGHT)
    move_online(garage, appointment_id, MONDAY_NINE)
    assert view_of(garage, appointment_id).appointment.arrives_at == MONDAY_NINE


def test_what_was_agreed_stands_though_the_catalogue_has_changed(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    with scoped_to(garage.id), unit_of_work() as session:
        changes = {"minutes": 90, "modes": ["drop_off"], "online": False, "archived_at": MONDAY_EIGHT}
        session.execute(update(ServiceType).where(ServiceType.garage_id == garage.id).values(changes))
    move_online(garage, appointment_id, MONDAY_NINE)
    moved = view_of(garage, appointment_id).appointment
    assert moved.work_ends_at == MONDAY_NINE + timedelta(minutes=45)


def test_past_the_limit_the_customer_is_referred_to_the_phone(
    garage: MadeGarage, clock: MovableClock
) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    with clock.at(MONDAY_EIGHT - timedelta(minutes=240)):
        move_online(garage, appointment_id, MONDAY_NINE)
    with (
        clock.at(MONDAY_NINE - timedelta(minutes=239, seconds=59)),
        pytest.raises(TooLateToCancelError) as late,
    ):
        move_online(garage, appointment_id, MONDAY_EIGHT + timedelta(days=1))
    assert late.value.phone == "+33472000000"


@pytest.mark.parametrize("status", [status for status in Status if status not in {"requested", "confirmed"}])
def test_from_arrival_on_no_customer_moves_it(garage: MadeGarage, status: Status) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    put_in(garage, appointment_id, status=status.value)
    with pytest.raises(TooLateToCancelError):
        move_online(garage, appointment_id, MONDAY_NINE)


@pytest.mark.parametrize(
    "status", [status for status in Status if status not in {"requested", "confirmed", "arrived"}]
)
def test_once_its_work_has_begun_nobody_moves_it(garage: MadeGarage, status: Status) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    put_in(garage, appointment_id, status=status.value)
    with pytest.raises(MoveNotAllowedError):
        move_desk(garage, appointment_id, MONDAY_NINE)


def test_a_request_stays_a_request_and_has_its_time_to_be_decided(
    app_context: Flask, clock: MovableClock
) -> None:
    made_at = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    clock.move_to(made_at)
    garage = make_garage(rules={"approval": True})
    appointment_id = book(garage, datetime(2026, 12, 1, 12, 30, tzinfo=UTC))
    with clock.at(made_at + timedelta(hours=1)):
        move_online(garage, appointment_id, MONDAY_EIGHT)
    moved = view_of(garage, appointment_id).appointment
    assert (moved.status, moved.expires_at) == ("requested", made_at + timedelta(hours=25))


def test_the_desk_may_name_bay_and_technician(app_context: Flask, clock: MovableClock) -> None:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    garage = make_garage(bays=3, technicians=3)
    appointment_id = book(garage, MONDAY_EIGHT)
    bay_id, technician_id = resource_id(garage, "Bay 3"), resource_id(garage, "Tech 2")
    move_desk(garage, appointment_id, MONDAY_EIGHT, bay_id=bay_id, technician_id=technician_id)
    moved = view_of(garage, appointment_id)
    assert [moved.place(kind).name for kind in ("bay", "technician")] == ["Bay 3", "Tech 2"]  # type: ignore[union-attr]  # both are there


def test_the_desk_is_told_which_car_is_in_the_way(app_context: Flask, clock: MovableClock) -> None:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    garage = make_garage(bays=2, technicians=3)
    appointment_id = book(garage, MONDAY_EIGHT)
    other = book(garage, MONDAY_NINE, vehicle=PEUGEOT.__class__(plate="EK23MSJ", country="GB"))
    bay = view_of(garage, other).place("bay")
    assert bay is not None
    with pytest.raises(InTheWayError) as refusal:
        move_desk(garage, appointment_id, MONDAY_NINE, bay_id=bay.resource_id)
    assert (refusal.value.plate, refusal.value.place) == ("EK23 MSJ", bay.name)
    assert view_of(garage, appointment_id).appointment.arrives_at == MONDAY_EIGHT


def test_the_desk_is_refused_a_closed_hour_without_a_name(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    with pytest.raises(InTheWayError) as refusal:
        move_desk(garage, appointment_id, MONDAY_EIGHT - timedelta(hours=3))
    assert (refusal.value.plate, refusal.value.reason) == ("", "closed")


def test_the_second_of_two_desks_gets_a_conflict(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    move_desk(garage, appointment_id, MONDAY_NINE, version=1)
    with pytest.raises(StaleVersionError):
        move_desk(garage, appointment_id, MONDAY_EIGHT, version=1)


def test_a_customer_cannot_move_what_is_cancelled(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    with scoped_to(garage.id), unit_of_work() as session:
        cancel_appointment(session, garage_id=garage.id, appointment_id=appointment_id, actor=CUSTOMER)
    with pytest.raises(TooLateToCancelError):
        move_online(garage, appointment_id, MONDAY_NINE)


def test_a_hundred_random_moves_keep_everything_in_its_place(garage: MadeGarage) -> None:
    """Two visits on one bay, moved about: never an overlap, never a row too many or too few."""
    ids = [book(garage, MONDAY_EIGHT), book(garage, MONDAY_NINE)]
    refused = 0
    for number in range(100):
        target = MONDAY_EIGHT + timedelta(minutes=30 * (number * 7 % 6))
        try:
            move_online(garage, ids[number % 2], target)
        except SlotTakenError:
            refused += 1
        first, second = (view_of(garage, each) for each in ids)
        spans = sorted((place.starts_at, place.ends_at) for place in (*first.places, *second.places))
        assert len(spans) == 4
        assert spans[0][1] <= spans[2][0]
    assert 0 < refused < 100
    with scoped_to(garage.id), reading() as session:
        live = select(Appointment.id).where(Appointment.garage_id == garage.id, Appointment.status.in_(LIVE))
        assert sorted(session.scalars(live)) == sorted(ids)
