"""Taking a resource or the workshop out of work, and back: each under the workshop's lock."""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import clock
from app.errors import StaleVersionError
from app.tenancy.calendar import lock_calendar, raise_version
from booking.resources.models import Absence, Occupancy, OpeningException, Resource
from booking.resources.pieces import split_span
from booking.resources.queries import get_absence, get_exception, get_resource, list_exceptions
from booking.resources.requests import AwayRequest, ClosingRequest


def enter_absence(
    session: Session, *, garage_id: int, workshop_id: int, request: AwayRequest, user_id: int | None
) -> Absence:
    """Leave for a technician, a block for a bay or courtesy car; may lie over visits that stand.

    Stores it with its occupancies in pieces of 14 days, raises the calendar's version and flushes.
    Raises NotFoundError for a resource that the workshop does not have in use.
    """
    calendar = lock_calendar(session, garage_id, workshop_id)
    resource = get_resource(session, garage_id, workshop_id, resource_id=request.resource_id)
    absence = Absence(
        garage_id=garage_id,
        workshop_id=workshop_id,
        resource_id=resource.id,
        kind=kind_of_absence(resource),
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        label=request.label,
        entered_by_user_id=user_id,
    )
    session.add_all([absence, *_pieces_of(absence)])
    raise_version(calendar)
    session.flush()
    return absence


def kind_of_absence(resource: Resource) -> str:
    """People are on leave; bays and courtesy cars are blocked."""
    return "leave" if resource.kind == "technician" else "block"


def remove_absence(
    session: Session, *, garage_id: int, workshop_id: int, absence_id: int, version: int
) -> Absence:
    """Take leave or a block back: the resource works again; raises the calendar's version and flushes.

    Raises NotFoundError, or StaleVersionError when it is not as it was shown, for example when a
    colleague has taken it back already.
    """
    calendar = lock_calendar(session, garage_id, workshop_id)
    absence = get_absence(session, garage_id, workshop_id, absence_id=absence_id)
    if absence.version != version or absence.removed_at is not None:
        raise StaleVersionError
    absence.removed_at = clock.now()
    absence.version += 1
    for piece in _pieces_of(absence):
        _delete_one(session, piece)
    raise_version(calendar)
    session.flush()
    return absence


def close_range(
    session: Session, *, garage_id: int, workshop_id: int, request: ClosingRequest
) -> OpeningException:
    """Close dates, hours of one date, or a stretch from one date into another.

    The exception goes to the end of the list, so that it stands. Hours closed of a date of which
    the desk has closed others join those: one row, taken back as one. Raises the calendar's version
    and flushes.
    """
    calendar = lock_calendar(session, garage_id, workshop_id)
    rows = [
        row
        for row in list_exceptions(session, garage_id, workshop_id)
        if row.first_on <= request.last_on and row.last_on >= request.first_on
    ]
    span = [list(request.span)] if request.span else []
    last = rows[-1] if rows else None
    is_of_one_date = request.first_on == request.last_on
    if span and is_of_one_date and last is not None and last.closed and last.first_on == last.last_on:
        last.closed = sorted([*last.closed, *span])
        last.label = request.label or last.label
        last.version += 1
        row = last
    else:
        row = _new_exception(session, garage_id, workshop_id, request=request)
        row.closed = span
    row.entered_at = clock.now()
    raise_version(calendar)
    session.flush()
    return row


def reopen(
    session: Session, *, garage_id: int, workshop_id: int, exception_id: int, version: int
) -> OpeningException:
    """Take a closing, or special hours, back: what stood before stands again.

    Raises the calendar's version and flushes. Raises NotFoundError, or StaleVersionError when it is
    not as it was shown.
    """
    calendar = lock_calendar(session, garage_id, workshop_id)
    row = get_exception(session, garage_id, workshop_id, exception_id=exception_id)
    if row.version != version or row.removed_at is not None:
        raise StaleVersionError
    row.removed_at = clock.now()
    row.version += 1
    raise_version(calendar)
    session.flush()
    return row


def _new_exception(
    session: Session, garage_id: int, workshop_id: int, *, request: ClosingRequest
) -> OpeningException:
    highest = session.scalar(
        select(func.max(OpeningException.position)).where(
            OpeningException.garage_id == garage_id, OpeningException.workshop_id == workshop_id
        )
    )
    row = OpeningException(
        garage_id=garage_id,
        workshop_id=workshop_id,
        first_on=request.first_on,
        last_on=request.last_on,
        label=request.label,
        position=0 if highest is None else highest + 1,
    )
    session.add(row)
    return row


def _pieces_of(absence: Absence) -> list[Occupancy]:
    return [
        Occupancy(
            garage_id=absence.garage_id,
            workshop_id=absence.workshop_id,
            resource_id=absence.resource_id,
            kind=absence.kind,
            starts_at=starts_at,
            ends_at=ends_at,
            label=absence.label,
        )
        for starts_at, ends_at in split_span(absence.starts_at, absence.ends_at)
    ]


def _delete_one(session: Session, piece: Occupancy) -> None:
    """One row like this piece: of two that say the same, either will do."""
    same = (
        select(Occupancy.id)
        .where(
            Occupancy.garage_id == piece.garage_id,
            Occupancy.resource_id == piece.resource_id,
            Occupancy.kind == piece.kind,
            Occupancy.starts_at == piece.starts_at,
            Occupancy.ends_at == piece.ends_at,
            Occupancy.label == piece.label,
        )
        .order_by(Occupancy.id)
        .limit(1)
    )
    session.execute(
        delete(Occupancy).where(
            Occupancy.garage_id == piece.garage_id, Occupancy.id == same.scalar_subquery()
        )
    )
