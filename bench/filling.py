"""Garages filled by the thousand, straight into the tables: booked one by one they would take all day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, insert, select, text

from app.localtime import from_minutes
from bench.case import GRID, NEED, SPANS, Booking, Size, local_midnight
from booking.appointments.models import Appointment, AppointmentLine
from booking.appointments.references import ALPHABET
from booking.catalog.models import ServiceType
from booking.customers.models import Customer, Vehicle
from booking.resources.models import Occupancy, Resource
from tests.factories.garages import MadeGarage, make_garage
from tests.support.databases import Database

HOURS: dict[str, Any] = {
    day: [list(span) for span in SPANS] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
}
RULES: dict[str, Any] = {"slot_minutes": GRID, "horizon_days": 400, "observe_holidays": False}
SERVICE = {"minutes": NEED, "modes": ["wait", "drop_off"]}


def make_case(database: Database, size: Size, *, slug: str = "martin", **changes: Any) -> MadeGarage:
    """The garage of the case, with nothing booked; ``changes`` are make_garage's."""
    facts = {"hours": HOURS, "rules": RULES, "services": [SERVICE]} | changes
    with database.app.app_context():
        return make_garage(slug=slug, bays=size.bays, technicians=size.technicians, **facts)


def fill(engine: Engine, garage: MadeGarage, bookings: Iterable[Booking]) -> None:
    """Store confirmed visits of one customer, each with its line and its two occupancies."""
    with engine.begin() as connection:
        keys = {"garage_id": garage.id, "workshop_id": garage.workshop.id}
        bays, technicians = (_resources(connection, garage, kind) for kind in ("bay", "technician"))
        service = connection.scalars(select(ServiceType.id).where(ServiceType.garage_id == garage.id)).one()
        car = {"garage_id": garage.id} | _add_car(connection, garage.id)
        numbers = count((connection.scalar(select(func.max(Appointment.id))) or 0) + 1)
        visits, lines, rows = [], [], []
        for each, number in zip(bookings, numbers, strict=False):
            spans = {"starts_at": _at(each.day, each.start), "ends_at": _at(each.day, each.end)}
            own = {"garage_id": garage.id, "appointment_id": number}
            visits.append(keys | car | {"id": number} | _visit(each, number, **spans))
            lines.append(
                own | {"service_type_id": service, "minutes": each.end - each.start, "price_from_cents": 0}
            )
            taken = (bays[each.bay], technicians[each.technician])
            rows += [keys | own | spans | {"resource_id": row, "kind": "job"} for row in taken]
        for table, values in ((Appointment, visits), (AppointmentLine, lines), (Occupancy, rows)):
            if values:
                connection.execute(insert(table), values)
        settle(connection)


def settle(connection: Connection) -> None:
    """Number on from the highest id that was given by hand, and tell the planner what there is now."""
    if connection.dialect.name == "postgresql":
        for table in ("appointment", "customer", "vehicle"):
            sequence = f"pg_get_serial_sequence('{table}', 'id')"
            connection.execute(text(f"SELECT setval({sequence}, GREATEST(max(id), 1)) FROM {table}"))
    connection.execute(text("ANALYZE"))


def _at(day: int, minute: int) -> datetime:
    return from_minutes(local_midnight(day) + minute)


def _resources(connection: Connection, garage: MadeGarage, kind: str) -> Sequence[int]:
    own = (Resource.garage_id == garage.id, Resource.kind == kind)
    return connection.scalars(select(Resource.id).where(*own).order_by(Resource.position)).all()


def _add_car(connection: Connection, garage_id: int) -> dict[str, int]:
    customer = {"name": "Busy Body", "phone": "+33639980000", "locale": "fr"}
    customer_id = _add(connection, Customer.__table__, garage_id=garage_id, **customer)
    vehicle = {"customer_id": customer_id, "plate": "AA001AA"}
    vehicle_id = _add(connection, Vehicle.__table__, garage_id=garage_id, **vehicle)
    return {"customer_id": customer_id, "vehicle_id": vehicle_id}


def _add(connection: Connection, table: Any, **values: Any) -> int:
    assert isinstance(table, Table)
    made = connection.execute(insert(table).values(**values)).inserted_primary_key
    assert made is not None
    return int(made[0])


def _visit(booking: Booking, number: int, *, starts_at: datetime, ends_at: datetime) -> dict[str, Any]:
    return {
        "reference": _reference(number),
        "status": "confirmed",
        "mode": "wait",
        "source": "desk",
        "locale": "fr",
        "arrives_at": starts_at,
        "work_starts_at": starts_at,
        "work_ends_at": ends_at,
        "ready_at": ends_at,
        "work_minutes": booking.end - booking.start,
    }


def _reference(number: int) -> str:
    """Six characters, each visit its own."""
    letters = ""
    for _ in range(6):
        number, rest = divmod(number, len(ALPHABET))
        letters = ALPHABET[rest] + letters
    return letters
