"""Leave and blocks that repeat: entering them, and ending them early; each under the workshop's lock."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import Session

from app import clock
from app.db.base import table_of
from app.errors import NotFoundError, StaleVersionError
from app.localtime import midnight
from app.tenancy.calendar import lock_calendar, raise_version
from booking.resources.models import Absence, AbsenceSeries, Occupancy
from booking.resources.operations import kind_of_absence
from booking.resources.queries import get_resource
from booking.resources.requests import RepeatRequest


def enter_series(
    session: Session, *, garage_id: int, workshop_id: int, request: RepeatRequest, user_id: int | None
) -> AbsenceSeries:
    """Leave or a block on every date of a rhythm, each a row of its own with its occupancy.

    Raises the calendar's version and flushes; four statements, however many dates. Raises NotFoundError
    for a resource that the workshop does not have in use.
    """
    calendar = lock_calendar(session, garage_id, workshop_id)
    resource = get_resource(session, garage_id, workshop_id, resource_id=request.resource_id)
    rhythm = request.rhythm
    series = AbsenceSeries(
        garage_id=garage_id,
        workshop_id=workshop_id,
        resource_id=resource.id,
        weekdays=sorted(set(rhythm.weekdays)),
        every_weeks=rhythm.every_weeks,
        first_on=rhythm.first_on,
        until_on=rhythm.until_on,
        opens=rhythm.opens,
        closes=rhythm.closes,
    )
    session.add(series)
    session.flush()
    shared = {
        "garage_id": garage_id,
        "workshop_id": workshop_id,
        "resource_id": resource.id,
        "kind": kind_of_absence(resource),
        "label": request.label,
    }
    spans = [{"starts_at": starts_at, "ends_at": ends_at} for starts_at, ends_at in request.spans]
    entered = {"series_id": series.id, "entered_by_user_id": user_id, "entered_at": clock.now()}
    session.execute(insert(table_of(Absence)), [shared | entered | span for span in spans])
    session.execute(insert(table_of(Occupancy)), [shared | span for span in spans])
    raise_version(calendar)
    session.flush()
    return series


def end_series(
    session: Session,
    *,
    garage_id: int,
    workshop_id: int,
    series_id: int,
    version: int,
    from_on: date,
    timezone: str,
) -> AbsenceSeries:
    """Take back every date from ``from_on`` on; those before it stand. The rhythm ends the day before.

    Raises the calendar's version and flushes; a constant number of statements. Raises NotFoundError, or
    StaleVersionError when it is not as it was shown, or nothing of it is left to take back.
    """
    calendar = lock_calendar(session, garage_id, workshop_id)
    series = find_series(session, garage_id, workshop_id, series_id=series_id)
    rows = _standing(session, series, since=midnight(from_on, timezone))
    if series.version != version or not rows:
        raise StaleVersionError
    _delete_pieces(session, rows)
    now = clock.now()
    for row in rows:
        row.removed_at = now
        row.version += 1
    series.until_on = max(series.first_on, from_on - timedelta(days=1))
    series.version += 1
    raise_version(calendar)
    session.flush()
    return series


def find_series(session: Session, garage_id: int, workshop_id: int, *, series_id: int) -> AbsenceSeries:
    """The workshop's series with this id; raises NotFoundError."""
    row = session.scalar(
        select(AbsenceSeries).where(
            AbsenceSeries.garage_id == garage_id,
            AbsenceSeries.workshop_id == workshop_id,
            AbsenceSeries.id == series_id,
        )
    )
    if row is None:
        raise NotFoundError
    return row


def list_series(
    session: Session, garage_id: int, series_ids: Collection[int | None]
) -> dict[int, AbsenceSeries]:
    """These series of the garage, by id; no statement for none."""
    wanted = [number for number in series_ids if number is not None]
    if not wanted:
        return {}
    rows = session.scalars(
        select(AbsenceSeries).where(AbsenceSeries.garage_id == garage_id, AbsenceSeries.id.in_(wanted))
    )
    return {row.id: row for row in rows}


def find_same_series(
    session: Session, garage_id: int, workshop_id: int, *, request: RepeatRequest
) -> AbsenceSeries | None:
    """The series that says what ``request`` asks for, if it stands already."""
    rhythm = request.rhythm
    stands = select(Absence.id).where(
        Absence.garage_id == AbsenceSeries.garage_id,
        Absence.series_id == AbsenceSeries.id,
        Absence.label == request.label,
        Absence.removed_at.is_(None),
    )
    rows = session.scalars(
        select(AbsenceSeries)
        .where(
            AbsenceSeries.garage_id == garage_id,
            AbsenceSeries.workshop_id == workshop_id,
            AbsenceSeries.resource_id == request.resource_id,
            AbsenceSeries.every_weeks == rhythm.every_weeks,
            AbsenceSeries.first_on == rhythm.first_on,
            AbsenceSeries.until_on == rhythm.until_on,
            AbsenceSeries.opens == rhythm.opens,
            AbsenceSeries.closes == rhythm.closes,
            exists(stands.correlate(AbsenceSeries)),
        )
        .order_by(AbsenceSeries.id)
    )
    return next((row for row in rows if row.weekdays == sorted(set(rhythm.weekdays))), None)


def _standing(session: Session, series: AbsenceSeries, *, since: datetime) -> Sequence[Absence]:
    return session.scalars(
        select(Absence)
        .where(
            Absence.garage_id == series.garage_id,
            Absence.series_id == series.id,
            Absence.starts_at >= since,
            Absence.removed_at.is_(None),
        )
        .order_by(Absence.starts_at)
    ).all()


def _delete_pieces(session: Session, rows: Sequence[Absence]) -> None:
    """One occupancy for each of them: of two that say the same, either will do."""
    first = rows[0]
    stored = session.execute(
        select(Occupancy.starts_at, Occupancy.ends_at, Occupancy.id)
        .where(
            Occupancy.garage_id == first.garage_id,
            Occupancy.resource_id == first.resource_id,
            Occupancy.kind == first.kind,
            Occupancy.label == first.label,
            Occupancy.starts_at >= first.starts_at,
            Occupancy.starts_at <= rows[-1].starts_at,
        )
        .order_by(Occupancy.id.desc())
    )
    numbers = {(starts_at, ends_at): number for starts_at, ends_at, number in stored}
    ids = [numbers[row.starts_at, row.ends_at] for row in rows]
    session.execute(
        delete(Occupancy)
        .where(Occupancy.garage_id == first.garage_id, Occupancy.id.in_(ids))
        .execution_options(synchronize_session=False)
    )
