"""What changes a feed: everything it shows gives it another mark and another text; its end ends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.db.session import db
from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.queries import get_workshop
from app.tenancy.scope import scoped_to
from booking.appointments.life_cycle import Status
from booking.customers.operations import VehicleDetails
from calendars.feeds.jobs import export_feeds, forget_feed_texts
from calendars.feeds.models import Feed, FeedEvent
from calendars.feeds.operations import revoke_feed, rotate_feed
from tests.factories.appointments import book, plan_later
from tests.factories.feeds import MadeFeed, feed_path, make_feed
from tests.factories.garage_files import load
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.moves import move_desk
from tests.factories.steps import cancel, step
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
"""Monday, 8 o'clock at the workshop."""


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        return make_garage(bays=2, technicians=2)


@pytest.fixture
def feed(app: Flask, garage: MadeGarage) -> MadeFeed:
    with app.app_context():
        return make_feed(garage, privacy="full")


def book_again_with_another_model(garage: MadeGarage, _appointment_id: int) -> None:
    book(
        garage,
        MONDAY + timedelta(days=1),
        vehicle=VehicleDetails(plate="GA482QT", make="Peugeot", model="308"),
    )


CHANGES: dict[str, tuple[Callable[[MadeGarage, int], object], str]] = {
    "booked": (lambda garage, _: book(garage, MONDAY + timedelta(days=2)), "DTSTART:20261209T070000Z"),
    "arrived": (lambda garage, visit: step(garage, visit, Status.ARRIVED), "SEQUENCE:1"),
    "no-show": (lambda garage, visit: step(garage, visit, Status.NO_SHOW), "STATUS:CANCELLED"),
    "cancelled": (cancel, "STATUS:CANCELLED"),
    "another car": (book_again_with_another_model, "308"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_feed_shows_changes_its_mark_and_text(
    app: Flask, client: CarefulClient, garage: MadeGarage, feed: MadeFeed, clock: MovableClock, change: str
) -> None:
    make, word = CHANGES[change]
    with app.app_context():
        appointment_id = book(garage, MONDAY)
        clock.move_to(MONDAY)
        export_feeds()
    before = client.get(feed.path)
    assert word not in before.text
    with app.app_context():
        make(garage, appointment_id)
    after = client.get(feed.path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert word in after.text.replace("\r\n ", "")
    with app.app_context():
        export_feeds()
    assert client.get(feed.path).data == after.data


@pytest.mark.parametrize(
    ("path", "name"), [("service.0.name.en", "Lubrication"), ("workshop.0.name", "Martin of Lyon")]
)
def test_a_new_name_in_the_garage_file_changes_its_mark_and_text(
    app: Flask, client: CarefulClient, clock: MovableClock, path: str, name: str
) -> None:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        garage = loaded_garage()
        book(garage, MONDAY)
        feed = make_feed(garage)
        export_feeds()
    before = client.get(feed.path)
    assert name not in before.text
    with app.app_context():
        load((path, name))
    after = client.get(feed.path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    [_, event] = after.text.split("BEGIN:VEVENT")
    assert name in event.replace("\r\n ", "")


def loaded_garage() -> MadeGarage:
    made = load()
    with scoped_to(made.garage_id), reading() as session:
        return MadeGarage(made.garage_id, made.slug, get_workshop(session, made.garage_id, "lyon"))


def test_the_mark_changes_at_the_workshops_midnight(
    app: Flask, client: CarefulClient, garage: MadeGarage, feed: MadeFeed, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 12, 1, 22, 59, tzinfo=UTC))
    before = client.get(feed.path).headers["ETag"]
    clock.move_to(datetime(2026, 12, 1, 23, 1, tzinfo=UTC))
    assert client.get(feed.path, headers={"If-None-Match": before}).status_code == 200


def test_a_new_address_closes_the_old_one_and_has_another_mark(
    app: Flask, client: CarefulClient, garage: MadeGarage, feed: MadeFeed
) -> None:
    before = client.get(feed.path).headers["ETag"]
    with app.app_context():
        with scoped_to(garage.id), unit_of_work() as session:
            rotate_feed(session, garage_id=garage.id, feed_id=feed.id)
        path = feed_path(garage, feed.id)
    assert client.get(feed.path).status_code == 404
    after = client.get(path, headers={"If-None-Match": before})
    assert (after.status_code, after.headers["ETag"] == before) == (200, False)


def test_a_revoked_feed_opens_nothing(
    app: Flask, client: CarefulClient, garage: MadeGarage, feed: MadeFeed
) -> None:
    mark = client.get(feed.path).headers["ETag"]
    with app.app_context(), scoped_to(garage.id), unit_of_work() as session:
        revoke_feed(session, garage_id=garage.id, feed_id=feed.id)
    assert client.get(feed.path, headers={"If-None-Match": mark}).status_code == 404


def test_the_feed_of_a_technician_who_has_left_opens_nothing(
    app: Flask, client: CarefulClient, clock: MovableClock
) -> None:
    with app.app_context():
        garage = loaded_garage()
        path = make_feed(garage, resource="Nadia").path
    assert client.get(path).status_code == 200
    with app.app_context():
        load(("workshop.0.technician.0.name", "Marc"))
    assert client.get(path).status_code == 404


def test_the_last_fetch_is_noted_once_in_fifteen_minutes(
    app: Flask, client: CarefulClient, garage: MadeGarage, feed: MadeFeed, clock: MovableClock
) -> None:
    noted = []
    start = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    for minutes in (0, 14, 16):
        clock.move_to(start + timedelta(minutes=minutes))
        client.get(feed.path)
        with app.app_context(), scoped_to(garage.id), reading() as session:
            row = session.scalars(select(Feed).where(Feed.garage_id == garage.id)).one()
            assert row.fetched_at is not None
            noted.append((row.fetched_at - start) // timedelta(minutes=1))
    assert noted == [0, 0, 16]


def test_a_second_export_finds_nothing_to_do(app: Flask, garage: MadeGarage, feed: MadeFeed) -> None:
    with app.app_context():
        book(garage, MONDAY)
        export_feeds()
        with count_statements(db.engine) as seen:
            export_feeds()
    assert seen.count == 1, str(seen)


def test_texts_that_no_feed_shows_are_forgotten(
    app: Flask, garage: MadeGarage, feed: MadeFeed, clock: MovableClock
) -> None:
    with app.app_context():
        book(garage, MONDAY)
        late = book(garage, MONDAY + timedelta(days=7))
        export_feeds()
        clock.move_to(MONDAY + timedelta(days=63))
        forget_feed_texts()
        assert kept(garage) == [late]
        with scoped_to(garage.id), unit_of_work() as session:
            revoke_feed(session, garage_id=garage.id, feed_id=feed.id)
        forget_feed_texts()
        assert kept(garage) == []


def kept(garage: MadeGarage) -> list[int]:
    """The appointments of which a text is kept."""
    with scoped_to(garage.id), reading() as session:
        return list(session.scalars(select(FeedEvent.appointment_id).where(FeedEvent.garage_id == garage.id)))


def test_a_visit_that_is_only_wished_stands_in_no_feed_before_it_has_a_place(
    app: Flask, client: CarefulClient, garage: MadeGarage, feed: MadeFeed
) -> None:
    with app.app_context():
        wished = plan_later(garage, MONDAY)
        plan_later(garage, MONDAY, is_wish=False)
        export_feeds()
    assert client.get(feed.path).text.count("BEGIN:VEVENT") == 1
    with app.app_context():
        move_desk(garage, wished, MONDAY + timedelta(hours=1))
        export_feeds()
    text = client.get(feed.path).text
    assert text.count("BEGIN:VEVENT") == 2
    assert "DTSTART:20261207T080000Z" in text
