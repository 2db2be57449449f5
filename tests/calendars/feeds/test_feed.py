"""A feed as a calendar application reads it: what it holds, its mark, its end."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import Engine, select

from app.db.session import db
from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.calendar import lock_calendar, raise_version
from app.tenancy.scope import scoped_to
from booking.appointments.operations.change_status import cancel_appointment
from booking.appointments.requests import CUSTOMER
from booking.resources.models import Occupancy
from calendars.feeds.jobs import export_feeds
from calendars.feeds.looks import Privacy
from calendars.feeds.models import FeedEvent
from tests.factories.appointments import book
from tests.factories.busy import fill_calendar
from tests.factories.feeds import make_feed, resource_id_of
from tests.factories.garages import MadeGarage, make_garage
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
EVENT_TABLES = ("appointment", "feed_event", "occupancy", "customer", "vehicle")


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        return make_garage(bays=2, technicians=2, courtesy_cars=1)


def events(text: str) -> dict[str, Any]:
    """The events of a calendar by their number, the second part of the UID."""
    calendar = Calendar.from_ical(text)
    assert isinstance(calendar, Calendar)
    return {
        str(event["uid"]).partition("@")[0].rpartition("-")[2]: event for event in calendar.walk("VEVENT")
    }


def kept_texts(garage: MadeGarage) -> list[str]:
    """The stamps of the texts that the exporter has kept."""
    with scoped_to(garage.id), reading() as session:
        return list(session.scalars(select(FeedEvent.stamp).where(FeedEvent.garage_id == garage.id)))


def test_a_workshops_feed_holds_its_visits_in_utc(
    app: Flask, client: CarefulClient, garage: MadeGarage
) -> None:
    with app.app_context():
        appointment_id = book(garage, MONDAY)
        path = make_feed(garage).path
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    event = events(answer.text)[str(appointment_id)]
    assert (event["dtstart"].dt, event["dtend"].dt) == (MONDAY, MONDAY + timedelta(minutes=45))
    assert (event["sequence"], event["status"]) == (0, "CONFIRMED")
    assert str(event["summary"]) == "Oil and filter change · GA-482-QT Peugeot 208"
    for word in ("VTIMEZONE", "TZID", "METHOD"):
        assert word not in answer.text
    for line in ("REFRESH-INTERVAL;VALUE=DURATION:PT15M", "X-PUBLISHED-TTL:PT15M", "NAME:Workshop martin"):
        assert f"\r\n{line}\r\n" in answer.text


def test_the_answer_is_private_unindexed_and_the_same_kept_or_written_afresh(
    app: Flask, client: CarefulClient, garage: MadeGarage
) -> None:
    with app.app_context():
        for days in range(3):
            book(garage, MONDAY + timedelta(days=days))
        path = make_feed(garage, privacy="full", locale="fr").path
    before = client.get(path)
    with app.app_context():
        export_feeds()
        assert len(kept_texts(garage)) == 3
    after = client.get(path)
    assert after.data == before.data
    assert after.headers["ETag"] == before.headers["ETag"]
    assert not after.headers["ETag"].startswith("W/")
    assert after.headers["Cache-Control"] == "private, no-cache"
    assert after.headers["X-Robots-Tag"] == "noindex"


def test_head_and_gzip_answer_as_get_does(app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
    with app.app_context():
        book(garage, MONDAY)
        path = make_feed(garage).path
    plain, head = client.get(path), client.head(path)
    zipped = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", plain.headers["ETag"])
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert zipped.headers["ETag"] != plain.headers["ETag"]
    headers = {"If-None-Match": zipped.headers["ETag"], "Accept-Encoding": "gzip"}
    again = client.get(path, headers=headers)
    assert (again.status_code, again.headers["ETag"]) == (304, zipped.headers["ETag"])
    weakened = {"If-None-Match": f"W/{plain.headers['ETag']}"}  # as a proxy that compresses passes it on
    assert client.get(path, headers=weakened).status_code == 304


@pytest.mark.parametrize(("resource", "shown"), [("Bay 1", 2), ("Bay 2", 1), ("Tech 1", 2), ("Car 1", 1)])
def test_a_resources_feed_holds_what_it_is_taken_for(
    app: Flask, client: CarefulClient, garage: MadeGarage, resource: str, shown: int
) -> None:
    with app.app_context():
        book(garage, MONDAY)
        book(garage, MONDAY)
        book(garage, MONDAY + timedelta(hours=2), mode="drop_off", courtesy_car=True)
        path = make_feed(garage, resource=resource).path
    assert len(events(client.get(path).text)) == shown


def test_what_was_cancelled_stays_as_cancelled_for_thirty_days_also_with_its_technician(
    app: Flask, client: CarefulClient, garage: MadeGarage, clock: MovableClock
) -> None:
    with app.app_context():
        appointment_id = book(garage, datetime(2027, 1, 18, 7, 0, tzinfo=UTC))
        paths = [make_feed(garage).path, make_feed(garage, resource="Tech 1").path]
        other = make_feed(garage, resource="Tech 2").path
        export_feeds()
        with scoped_to(garage.id), unit_of_work() as session:
            cancel_appointment(session, garage_id=garage.id, appointment_id=appointment_id, actor=CUSTOMER)
    for path in paths:
        event = events(client.get(path).text)[str(appointment_id)]
        assert (event["status"], event["sequence"]) == ("CANCELLED", 1)
    assert events(client.get(other).text) == {}
    clock.move_to(datetime(2026, 12, 31, 9, 0, tzinfo=UTC))
    assert all(len(events(client.get(path).text)) == 1 for path in paths)
    clock.move_to(datetime(2027, 1, 1, 9, 0, tzinfo=UTC))
    assert all(events(client.get(path).text) == {} for path in paths)


def test_a_request_waiting_for_approval_is_tentative(
    app: Flask, client: CarefulClient, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        garage = make_garage(rules={"approval": True})
        book(garage, MONDAY)
        path = make_feed(garage).path
    assert [event["status"] for event in events(client.get(path).text).values()] == ["TENTATIVE"]


def test_privacy_decides_what_is_told(app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
    secrets: dict[Privacy, int] = {"full": 4, "no_contact": 0, "busy": 0}
    with app.app_context():
        book(garage, MONDAY, notes="Ring twice")
        paths = {privacy: make_feed(garage, privacy=privacy).path for privacy in secrets}
    for privacy, count in secrets.items():
        text = client.get(paths[privacy]).text.replace("\r\n ", "")
        words = ("Camille Perrot", "+33639981427", "camille@perrot.example", "Ring twice")
        assert sum(word in text for word in words) == count, privacy
    busy = client.get(paths["busy"]).text.replace("\r\n ", "")
    assert "SUMMARY:Busy" in busy
    assert not [word for word in ("Peugeot", "GA-482-QT", "Oil", "Bay", "Lyon", "/desk/") if word in busy]


def test_leave_stands_in_a_technicians_feed_as_busy(
    app: Flask, client: CarefulClient, garage: MadeGarage
) -> None:
    with app.app_context():
        tech_id = resource_id_of(garage, "Tech 1")
        times = {"starts_at": MONDAY, "ends_at": MONDAY + timedelta(hours=8)}
        with scoped_to(garage.id), unit_of_work() as session:
            session.add(
                Occupancy(
                    garage_id=garage.id,
                    workshop_id=garage.workshop.id,
                    resource_id=tech_id,
                    kind="leave",
                    label="Dentist",
                    **times,
                )
            )
        paths = [make_feed(garage, resource="Tech 1", privacy=level).path for level in ("no_contact", "busy")]
    shown = [list(events(client.get(path).text).values()) for path in paths]
    assert [[str(event["summary"]) for event in row] for row in shown] == [["Dentist"], ["Busy"]]
    assert shown[0][0]["dtstart"].dt == MONDAY


def test_unchanged_is_304_and_reads_no_event(app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
    with app.app_context():
        fill_calendar(garage, 200, first_at=MONDAY)
        path = make_feed(garage).path
        engine = db.engine
    mark = client.get(path).headers["ETag"]
    with count_statements(engine) as seen:
        answer = client.get(path, headers={"If-None-Match": mark})
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", mark)
    assert (seen.count, seen.rows) == (2, 2), str(seen)
    assert not [text for text in seen.texts for table in EVENT_TABLES if f"{table}." in text]


@pytest.mark.parametrize("resource", ["", "Tech 1"])
def test_the_statements_do_not_grow_with_the_events(
    app: Flask, client: CarefulClient, garage: MadeGarage, resource: str
) -> None:
    with app.app_context():
        fill_calendar(garage, 5, first_at=MONDAY)
        path = make_feed(garage, resource=resource).path
        export_feeds()
        engine = db.engine
    client.get(path)
    few = count_of(client, path, engine, events=5)
    with app.app_context():
        fill_calendar(garage, 300, first_at=MONDAY + timedelta(days=7), first_number=5)
    assert count_of(client, path, engine, events=305) == few + 3, "what is stale is read whole"
    with app.app_context():
        with scoped_to(garage.id), unit_of_work() as session:
            raise_version(lock_calendar(session, garage.id, garage.workshop.id))
        export_feeds()
    assert count_of(client, path, engine, events=305) == few <= 8


def count_of(client: CarefulClient, path: str, engine: Engine, *, events: int) -> int:
    """The statements of one reading that must bring so many events."""
    with count_statements(engine) as seen:
        assert client.get(path).text.count("BEGIN:VEVENT") == events
    return seen.count
