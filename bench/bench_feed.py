"""A feed of 10,000 events: ours against bare formatting, and against icalendar building it anew.

The first argument is another number of events. Prints ratios of neighbouring samples in processor
time, taken in one run, never bare times. Before anything is timed the three texts are held against
each other line by line, and ours is read by vobject, which is none of the writers.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import flask_migrate
import icalendar
import vobject
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from app import clock
from app.config import Settings
from app.db.session import db
from app.db.unit_of_work import unit_of_work
from app.tenancy.calendar import lock_calendar, raise_version
from app.tenancy.scope import scoped_to
from booking.appointments.models import Appointment
from calendars.feeds.jobs import export_feeds
from calendars.feeds.models import Feed, FeedEvent
from tests.factories.busy import fill_calendar
from tests.factories.feeds import make_feed
from tests.factories.garages import MadeGarage, make_garage
from tests.support.statements import count_statements
from wsgi import create_app

EVENTS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
PAIRS, SLOW_PAIRS, SAMPLE_SECONDS = 7, 3, 0.05
ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
TEXTS = ("SUMMARY", "DESCRIPTION", "LOCATION")
MOMENTS = ("DTSTAMP", "LAST-MODIFIED", "CREATED", "DTSTART", "DTEND")
PLAIN = ("UID", "SEQUENCE", "STATUS", "URL")
Row = dict[str, str | datetime]


@dataclass(frozen=True, slots=True)
class Case:
    """An installation with one full feed."""

    client: FlaskClient
    garage: MadeGarage
    path: str

    def read(self, mark: str = "") -> bytes:
        """One request of the feed; 304 where ``mark`` is still its entity tag."""
        answer = self.client.get(self.path, headers={"If-None-Match": mark} if mark else {})
        assert answer.status_code == (304 if mark else 200)
        return bytes(answer.data)

    def mark(self) -> str:
        return self.client.head(self.path).headers["ETag"]

    def keep_all(self) -> None:
        """What the scheduler does within seconds of a change."""
        with self.client.application.app_context():
            export_feeds()

    def forget_all(self) -> None:
        """Nothing is kept, as on the first day."""
        garage_id = self.garage.id
        with self.client.application.app_context(), scoped_to(garage_id), unit_of_work() as session:
            session.execute(delete(FeedEvent).where(FeedEvent.garage_id == garage_id))
            session.execute(update(Feed).where(Feed.garage_id == garage_id).values(exported_version=0))

    def change_one(self) -> None:
        """One visit changes after all were kept."""
        self.keep_all()
        garage = self.garage
        with self.client.application.app_context(), scoped_to(garage.id), unit_of_work() as session:
            calendar = lock_calendar(session, garage.id, garage.workshop.id)
            first = select(Appointment.id).where(Appointment.garage_id == garage.id).limit(1)
            own = (Appointment.garage_id == garage.id, Appointment.id == session.scalar(first))
            session.execute(update(Appointment).where(*own).values(version=Appointment.version + 1))
            raise_version(calendar)


def main() -> None:
    """Print one row a comparison: the median of the pairs' ratios, with min and max."""
    with tempfile.TemporaryDirectory() as folder:
        case = prepare(Path(folder))
        rows = check(case)
        print(f"{EVENTS} events {'':>30} {'ratio':>7} {'min':>7} {'max':>7}")
        formatted, anew = partial(format_rows, rows), partial(build_anew, rows)
        tell("kept texts / bare formatting", pairs(case.read, formatted, prepare_one=case.keep_all))
        tell("one changed / bare formatting", pairs(case.read, formatted, prepare_one=case.change_one))
        few = partial(pairs, count=SLOW_PAIRS)
        tell("nothing kept / bare formatting", few(case.read, formatted, prepare_one=case.forget_all))
        tell("icalendar anew / kept texts", few(anew, case.read, prepare_one=case.keep_all))
        tell("icalendar anew / one changed", few(anew, case.read, prepare_one=case.change_one))
        tell_unchanged(case)


def prepare(folder: Path) -> Case:
    """An installation on a new SQLite file, its feed full and kept."""
    environ = {"ENV": "test", "DATA_DIR": str(folder), "RATE_LIMITS": "off"}
    keys = {"SECRET_KEY": "k" * 32, "LINK_KEYS": "k1:" + "k" * 32, "PUBLIC_URL": "http://127.0.0.1:8000"}
    settings = {f"GARAGENDA_{name}": value for name, value in (environ | keys).items()}
    app = create_app(Settings.from_environ(settings))
    with app.app_context():
        flask_migrate.upgrade()
        garage = make_garage()
        fill_calendar(garage, EVENTS, first_at=clock.now().replace(minute=0, second=0, microsecond=0))
        path = make_feed(garage, privacy="full").path
        export_feeds()
    return Case(app.test_client(), garage, path)


