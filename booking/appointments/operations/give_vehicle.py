"""A vehicle comes to another owner; visits stay with whoever made them, unless those to come go with it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFoundError, StaleVersionError
from app.events import publish
from app.security.links import rotate_link
from app.tenancy.calendar import lock_calendars
from booking.appointments.history import HANDED_OVER, record
from booking.appointments.models import Appointment
from booking.appointments.moving import MOVABLE
from booking.appointments.operations.book import MANAGE
from booking.appointments.operations.merge_customers import join_twins
from booking.appointments.people import raise_where_shown
from booking.appointments.requests import Actor
from booking.customers.directory import get_customer, get_vehicle, list_vehicles_of
from booking.customers.history import CAR, OTHER, name_car, record_change
from booking.customers.models import Change, Customer, Vehicle
from booking.events import CustomerChanged


def list_visits_to_come(session: Session, garage_id: int, vehicle: Vehicle) -> list[int]:
    """Ids of the visits that its present owner has made and to which the vehicle has not come yet."""
    rows = session.scalars(
        select(Appointment.id)
        .where(
            Appointment.garage_id == garage_id,
            Appointment.vehicle_id == vehicle.id,
            Appointment.customer_id == vehicle.customer_id,
            Appointment.status.in_(MOVABLE),
            Appointment.arrives_at >= clock.now(),
        )
        .order_by(Appointment.arrives_at, Appointment.id)
    )
    return list(rows)


def give_vehicle(
    session: Session,
    *,
    garage_id: int,
    customer_id: int,
    vehicle_id: int,
    owner_id: int,
    version: int,
    with_visits: bool,
    actor: Actor,
) -> Vehicle:
    """The vehicle is ``owner_id``'s from now on; where that person has it already, the two become one.

    Visits that were stay with whoever came. Those to come stay with whoever made them, or
    ``with_visits`` go over: the new owner gets their messages, and no address that the old one holds
    opens them any more. Publishes CustomerChanged. Flushes. Raises NotFoundError, StaleVersionError.
    """
    calendars = lock_calendars(session, garage_id)
    vehicle = get_vehicle(session, garage_id, customer_id, vehicle_id=vehicle_id, fresh=True)
    giver = get_customer(session, garage_id, customer_id, fresh=True, lock=True)
    taker = get_customer(session, garage_id, owner_id, fresh=True, lock=True)
    if giver.id == taker.id:
        raise NotFoundError
    if vehicle.version != version:
        raise StaleVersionError
    visits = list_visits_to_come(session, garage_id, vehicle) if with_visits else []
    raise_where_shown(session, calendars, garage_id=garage_id, vehicle_id=vehicle.id)
    vehicle.customer_id = taker.id
    vehicle.version += 1
    for number in visits:
        _hand_over(session, number, giver=giver, taker=taker, actor=actor)
    for row, kind, other in ((giver, Change.VEHICLE_GIVEN, taker), (taker, Change.VEHICLE_TAKEN, giver)):
        detail = {CAR: name_car(vehicle), OTHER: other.name}
        record_change(session, row, kind=kind, user_id=actor.user_id, detail=detail)
    session.flush()
    join_twins(session, list_vehicles_of(session, garage_id, [taker.id]).get(taker.id, []))
    publish(CustomerChanged(garage_id=garage_id, customer_id=taker.id))
    return vehicle


def _hand_over(session: Session, number: int, *, giver: Customer, taker: Customer, actor: Actor) -> None:
    garage_id = taker.garage_id
    visit = session.scalars(
        select(Appointment).where(Appointment.garage_id == garage_id, Appointment.id == number)
    ).one()
    visit.customer_id, visit.locale = taker.id, taker.locale
    visit.version += 1
    visit.updated_at = clock.now()
    rotate_link(session, garage_id=garage_id, purpose=MANAGE, subject_id=visit.id)
    record(session, visit, kind=HANDED_OVER, actor=actor, detail={"giver": giver.name, "taker": taker.name})
