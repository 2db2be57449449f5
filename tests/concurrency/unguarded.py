"""The product with its guards taken off, for controls: it must show what the guards prevent.

The product itself has no such switch: this module replaces the lock by nothing and puts the
moment between check and insert that every check-then-act has, outside any transaction.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

import app.db.unit_of_work as unit_of_work_module
import booking.appointments.operations.book as book_module
from app.tenancy.models import WorkshopCalendar
from app.tenancy.queries import WorkshopView

THINKING_SECONDS = 0.25  # longer than a waiting SQLite writer sleeps


def create_app() -> Flask:
    """The application, unlocked. The test drops the database's constraint and triggers besides."""
    import wsgi  # noqa: PLC0415  # late: after the module was looked up above

    honest = book_module.find_placement

    def no_lock(session: Session, garage_id: int, workshop_id: int) -> WorkshopCalendar:
        return WorkshopCalendar(garage_id=garage_id, workshop_id=workshop_id, version=1)

    def check_then_think(session: Session, workshop: WorkshopView, visit: Any, **arrival: Any) -> Any:
        answer = honest(session, workshop, visit, **arrival)
        session.rollback()  # whatever was locked or begun is let go
        time.sleep(THINKING_SECONDS)
        # SQLite: a writer from the start, or the snapshot it read from would refuse the write.
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        return answer

    unit_of_work_module._sqlite_writer = nullcontext()  # type: ignore[assignment]  # the point of this module
    book_module.lock_calendar = no_lock  # type: ignore[attr-defined]  # the point of this module
    book_module.find_placement = check_then_think
    return wsgi.create_app()
