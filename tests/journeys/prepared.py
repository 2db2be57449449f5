"""Two garages in the middle of a working day, with a visit in every state that a page may show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.auth.roles import Role
from app.db.unit_of_work import reading, unit_of_work
from app.security.links import show_link
from app.tenancy.models import Garage, Workshop
from app.tenancy.scope import scoped_to
from booking.appointments.life_cycle import Status
from booking.appointments.operations.book import MANAGE
from booking.appointments.operations.change_customer import change_customer
from booking.appointments.operations.change_status import cancel_appointment, change_status
from booking.appointments.queries import get_appointment_view
from booking.appointments.requests import CUSTOMER, Actor
from booking.customers.operations import CustomerDetails, VehicleDetails
from booking.drafts.operations import LIFE, start_draft
from booking.resources.models import KINDS
from booking.resources.queries import get_rules
from booking.resources.requests import AwayRequest, ClosingRequest
from notifications.channels.sandbox import SandboxChannel
from notifications.outbox.sending import send_due
from tests.factories.appointments import CAMILLE, PEUGEOT, book
from tests.factories.closings import store
from tests.factories.customers import add_people
from tests.factories.feeds import make_feed
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.holds import hold
from tests.factories.messages import add_reminder
from tests.factories.resources import archive, find
from tests.factories.settings import add_dates, services_of
from tests.factories.staff import make_member
from tests.factories.steps import view_of
from tests.support.clock import MovableClock

NOW = datetime(2026, 12, 8, 9, 40, tzinfo=UTC)
"""A Tuesday, twenty to eleven in Lyon."""
TODAY, SUNDAY, LATER = "2026-12-08", "2026-12-13", "2026-12-18"
LAST_WEEK = NOW - timedelta(days=6)
RECEPTION, NEWCOMER, OF_BOTH = "desk@martin.example", "owner@empty.example", "both@martin.example"
MANAGER = "manager@martin.example"

SERVICES: list[dict[str, Any]] = [
    {"description": {"fr": "Huile, filtre, niveaux", "en": "Oil, filter, fluid levels"}},
    {
        "code": "annual-service",
        "name": {"fr": "Révision annuelle", "en": "Annual service"},
        "minutes": 90,
        "price_from_cents": 18900,
        "modes": ["drop_off"],
    },
    {
        "code": "tyres-4",
        "group": "tyres",
        "name": {"fr": "Montage de quatre pneus", "en": "Fit four tyres"},
        "minutes": 60,
        "price_from_cents": 6000,
    },
    {
        "code": "brakes-front",
        "group": "brakes",
        "name": {"fr": "Plaquettes de frein avant", "en": "Front brake pads"},
        "minutes": 75,
    },
]
CARS = (
    ("GA482QT", "Peugeot", "208", "Camille Perrot"),
    ("FB117KR", "Renault", "Clio", "Nadia Benali"),
    ("EH903ZL", "Volkswagen", "Golf", "Olivier Marchand-Desrousseaux"),
    ("DK255MN", "Toyota", "Yaris", "Inès Roche"),
    ("GD640XB", "Dacia", "Sandero", "Tomasz Nowak"),
)


UNPLANNED: dict[str, Any] = {"source": "desk", "is_unplanned": True, "is_wish": True}
"""A visit that the desk notes without a place, on a day that the customer would like."""
DOUBLE = "+33639981430"
OTHERS = [f"Client {number:02}" for number in range(46)]
"""Enough for a second page of the list."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Addresses within the prepared garages, by what lies there."""

    booking: str
    drafts: dict[str, str]
    manage: dict[str, str]
    visits: dict[str, int]
    feed: int
    customer: int
    double: int
    vehicle: int
    kept: dict[str, int]


