"""Slots that are offered, and the nearest ones to a time that is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app import clock
from app.localtime import from_minutes, local_date, to_minutes_up
from app.tenancy.queries import WorkshopView
from booking.appointments.loading import prepare
from booking.appointments.requests import VisitQuestion
from booking.availability.engine.search import list_slots as search_slots

ALTERNATIVE_DAYS = 14
ALTERNATIVES = 3
NEXT_DAYS = ((0, 13), (14, 61))
"""Days, counted from the first, that are looked through one after the other."""


@dataclass(frozen=True, slots=True)
class OfferedSlot:
    """An arrival that is offered, and when the car is promised."""

    arrives_at: datetime
    ready_at: datetime


def list_offered(
    session: Session,
    workshop: WorkshopView,
    question: VisitQuestion,
    *,
    first_on: date,
    last_on: date,
    except_appointment_id: int | None = None,
) -> list[OfferedSlot]:
    """Every slot offered on the local dates, in order of time.

    Raises what :func:`booking.appointments.loading.prepare` raises.
    """
    prepared = prepare(
        session,
        workshop,
        question,
        first_on=first_on,
        last_on=last_on,
        except_appointment_id=except_appointment_id,
    )
    slots = search_slots(
        prepared.state,
        prepared.demand,
        first_on=first_on,
        last_on=last_on,
        now=to_minutes_up(clock.now()),
    )
    return [OfferedSlot(from_minutes(slot.arrives_at), from_minutes(slot.ready_at)) for slot in slots]


def list_next(
    session: Session, workshop: WorkshopView, question: VisitQuestion, *, first_on: date
) -> list[OfferedSlot]:
    """The first three slots from a local date on; beyond two weeks only where those hold fewer.

    Raises what :func:`booking.appointments.loading.prepare` raises.
    """
    found: list[OfferedSlot] = []
    for first, last in NEXT_DAYS:
        found += list_offered(
            session,
            workshop,
            question,
            first_on=first_on + timedelta(days=first),
            last_on=first_on + timedelta(days=last),
        )
        if len(found) >= ALTERNATIVES:
            break
    return found[:ALTERNATIVES]


def list_nearest(
    session: Session,
    workshop: WorkshopView,
    question: VisitQuestion,
    *,
    wanted_at: datetime,
    except_appointment_id: int | None = None,
    not_at: datetime | None = None,
) -> list[OfferedSlot]:
    """Up to three slots within 14 local dates either side of a wanted arrival, in order of time.

    The nearest in time are taken; at equal distance the earlier. ``not_at`` is the arrival that a
    moved visit has already: no alternative to itself.
    """
    wanted_on = local_date(wanted_at, workshop.timezone)
    slots = list_offered(
        session,
        workshop,
        question,
        first_on=wanted_on - timedelta(days=ALTERNATIVE_DAYS),
        last_on=wanted_on + timedelta(days=ALTERNATIVE_DAYS),
        except_appointment_id=except_appointment_id,
    )
    slots = [slot for slot in slots if slot.arrives_at != not_at]
    slots.sort(key=lambda slot: (abs(slot.arrives_at - wanted_at), slot.arrives_at))
    return sorted(slots[:ALTERNATIVES], key=lambda slot: slot.arrives_at)
