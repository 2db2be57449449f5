"""Reading appointments: one for a page, or a day of them for a board."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFoundError
from app.tenancy.loaded import find_loaded
from booking.appointments.life_cycle import LIVE, Status
from booking.appointments.models import Appointment, AppointmentLine
from booking.catalog.models import ServiceType
from booking.customers.models import Customer, Vehicle
from booking.resources.models import MAX_ROW_DAYS, Occupancy, Resource

LONGEST_ROW = timedelta(days=MAX_ROW_DAYS)


@dataclass(frozen=True, slots=True)
class LineView:
    """One service type of a visit; ``name`` by locale."""

    code: str
    name: dict[str, str]
    minutes: int
    price_from_cents: int


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A resource that the visit takes."""

    resource_id: int
    kind: str
    name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """One appointment with all that a page shows of it.

    ``former`` is filled in by ``former.py`` where work was done before its turn came: what was given back.
    """

    appointment: Appointment
    customer: Customer
    vehicle: Vehicle
    lines: tuple[LineView, ...]
    places: tuple[PlaceView, ...]
    former: tuple[PlaceView, ...] = ()

    @property
    def id(self) -> int:
        return self.appointment.id

    @property
    def status(self) -> Status:
        return Status(self.appointment.status)

    @property
    def total_cents(self) -> int:
        return sum(line.price_from_cents for line in self.lines)

    def place(self, kind: str) -> PlaceView | None:
        """The resource of this kind, as one row even if stored in pieces."""
        pieces = [place for place in self.places if place.kind == kind]
        if not pieces:
            return None
        first, last = pieces[0], pieces[-1]
        return PlaceView(first.resource_id, kind, first.name, first.starts_at, last.ends_at)

    def where(self, kind: str) -> PlaceView | None:
        """The resource of this kind that the visit takes, or the one that it gave back when it was done."""
        return self.place(kind) or next((place for place in self.former if place.kind == kind), None)


def get_appointment(
    session: Session, garage_id: int, appointment_id: int, *, fresh: bool = False
) -> Appointment:
    """The garage's appointment with this id; ``fresh`` reads it again. Raises NotFoundError."""
    row = session.scalar(
        select(Appointment)
        .where(Appointment.garage_id == garage_id, Appointment.id == appointment_id)
        .execution_options(populate_existing=fresh)
    )
    if row is None:
        raise NotFoundError
    return row


def get_appointment_view(session: Session, garage_id: int, appointment_id: int) -> AppointmentView:
    """The appointment with customer, vehicle, lines and places; raises NotFoundError."""
    statement = _with_people(garage_id).where(Appointment.id == appointment_id)
    views = _views(session, garage_id, session.execute(statement).all())
    if not views:
        raise NotFoundError
    return views[0]


def get_visit(session: Session, garage_id: int, appointment_id: int) -> AppointmentView:
    """The appointment with customer and vehicle, without lines and places; raises NotFoundError.

    No statement where this transaction has all of them in hand.
    """
    visit = find_loaded(session, Appointment, garage_id=garage_id, number=appointment_id)
    if visit is not None:
        customer = find_loaded(session, Customer, garage_id=garage_id, number=visit.customer_id)
        vehicle = find_loaded(session, Vehicle, garage_id=garage_id, number=visit.vehicle_id)
        if customer is not None and vehicle is not None:
            return AppointmentView(visit, customer, vehicle, lines=(), places=())
    row = session.execute(_with_people(garage_id).where(Appointment.id == appointment_id)).one_or_none()
    if row is None:
        raise NotFoundError
    visit, customer, vehicle = row
    return AppointmentView(visit, customer, vehicle, lines=(), places=())


def list_views(session: Session, garage_id: int, appointment_ids: Collection[int]) -> list[AppointmentView]:
    """These appointments with all that is shown of them, by id; three queries."""
    statement = _with_people(garage_id).where(Appointment.id.in_(appointment_ids)).order_by(Appointment.id)
    return _views(session, garage_id, session.execute(statement).all())


def list_day(
    session: Session, garage_id: int, workshop_id: int, *, starts_at: datetime, ends_at: datetime
) -> list[AppointmentView]:
    """Visits that arrive in the range, or whose work or stay reaches into it; by arrival.

    Four queries, whatever the number of rows.
    """
    arriving = select(Appointment.id).where(
        Appointment.garage_id == garage_id,
        Appointment.workshop_id == workshop_id,
        Appointment.arrives_at >= starts_at,
        Appointment.arrives_at < ends_at,
    )
    busy = select(Occupancy.appointment_id).where(
        Occupancy.garage_id == garage_id,
        Occupancy.workshop_id == workshop_id,
        Occupancy.ends_at > starts_at,
        Occupancy.ends_at < ends_at + LONGEST_ROW,
        Occupancy.starts_at < ends_at,
        Occupancy.kind == "job",
    )
    # Of two conditions joined by OR neither is looked up by its index; of a union both are.
    there = union(arriving, busy).subquery()
    statement = (
        _with_people(garage_id)
        .join(there, there.c.id == Appointment.id)
        .order_by(Appointment.arrives_at, Appointment.id)
    )
    return _views(session, garage_id, session.execute(statement).all())