def check(case: Case) -> list[Row]:
    """The feed's events as plain values, after all writers and one reader agreed on them."""
    body = case.read()
    case.forget_all()
    assert case.read() == body, "written at the request it is another text than kept"
    rows = [plain_row(event) for event in icalendar.Calendar.from_ical(body).walk("VEVENT")]
    assert len(rows) == EVENTS
    assert lines_of(format_rows(rows)) == lines_of(build_anew(rows)) == lines_of(body)
    (calendar,) = vobject.readComponents(body.decode())
    seen = [(event.uid.value, event.dtstart.value, event.summary.value) for event in calendar.vevent_list]
    assert seen == [(row["UID"], row["DTSTART"], row["SUMMARY"]) for row in rows]
    return rows


def plain_row(event: icalendar.Component) -> Row:
    moments: Row = {name: event.decoded(name) for name in MOMENTS}
    return moments | {name: str(event[name]) for name in (*PLAIN, *TEXTS)}


def lines_of(body: bytes) -> list[list[str]]:
    """Each event's lines, unfolded, in an order of their own."""
    events = body.decode().replace("\r\n ", "").split("BEGIN:VEVENT\r\n")[1:]
    return [sorted(event.partition("END:VEVENT")[0].split("\r\n")) for event in events]


def format_rows(rows: list[Row]) -> bytes:
    """The least that writes a right feed: escape, format, fold."""
    parts = ["BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Floor//EN\r\n"]
    for row in rows:
        parts.append("BEGIN:VEVENT\r\n")
        parts += [f"{name}:{row[name]:%Y%m%dT%H%M%SZ}\r\n" for name in MOMENTS]
        parts += [fold(f"{name}:{row[name]}") for name in PLAIN]
        parts += [fold(f"{name}:{str(row[name]).translate(ESCAPED)}") for name in TEXTS]
        parts.append("END:VEVENT\r\n")
    return "".join([*parts, "END:VCALENDAR\r\n"]).encode()


def fold(line: str) -> str:
    """At most 75 octets a line, no character cut in two (RFC 5545 §3.1)."""
    octets = line.encode()
    folded, most = [], 75
    while len(octets) > most:
        cut = most
        while octets[cut] & 0xC0 == 0x80:
            cut -= 1
        folded.append(octets[:cut].decode())
        octets, most = octets[cut:], 74
    return "\r\n ".join([*folded, octets.decode()]) + "\r\n"


def build_anew(rows: list[Row]) -> bytes:
    """What a program without kept texts does: the library builds every event at every request."""
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Floor//EN")
    for row in rows:
        event = icalendar.Event()
        for name, value in row.items():
            event.add(name, int(str(value)) if name == "SEQUENCE" else value)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def tell_unchanged(case: Case) -> None:
    """A 304 against the least 304 that Flask can give, and what it reads in the database."""
    case.keep_all()
    mark = case.mark()
    unchanged = partial(case.read, mark)
    least = Flask("floor")
    least.add_url_rule("/", "feed", lambda: Response(status=304))
    floor = partial(least.test_client().get, "/")
    tell("unchanged (304) / least 304", [sample(unchanged) / sample(floor) for _ in range(PAIRS)])
    with case.client.application.app_context():
        engine = db.engine
    mark = case.mark()
    with count_statements(engine) as seen:
        case.read(mark)
    tables = [table for table in ("appointment", "feed_event", "occupancy") if f"{table}." in str(seen)]
    assert not tables, tables
    print(f"an unchanged feed reads {seen.rows} rows in {seen.count} statements, none of an event")


def pairs(
    one: Callable[[], object],
    other: Callable[[], object],
    *,
    prepare_one: Callable[[], None],
    count: int = PAIRS,
) -> list[float]:
    """Ratios one / other of neighbouring calls; before each pair ``prepare_one`` runs untimed."""
    found = []
    for _ in range(count):
        prepare_one()
        found.append(cost(one) / cost(other))
    return found


def cost(work: Callable[[], object]) -> float:
    """Processor seconds of one call."""
    began = time.process_time()
    work()
    return time.process_time() - began


def sample(work: Callable[[], object]) -> float:
    """Processor seconds of one call, over as many as fill the sample."""
    calls, began = 0, time.process_time()
    while time.process_time() - began < SAMPLE_SECONDS:
        work()
        calls += 1
    return (time.process_time() - began) / calls


def tell(what: str, ratios: list[float]) -> None:
    low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
    print(f"{what:<44} {middle:>7.2f} {low:>7.2f} {high:>7.2f}", flush=True)


if __name__ == "__main__":
    main()
