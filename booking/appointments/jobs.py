"""What time does to appointments: requests that nobody decides, work and loans that last longer, answers
that nobody repeats."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy import delete

from app import clock
from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.jobs.registry import is_stopping
from app.tenancy.scope import across_garages, scoped_to
from booking.appointments.late import list_late_cars, list_overruns
from booking.appointments.models import StoredAnswer
from booking.appointments.operations.change_status import expire_request
from booking.appointments.operations.prolong import keep_car_out, keep_for_work
from booking.appointments.undecided import list_overdue_requests

log = structlog.get_logger(__name__)

ANSWERS_KEPT = timedelta(hours=24)


def forget_stored_answers() -> None:
    """Delete the answers of idempotent calls once a repeat is no longer answered from them."""
    with across_garages("old answers of every garage"), unit_of_work() as session:
        session.execute(delete(StoredAnswer).where(StoredAnswer.created_at < clock.now() - ANSWERS_KEPT))


def prolong_late() -> None:
    """Keep what lasts longer than planned, each visit in its own transaction; ticks every few seconds."""
    with across_garages("overruns of every garage"), reading() as session:
        overruns, cars = list_overruns(session), list_late_cars(session)
    work = [(keep_for_work, *keys) for keys in overruns] + [(keep_car_out, *keys) for keys in cars]
    for operation, garage_id, appointment_id in work:
        if is_stopping():
            break
        try:
            retrying_once(partial(_keep, operation, garage_id, appointment_id))
        except Exception:
            # As with requests: the next run tries again.
            log.exception("not_prolonged", garage_id=garage_id, appointment_id=appointment_id)


def _keep(operation: Callable[..., bool], garage_id: int, appointment_id: int) -> bool:
    with scoped_to(garage_id), unit_of_work() as session:
        return operation(session, garage_id=garage_id, appointment_id=appointment_id)


def expire_requests() -> None:
    """End the requests that nobody decided in time, each in its own transaction; ticks every few seconds."""
    with across_garages("overdue requests of every garage"), reading() as session:
        overdue = list_overdue_requests(session)
    for garage_id, appointment_id in overdue:
        if is_stopping():
            break
        try:
            retrying_once(partial(_expire, garage_id, appointment_id))
        except Exception:
            # One garage's trouble holds up no other's; the next run tries again.
            log.exception("request_not_expired", garage_id=garage_id, appointment_id=appointment_id)


def _expire(garage_id: int, appointment_id: int) -> bool:
    with scoped_to(garage_id), unit_of_work() as session:
        return expire_request(session, garage_id=garage_id, appointment_id=appointment_id)
