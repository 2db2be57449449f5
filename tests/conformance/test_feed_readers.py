"""Feeds of a real server, read over HTTP by ical.js, by vobject, and by vdirsyncer with khal.

Over 500 visits in six time zones, day and night across both clock changes of each. Two thirds of the
feeds are joined from kept texts, the others written at the request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import pytest

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.operations.change_status import cancel_appointment
from booking.appointments.requests import CUSTOMER
from tests.conformance.calendar_readers import (
    Seen,
    read_with_ical_js,
    read_with_khal,
    read_with_vobject,
)
from tests.conformance.told_feeds import NOW, ZONES, Told, make_all, make_told
from tests.factories.appointments import book
from tests.factories.feeds import make_feed
from tests.factories.garages import make_garage
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.servers import Servers

Reader = Callable[[str, Path], list[Seen]]


@pytest.fixture
def feeds(database: Database, clock: MovableClock) -> list[Told]:
    clock.move_to(NOW)
    with database.app.app_context():
        return make_all()


def without_uid(events: list[Seen]) -> list[Seen]:
    """vdirsyncer gives events UIDs of its own; the rest tells them apart too."""
    return sorted((replace(event, uid="") for event in events), key=repr)


def as_khal_tells(event: Seen) -> Seen:
    """The library under khal (icalendar 4) unescapes a second time: where somebody typed a backslash
    before an n, a semicolon or a comma, it is taken for an escape. The two other readers keep it."""
    text = event.description.replace("\\n", "\n").replace("\\;", ";").replace("\\,", ",")
    return replace(event, description=text)


def test_the_visits_lie_on_both_sides_of_every_clock_change(feeds: list[Told]) -> None:
    assert sum(len(feed.events) for feed in feeds) >= 500
    for zone, feed in zip(ZONES, feeds, strict=True):
        offsets = {event.starts_at.astimezone(ZoneInfo(zone)).utcoffset() for event in feed.events}
        assert len(offsets) == (1 if zone == "Asia/Kathmandu" else 2), zone


def test_ical_js_sees_the_same_instants_and_texts(
    database: Database, servers: Servers, feeds: list[Told], node_modules: Path, tmp_path: Path
) -> None:
    url = servers.web(database, workers=2).url
    for feed in feeds:
        assert read_with_ical_js(url + feed.path, tmp_path) == feed.events


def test_vobject_sees_the_same_instants_and_texts(
    database: Database, servers: Servers, feeds: list[Told], tmp_path: Path
) -> None:
    url = servers.web(database, workers=2).url
    for feed in feeds:
        assert read_with_vobject(url + feed.path, tmp_path) == feed.events


def test_khal_sees_the_same_instants_and_texts_by_vdirsyncer(
    database: Database,
    servers: Servers,
    feeds: list[Told],
    calendar_programs: tuple[str, ...],
    tmp_path: Path,
) -> None:
    url = servers.web(database, workers=2).url
    for number, feed in enumerate(feeds):
        seen = read_with_khal(url + feed.path, tmp_path / str(number))
        assert without_uid(seen) == without_uid([as_khal_tells(event) for event in feed.events])


def test_a_subscriber_learns_that_a_visit_was_cancelled(
    database: Database,
    clock: MovableClock,
    servers: Servers,
    calendar_programs: tuple[str, ...],
    tmp_path: Path,
) -> None:
    clock.move_to(NOW)
    with database.app.app_context():
        garage = make_garage()
        visit = book(garage, NOW + timedelta(days=1))
        book(garage, NOW + timedelta(days=2))
        url = servers.web(database).url + make_feed(garage).path
        before = read_with_khal(url, tmp_path)
        with scoped_to(garage.id), unit_of_work() as session:
            cancel_appointment(session, garage_id=garage.id, appointment_id=visit, actor=CUSTOMER)
    assert [event.status for event in before] == ["CONFIRMED", "CONFIRMED"]
    after = read_with_khal(url, tmp_path)
    assert [(event.starts_at, event.status) for event in after] == [
        (before[0].starts_at, "CANCELLED"),
        (before[1].starts_at, "CONFIRMED"),
    ]


def test_no_text_makes_a_line_or_a_part_of_its_own(
    database: Database, clock: MovableClock, servers: Servers
) -> None:
    clock.move_to(NOW)
    with database.app.app_context():
        feed = make_told("nasty", "Europe/Paris")
    with urlopen(servers.web(database).url + feed.path, timeout=30) as answer:
        body = answer.read()
    lines = body.split(b"\r\n")
    assert lines.count(b"BEGIN:VEVENT") == lines.count(b"END:VEVENT") == len(feed.events)
    assert sum(line.startswith(b"BEGIN:") for line in lines) == len(feed.events) + 1
    assert lines.count(b"END:VCALENDAR") == 1
    assert max(map(len, lines)) == 75
    text = "".join(line.decode() for line in lines)  # no character is cut in two
    assert text.replace("\u200c", "").replace("\u200d", "").isprintable()
    assert rb"X-WR-CALNAME:Dupont\, Fils\; \\Cie END:VCALENDAR" in lines
