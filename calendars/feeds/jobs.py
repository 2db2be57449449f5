"""The exporter: keeps the text of each feed's events, so that a request only joins them."""

from __future__ import annotations

from dataclasses import replace

import structlog

from app.db.unit_of_work import reading, unit_of_work
from app.i18n import speaking
from app.jobs.registry import is_stopping
from app.tenancy.calendar import get_version
from app.tenancy.queries import WorkshopView, get_workshop_by_id
from app.tenancy.scope import across_garages, scoped_to
from booking.appointments.queries import list_views
from calendars.feeds.event_text import event_text
from calendars.feeds.kept import Kept, list_kept
from calendars.feeds.operations import delete_old_texts, keep_texts, mark_exported
from calendars.feeds.queries import DueExport, list_due_exports

log = structlog.get_logger(__name__)

BATCH = 200


def export_feeds() -> None:
    """Write the events of every feed whose workshop's calendar has changed since the last time.

    Any number of processes may do the same at once: a text is stored under the stamp of what it
    was made from, and whoever ends last with an older version has the work looked at again.
    """
    with across_garages("feeds of every garage"), reading() as session:
        due = list_due_exports(session)
    for export in due:
        try:
            with scoped_to(export.garage_id):
                _export(export)
        except Exception:
            # One garage's trouble holds up no other's; the next run tries again.
            log.exception("export_failed", garage_id=export.garage_id, workshop_id=export.workshop_id)


def forget_feed_texts() -> None:
    """Delete kept texts that no feed shows any more."""
    with across_garages("old texts of every garage"), unit_of_work() as session:
        delete_old_texts(session)


def _export(export: DueExport) -> None:
    with reading() as session:
        version = get_version(session, export.garage_id, export.workshop_id)
        workshop = get_workshop_by_id(session, export.garage_id, export.workshop_id)
        stale = [row for row in list_kept(session, workshop, export.look) if row.text is None]
    for start in range(0, len(stale), BATCH):
        if is_stopping():
            return
        _keep(workshop, export, stale[start : start + BATCH])
    with unit_of_work() as session:
        mark_exported(session, garage_id=export.garage_id, feed_ids=export.feed_ids, version=version)


def _keep(workshop: WorkshopView, export: DueExport, stale: list[Kept]) -> None:
    """One batch: read, write the texts outside any transaction, store."""
    with reading() as session:
        views = {
            view.id: view
            for view in list_views(session, export.garage_id, [row.appointment_id for row in stale])
        }
    with speaking(export.look.locale):
        rows = [
            replace(row, text=event_text(views[row.appointment_id], workshop, export.look)) for row in stale
        ]
    with unit_of_work() as session:
        keep_texts(session, garage_id=export.garage_id, look=export.look, rows=rows)
