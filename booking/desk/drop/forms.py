"""A drop on the board: what was carried where, checked for shape."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from app import clock
from app.errors import InvalidInputError
from app.localtime import local_date
from app.tenancy.queries import WorkshopView
from booking.appointments.fields import parse_arrival, parse_day
from booking.availability.engine.model import TICK
from booking.customers.fields import FieldReader
from booking.desk.forms import read_version
from booking.desk.move.forms import parse_resource

LONGEST_WORK = 14 * 24 * 60
"""Minutes; nobody pulls a card longer than that."""
MOST_KEPT = 120
FIELDS = ("works_at", "on", "arrives_at", "bay", "technician", "work_minutes", "version", "anyway")


@dataclass(frozen=True, slots=True)
class Dropped:
    """Where a visit was let go: at a start of its work, or on a date at whatever time fits.

    ``arrives_at`` is set where an offered place was taken, whose arrival goes with it. ``work_minutes`` is a
    length that was pulled.
    """

    version: int
    works_at: datetime | None
    on: date | None
    arrives_at: datetime | None
    bay_id: int | None
    technician_id: int | None
    work_minutes: int | None
    anyway: frozenset[str]


def read_drop(
    form: Mapping[str, str], *, workshop: WorkshopView, resource_ids: Mapping[str, Collection[int]]
) -> Dropped:
    """``resource_ids`` are those that may be named, by kind. Raises InvalidInputError with what is wrong."""
    typed = {name: form.get(name, "")[:MOST_KEPT] for name in FIELDS}
    check, today = FieldReader(typed), local_date(clock.now(), workshop.timezone)
    works_at = check.take("works_at", parse_arrival, None)
    on = check.take("on", lambda text: parse_day(text, today=today), None)
    arrives_at = check.take("arrives_at", parse_arrival, None)
    bay_id = check.take("bay", lambda text: parse_resource(text, resource_ids["bay"]), None)
    technician_id = check.take(
        "technician", lambda text: parse_resource(text, resource_ids["technician"]), None
    )
    work_minutes = check.take("work_minutes", _parse_minutes, None)
    if works_at is None and on is None and not check.errors:
        check.errors["works_at"] = str(_("Choose a time."))
    try:
        version = read_version(typed)
    except InvalidInputError as refusal:
        check.errors |= refusal.errors
        version = 0
    check.finish()
    return Dropped(
        version=version,
        works_at=works_at,
        on=on,
        arrives_at=arrives_at,
        bay_id=bay_id,
        technician_id=technician_id,
        work_minutes=work_minutes,
        anyway=frozenset(typed["anyway"].split()),
    )


def _parse_minutes(text: str) -> int | None:
    if not text:
        return None
    minutes = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0
    if not 0 < minutes <= LONGEST_WORK or minutes % TICK:
        raise ValueError(_("Times go in steps of five minutes."))
    return minutes
