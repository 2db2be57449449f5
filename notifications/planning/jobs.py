"""What the scheduler does for planning: the day sheets of the evening."""

from __future__ import annotations

import structlog

from app.db.unit_of_work import reading, unit_of_work
from app.jobs.registry import is_stopping
from app.tenancy.scope import across_garages, scoped_to
from notifications.planning.sheets import list_due_sheets, plan_sheet

log = structlog.get_logger(__name__)


def plan_day_sheets() -> None:
    """Plan the next day's sheet of every workshop whose evening has come; ticks each minute.

    After an outage the evening's sheet still goes out, once, until midnight there.
    """
    with across_garages("day sheets of every garage"), reading() as session:
        due = list_due_sheets(session)
    planned = 0
    for sheet in due:
        if is_stopping():
            break
        try:
            with scoped_to(sheet.garage_id), unit_of_work() as session:
                planned += plan_sheet(session, sheet)
        except Exception:
            # One garage's trouble holds up no other's; the next run tries again.
            log.exception("sheet_not_planned", garage_id=sheet.garage_id, workshop_id=sheet.workshop_id)
    if planned:
        log.info("day_sheets_planned", count=planned)