@dataclass(frozen=True, slots=True)
class Preparing:
    """A garage being filled, for visitors of one language."""

    garage: MadeGarage
    locale: str

    def visit(self, arrives_at: datetime, car: int, **changes: Any) -> int:
        plate, make, model, name = CARS[car]
        who: CustomerDetails = replace(CAMILLE, name=name, locale=self.locale, phone=f"+3363998142{car}")
        vehicle: VehicleDetails = replace(PEUGEOT, plate=plate, make=make, model=model)
        return book(self.garage, arrives_at, customer=who, vehicle=vehicle, **changes)

    def move(self, appointment_id: int, *targets: Status) -> None:
        with scoped_to(self.garage.id), unit_of_work() as session:
            for target in targets:
                change_status(
                    session,
                    garage_id=self.garage.id,
                    appointment_id=appointment_id,
                    target=target,
                    actor=Actor("staff", None),
                )

    def cancel(self, appointment_id: int) -> None:
        with scoped_to(self.garage.id), unit_of_work() as session:
            cancel_appointment(
                session,
                garage_id=self.garage.id,
                appointment_id=appointment_id,
                actor=CUSTOMER,
                reason="Holidays",
            )

    def link(self, appointment_id: int) -> str:
        with scoped_to(self.garage.id), reading() as session:
            token = show_link(session, garage_id=self.garage.id, purpose=MANAGE, subject_id=appointment_id)
        return f"/a/{token}"

    def draft(self, **answers: Any) -> str:
        with scoped_to(self.garage.id), unit_of_work() as session:
            token = start_draft(session, workshop=self.garage.workshop, locale=self.locale, answers=answers)
        return f"/g/{self.garage.slug}/{self.garage.workshop.slug}/b/{token}"


ALIGNMENT: dict[str, Any] = {
    "code": "alignment",
    "name": {"fr": "Géométrie des trains", "en": "Wheel alignment"},
    "equipment": ["stand"],
}
"""Work for which no bay has the equipment."""

APART: dict[str, Any] = {
    "services": ["oil", "alignment"],
    "slot": {"mode": "drop_off"},
    "vehicle": {"plate": "GA-482-QT", "country": "FR", "make_model": "Peugeot 208", "energy": "petrol"},
}
"""A visit that no bay can do as a whole."""


def prepare(clock: MovableClock, locale: str) -> Prepared:
    """Fill an empty database; it is then :data:`NOW`. The caller stands in the application's context."""
    clock.move_to(LAST_WEEK)
    garage = make_garage(
        bays=4,
        technicians=3,
        courtesy_cars=1,
        services=SERVICES,
        garage={"name": "Atelier Martin"},
        rules={"cancel_until_minutes": 240},
        email="accueil@martin.example",
    )
    _staff(garage)
    martin = Preparing(garage, locale)
    visits = _fill_day(martin)
    asked = _second_garage(locale)
    requested = asked.link(asked.visit(NOW.replace(minute=0) + timedelta(days=2), 1))
    with clock.at(NOW - LIFE - timedelta(minutes=1)):
        gone = martin.draft(services=["oil"])
    clock.move_to(NOW)
    martin.move(visits["working"], Status.ARRIVED, Status.IN_PROGRESS)
    martin.move(visits["ready"], Status.ARRIVED, Status.READY)
    martin.cancel(visits["cancelled"])
    _ask(martin)
    _close_over(garage, visits["confirmed"])
    hold(garage, NOW.replace(hour=13, minute=30), services=("tyres-4",))
    _nobody_works_here(garage)
    send_due({"sms": SandboxChannel(), "email": SandboxChannel()})
    customer, double, vehicle = _known_well(martin, visits["confirmed"])
    return Prepared(
        customer=customer,
        double=double,
        vehicle=vehicle,
        kept=_set_up(garage),
        booking=f"/g/{garage.slug}/{garage.workshop.slug}",
        drafts=_drafts(martin) | {"gone": gone, "apart": asked.draft(**APART)},
        manage={name: martin.link(number) for name, number in visits.items()} | {"requested": requested},
        visits=visits,
        feed=make_feed(garage, resource="Tech 1", label="Tablet", locale=locale).id,
    )


def _ask(martin: Preparing) -> None:
    """The garage has begun to approve first, and two customers have asked since."""
    with scoped_to(martin.garage.id), unit_of_work() as session:
        get_rules(session, martin.garage.id, martin.garage.workshop.id).approval = True
    day = NOW.replace(hour=8, minute=0)
    martin.visit(day + timedelta(days=7), 4, courtesy_car=True, mode="drop_off", notes="Squeaks in the cold.")
    martin.visit(day + timedelta(days=1), 1, services=("tyres-4",))


def _close_over(garage: MadeGarage, appointment_id: int) -> None:
    """The bay of this visit is out of use meanwhile, and the workshop closes at the end of the month."""
    with scoped_to(garage.id), reading() as session:
        bay = get_appointment_view(session, garage.id, appointment_id).place("bay")
    assert bay is not None
    store(garage, AwayRequest(bay.resource_id, bay.starts_at, bay.ends_at, "Lift inspection"))
    store(garage, ClosingRequest(date(2026, 12, 24), date(2026, 12, 31)))