def list_live_arrivals(
    session: Session, garage_id: int, workshop_id: int, *, starts_at: datetime, ends_at: datetime
) -> Sequence[datetime]:
    """When the visits of a range arrive that take place, one entry each; nobody comes by a mere wish."""
    return session.scalars(
        select(Appointment.arrives_at).where(
            Appointment.garage_id == garage_id,
            Appointment.workshop_id == workshop_id,
            Appointment.arrives_at >= starts_at,
            Appointment.arrives_at < ends_at,
            Appointment.status.in_(LIVE),
            Appointment.is_wish.is_(False),
        )
    ).all()


def find_last_visits(session: Session, garage_id: int, vehicle_ids: Collection[int]) -> dict[int, datetime]:
    """When each vehicle came last, or is to come; those that never did are left out."""
    rows = session.execute(
        select(Appointment.vehicle_id, func.max(Appointment.arrives_at))
        .where(
            Appointment.garage_id == garage_id,
            Appointment.vehicle_id.in_(vehicle_ids),
            Appointment.status.in_(LIVE),
        )
        .group_by(Appointment.vehicle_id)
    )
    return {row[0]: row[1] for row in rows}


def list_latest_of(
    session: Session, garage_id: int, *, customer_id: int, vehicle_id: int, limit: int
) -> list[int]:
    """Ids of the visits of a customer with a vehicle that came to something or may yet, the latest first."""
    return list(
        session.scalars(
            select(Appointment.id)
            .where(
                Appointment.garage_id == garage_id,
                Appointment.vehicle_id == vehicle_id,
                Appointment.customer_id == customer_id,
                Appointment.status.in_(LIVE),
            )
            .order_by(Appointment.arrives_at.desc(), Appointment.id.desc())
            .limit(limit)
        )
    )


def is_cancellable(appointment: Appointment, *, cancel_until_minutes: int) -> bool:
    """Whether the customer may still cancel online: not arrived yet, and in time."""
    if Status(appointment.status) not in {Status.REQUESTED, Status.CONFIRMED}:
        return False
    return clock.now() <= cancel_deadline(appointment, cancel_until_minutes=cancel_until_minutes)


def cancel_deadline(appointment: Appointment, *, cancel_until_minutes: int) -> datetime:
    """The last instant at which the customer may cancel online."""
    return appointment.arrives_at - timedelta(minutes=cancel_until_minutes)


def _with_people(garage_id: int) -> Any:
    return (
        select(Appointment, Customer, Vehicle)
        .join(
            Customer, (Customer.garage_id == Appointment.garage_id) & (Customer.id == Appointment.customer_id)
        )
        .join(Vehicle, (Vehicle.garage_id == Appointment.garage_id) & (Vehicle.id == Appointment.vehicle_id))
        .where(Appointment.garage_id == garage_id)
    )


def _views(session: Session, garage_id: int, rows: Any) -> list[AppointmentView]:
    ids = [appointment.id for appointment, _, _ in rows]
    if not ids:
        return []
    lines, places = _lines_of(session, garage_id, ids), _places_of(session, garage_id, ids)
    return [
        AppointmentView(
            appointment=appointment,
            customer=customer,
            vehicle=vehicle,
            lines=tuple(lines.get(appointment.id, ())),
            places=tuple(places.get(appointment.id, ())),
        )
        for appointment, customer, vehicle in rows
    ]


def _lines_of(session: Session, garage_id: int, ids: list[int]) -> dict[int, list[LineView]]:
    rows = session.execute(
        select(AppointmentLine, ServiceType.code, ServiceType.name)
        .join(
            ServiceType,
            (ServiceType.garage_id == AppointmentLine.garage_id)
            & (ServiceType.id == AppointmentLine.service_type_id),
        )
        .where(AppointmentLine.garage_id == garage_id, AppointmentLine.appointment_id.in_(ids))
        .order_by(AppointmentLine.appointment_id, AppointmentLine.position)
    )
    found: dict[int, list[LineView]] = {}
    for line, code, name in rows:
        found.setdefault(line.appointment_id, []).append(
            LineView(code=code, name=name, minutes=line.minutes, price_from_cents=line.price_from_cents)
        )
    return found


def _places_of(session: Session, garage_id: int, ids: list[int]) -> dict[int, list[PlaceView]]:
    rows = session.execute(
        select(Occupancy, Resource.kind, Resource.name)
        .join(Resource, (Resource.garage_id == Occupancy.garage_id) & (Resource.id == Occupancy.resource_id))
        .where(Occupancy.garage_id == garage_id, Occupancy.appointment_id.in_(ids))
        .order_by(Occupancy.appointment_id, Occupancy.starts_at)
    )
    found: dict[int, list[PlaceView]] = {}
    for row, kind, name in rows:
        found.setdefault(row.appointment_id or 0, []).append(
            PlaceView(row.resource_id, kind, name, row.starts_at, row.ends_at)
        )
    return found
