"""One appointment as a calendar file, read back with the library and by eye."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.life_cycle import Status
from booking.appointments.operations.change_status import change_status
from booking.appointments.requests import SYSTEM
from tests.factories.appointments import book, manage_token
from tests.factories.garages import MadeGarage, make_garage
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
ARRIVAL = datetime(2026, 11, 24, 8, tzinfo=UTC)


class Kept:
    """An appointment and its file."""

    def __init__(self, client: CarefulClient, garage: MadeGarage) -> None:
        self.client, self.garage = client, garage
        with client.application.app_context():
            self.appointment_id = book(garage, ARRIVAL)
            self.page = f"/a/{manage_token(garage, self.appointment_id)}"

    def text(self, query: str = "") -> str:
        answer = self.client.get(f"{self.page}.ics{query}")
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def event(self, query: str = "") -> Any:
        (event,) = Calendar.from_ical(self.text(query)).walk("VEVENT")
        return event

    def move(self, *targets: Status) -> None:
        with self.client.application.app_context(), scoped_to(self.garage.id):
            for target in targets:
                with unit_of_work() as session:
                    change_status(
                        session,
                        garage_id=self.garage.id,
                        appointment_id=self.appointment_id,
                        target=target,
                        actor=SYSTEM,
                    )


@pytest.fixture
def kept(client: CarefulClient, app: Flask, clock: MovableClock) -> Kept:
    clock.move_to(NOW)
    with app.app_context():
        garage = make_garage()
    return Kept(client, garage)


def test_it_is_a_calendar_file(kept: Kept) -> None:
    answer = kept.client.get(f"{kept.page}.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="[0-9A-Z]{6}\.ics"', answer.headers["Content-Disposition"])
    assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("no-store", "noindex")


def test_it_runs_from_arrival_to_ready_in_utc(kept: Kept) -> None:
    text = kept.text()
    assert "DTSTART:20261124T080000Z\r\n" in text
    assert "DTEND:20261124T084500Z\r\n" in text
    assert "TZID" not in text
    assert "VTIMEZONE" not in text


def test_it_is_no_invitation(kept: Kept) -> None:
    assert "METHOD" not in kept.text()


def test_it_tells_what_where_and_how_to_change_it(kept: Kept) -> None:
    event = kept.event("?lang=en")
    assert event["SUMMARY"] == "Workshop martin: Oil and filter change"
    assert event["LOCATION"] == "Workshop martin, 12 rue de la Part-Dieu, 69003 Lyon"
    assert f"See or cancel: http://127.0.0.1:8000{kept.page}" in event["DESCRIPTION"]
    assert "{link}" not in event["DESCRIPTION"]
    assert "GA-482-QT Peugeot 208" in event["DESCRIPTION"]


def test_it_speaks_the_customers_language(kept: Kept) -> None:
    assert "Vidange et filtre" in kept.event()["SUMMARY"]


def test_the_event_is_the_same_one_after_a_change(kept: Kept) -> None:
    before = kept.event()
    kept.move(Status.ARRIVED)
    after = kept.event()
    assert (before["UID"], before["SEQUENCE"]) == (after["UID"], 0)
    assert after["SEQUENCE"] == 1


def test_two_appointments_are_two_events(kept: Kept) -> None:
    with kept.client.application.app_context():
        later = book(kept.garage, ARRIVAL + timedelta(hours=1))
        page = f"/a/{manage_token(kept.garage, later)}"
    (other,) = Calendar.from_ical(kept.client.get(f"{page}.ics").data).walk("VEVENT")
    assert other["UID"] != kept.event()["UID"]


def test_the_stamp_moves_with_the_last_change_only(kept: Kept, clock: MovableClock) -> None:
    first = kept.text()
    clock.advance(hours=1)
    assert kept.text() == first
    kept.move(Status.ARRIVED)
    changed = kept.event()
    assert changed["DTSTAMP"].dt == changed["LAST-MODIFIED"].dt
    assert changed["DTSTAMP"].dt >= NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("targets", "status"),
    [
        ((), "CONFIRMED"),
        ((Status.IN_PROGRESS, Status.READY), "CONFIRMED"),
        ((Status.CANCELLED,), "CANCELLED"),
        ((Status.NO_SHOW,), "CANCELLED"),
    ],
)
def test_the_status_follows_the_life_of_the_appointment(
    kept: Kept, clock: MovableClock, targets: tuple[Status, ...], status: str
) -> None:
    clock.move_to(ARRIVAL)
    kept.move(*targets)
    assert kept.event()["STATUS"] == status


def test_a_request_is_tentative(kept: Kept) -> None:
    with kept.client.application.app_context():
        careful = make_garage(slug="careful", rules={"approval": True})
    assert Kept(kept.client, careful).event()["STATUS"] == "TENTATIVE"


def test_lines_are_folded_and_end_as_they_should(kept: Kept) -> None:
    lines = kept.client.get(f"{kept.page}.ics").data.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert not any(b"\n" in line for line in lines)


def test_an_unknown_link_has_no_file(client: CarefulClient) -> None:
    assert client.get(f"/a/{'a' * 22}.ics").status_code == 404