def _known_well(martin: Preparing, appointment_id: int) -> tuple[int, int, int]:
    """The customer of this visit, whose number was changed, somebody else of that number, and the car."""
    visit = view_of(martin.garage, appointment_id)
    who = replace(CAMILLE, name="Camille Perrot", phone=DOUBLE, email="perrot@example.org", sms_consent=True)
    with scoped_to(martin.garage.id), unit_of_work() as session:
        change_customer(
            session,
            garage_id=martin.garage.id,
            customer_id=visit.customer.id,
            details=replace(who, locale=martin.locale),
            version=visit.customer.version,
            user_id=None,
        )
    (double,) = add_people(martin.garage, ["C. Perrot"], phone=DOUBLE, email="c.perrot@example.org")
    add_people(martin.garage, OTHERS)
    return visit.customer.id, double, visit.vehicle.id


def _fill_day(martin: Preparing) -> dict[str, int]:
    day = NOW.replace(hour=7, minute=0)
    hour = timedelta(hours=1)
    return {
        "ready": martin.visit(day, 1),
        "working": martin.visit(day + hour, 2, services=("annual-service",), mode="drop_off"),
        "late": martin.visit(
            day + 6 * hour, 3, services=("brakes-front",), courtesy_car=True, mode="drop_off"
        ),
        "confirmed": martin.visit(day + timedelta(days=2, hours=1), 0, notes="Squeaks in the cold."),
        "cancelled": martin.visit(day + timedelta(days=3), 4),
        "promised": martin.visit(
            day + timedelta(days=2, hours=2), 3, services=("tyres-4",), **(UNPLANNED | {"is_wish": False})
        ),
        "wished": martin.visit(
            day.replace(hour=23) + timedelta(days=2),
            2,
            services=("annual-service", "brakes-front"),
            mode="drop_off",
            notes="Any afternoon will do.",
            **UNPLANNED,
        ),
    }


def _drafts(martin: Preparing) -> dict[str, str]:
    """One draft before each step, the last with everything answered but the person."""
    services = {"services": ["oil", "tyres-4"], "slot": {"mode": "drop_off"}}
    vehicle = {"plate": "GA-482-QT", "country": "FR", "make_model": "Peugeot 208", "energy": "petrol"}
    arrives_at = (NOW.replace(hour=8, minute=0) + timedelta(days=1)).isoformat()
    slot = {"mode": "drop_off", "arrives_at": arrives_at}
    return {
        "vehicle": martin.draft(**services),
        "slot": martin.draft(**services, vehicle=vehicle),
        "contact": martin.draft(**(services | {"vehicle": vehicle, "slot": slot})),
    }


def _second_garage(locale: str) -> Preparing:
    """Two workshops, and every booking is a request first."""
    garage = make_garage(
        slug="tilleuls",
        workshop_slug="croix-rousse",
        garage={"name": "Garage des Tilleuls"},
        rules={"approval": True},
        services=[{}, ALIGNMENT],
    )
    with scoped_to(garage.id), unit_of_work() as session:
        session.add(
            Workshop(
                garage_id=garage.id,
                slug="villeurbanne",
                name="Villeurbanne",
                timezone="Europe/Paris",
                address="4 cours Émile-Zola, 69100 Villeurbanne",
                position=1,
            )
        )
    return Preparing(garage, locale)


def _staff(garage: MadeGarage) -> None:
    """Who signs in; a reminder, and a bay that is no longer in use."""
    add_reminder(garage, hours_before=24)
    make_member(garage, RECEPTION, Role.RECEPTIONIST)
    make_member(garage, MANAGER, Role.MANAGER)
    archive(garage, "bay", name="Bay 4")


def _set_up(garage: MadeGarage) -> dict[str, int]:
    """What the settings have a page for, by kind."""
    return {kind: find(garage, kind) for kind in KINDS} | {
        "dates": add_dates(garage, date(2026, 12, 31)),
        "service": services_of(garage)[0].id,
    }


def _nobody_works_here(pattern: MadeGarage) -> None:
    """A garage without any workshop, and its owner."""
    with unit_of_work() as session:
        row = Garage(slug="empty", name="Empty", country="FR", locale="fr", currency="EUR", accent="#1441b5")
        session.add(row)
        session.flush()
        garage_id = row.id
    empty = replace(pattern, id=garage_id, slug="empty")
    make_member(empty, NEWCOMER, Role.OWNER)
    for garage in (pattern, empty):
        make_member(garage, OF_BOTH, Role.MANAGER)
