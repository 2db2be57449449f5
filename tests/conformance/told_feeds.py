"""Six garages in six time zones, full of visits across their clock changes and of the worst texts that a
customer or a garage could leave; and what their feeds must tell, written down by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.models import Workshop
from app.tenancy.scope import scoped_to
from booking.appointments.models import Appointment
from booking.appointments.operations.change_status import cancel_appointment
from booking.appointments.requests import CUSTOMER
from booking.customers.models import Customer
from calendars.feeds.jobs import export_feeds
from tests.conformance.calendar_readers import Seen
from tests.factories.busy import fill_calendar
from tests.factories.feeds import make_feed
from tests.factories.garages import MadeGarage, make_garage

NOW = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
ZONES = {
    "Europe/Paris": ("2026-10-25T01:00Z", "2027-03-28T01:00Z"),
    "America/New_York": ("2026-11-01T06:00Z", "2027-03-14T07:00Z"),
    "America/St_Johns": ("2026-11-01T04:30Z", "2027-03-14T05:30Z"),
    "Australia/Lord_Howe": ("2026-10-03T15:30Z", "2027-04-03T15:00Z"),
    "Pacific/Chatham": ("2026-09-26T14:00Z", "2027-04-03T14:00Z"),
    "Asia/Kathmandu": ("2026-10-25T01:00Z", "2027-03-28T01:00Z"),  # never changes its clocks
}
VISITS_A_CHANGE = 42
TEXTS = (
    ("Squeaks in the cold.", "Squeaks in the cold."),
    ("brakes; tyres, oil \\ \\n \\; and \\,", "brakes; tyres, oil \\ \\n \\; and \\,"),
    ("x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil", "x \nEND:VEVENT \nBEGIN:VEVENT \nUID:evil"),
    ("x\r\nBEGIN:VALARM\r\nTRIGGER:PT0S\r\nEND:VALARM", "x \nBEGIN:VALARM \nTRIGGER:PT0S \nEND:VALARM"),
    ("x\rEND:VCALENDAR\x85END:VCALENDAR\u2028END:VCALENDAR", "x END:VCALENDAR END:VCALENDAR END:VCALENDAR"),
    ("a\tb\x0bc\x0cd\x1ce\x7ff\u202eg\ufeffh", "a b c d e f g h"),
    ('"ATTENDEE";CN="x":mailto:y@example.net ^n ^^', '"ATTENDEE";CN="x":mailto:y@example.net ^n ^^'),
    ("نمی\u200cخواهم \U0001f468\u200d\U0001f527", "نمی\u200cخواهم \U0001f468\u200d\U0001f527"),
    ("=HYPERLINK(1) @SUM(2) %s {uid}", "=HYPERLINK(1) @SUM(2) %s {uid}"),
    ("é" * 90 + "\U0001f697" * 60 + "漢字" * 40, "é" * 90 + "\U0001f697" * 60 + "漢字" * 40),
    ("y" * 10_000, "y" * 10_000),
    ("first\n\nthird", "first\n\nthird"),
)
NAMES = (("Zoë; O’Brien, \\Sons", "Zoë; O’Brien, \\Sons"), ("Eve\r\nBEGIN:VEVENT", "Eve \nBEGIN:VEVENT"))
HOUSE = ("Dupont, Fils; \\Cie\rEND:VCALENDAR", "Dupont, Fils; \\Cie END:VCALENDAR")
ADDRESS = "12 rue de la Part-Dieu, 69003 Lyon"


@dataclass(frozen=True, slots=True)
class Told:
    """A garage's feed: where it is read, and the events that it must tell of."""

    garage: MadeGarage
    path: str
    events: list[Seen]


def make_all() -> list[Told]:
    """A feed in each zone. The first four are kept ready by the exporter, the others are not."""
    told = []
    for number, zone in enumerate(ZONES):
        told.append(make_told(f"g{number}", zone))
        if number == 3:
            export_feeds()
    return told


def make_told(slug: str, zone: str) -> Told:
    garage = make_garage(slug=slug, timezone=zone)
    for number, change in enumerate(ZONES[zone]):
        first_at = datetime.fromisoformat(change) - timedelta(hours=10)
        fill_calendar(garage, VISITS_A_CHANGE, first_at=first_at, first_number=number * VISITS_A_CHANGE)
    cancelled = dress(garage)
    with scoped_to(garage.id), unit_of_work() as session:
        cancel_appointment(session, garage_id=garage.id, appointment_id=cancelled, actor=CUSTOMER)
    return Told(garage, make_feed(garage, privacy="full").path, expected(garage, cancelled))


def dress(garage: MadeGarage) -> int:
    """Give the visits, their customers and the house their texts; returns the visit to cancel."""
    with scoped_to(garage.id), unit_of_work() as session:
        session.execute(update(Workshop).where(Workshop.garage_id == garage.id).values(name=HOUSE[0]))
        for customer, (stored, _) in zip(list_customers(session, garage), NAMES, strict=True):
            customer.name = stored
        visits = list_visits(session, garage)
        for number, visit in enumerate(visits):
            visit.notes = TEXTS[number % len(TEXTS)][0]
        return visits[-1].id


def expected(garage: MadeGarage, cancelled: int) -> list[Seen]:
    """What each stored visit must be told as, by arrival, written down by hand."""
    with scoped_to(garage.id), reading() as session:
        names = dict(zip((row.id for row in list_customers(session, garage)), NAMES, strict=True))
        visits = list_visits(session, garage)
    found = []
    for number, visit in enumerate(visits):
        name, note = names[visit.customer_id][1], TEXTS[number % len(TEXTS)][1]
        places = [] if visit.id == cancelled else ["Bay: Bay 1", "Technician: Tech 1"]
        rows = ["Oil and filter change", "Waits here", *places, f"Reference: {visit.reference}"]
        found.append(
            Seen(
                uid=f"appointment-{garage.id}-{visit.id}@127.0.0.1",
                starts_at=visit.arrives_at,
                ends_at=visit.ready_at,
                status="CANCELLED" if visit.id == cancelled else "CONFIRMED",
                summary=f"Oil and filter change · AA001AA · {name}",
                description="\n".join([*rows, name, "+33639980000", note]),
                location=f"{HOUSE[1]}, {ADDRESS}",
            )
        )
    return found


def list_customers(session: Session, garage: MadeGarage) -> Sequence[Customer]:
    statement = select(Customer).where(Customer.garage_id == garage.id).order_by(Customer.id)
    return session.scalars(statement).all()


def list_visits(session: Session, garage: MadeGarage) -> Sequence[Appointment]:
    statement = select(Appointment).where(Appointment.garage_id == garage.id)
    return session.scalars(statement.order_by(Appointment.arrives_at, Appointment.id)).all()
