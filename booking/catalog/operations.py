"""Use cases of the catalogue: each under the locks of all the garage's workshops, which share it.

What visits have booked stands whatever becomes of a service type: their lines keep its minutes and price.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.errors import InvalidInputError, NotFoundError, StaleVersionError
from app.tenancy.calendar import lock_calendars, raise_version
from app.tenancy.garage_file.kinds import Values
from app.tenancy.garage_file.rows import update_row
from app.tenancy.set_up_log import note_change
from booking.catalog.models import ServiceType
from booking.catalog.queries import whole_catalogue


def add_service_type(session: Session, *, garage_id: int, values: Values, user_id: int | None) -> ServiceType:
    """A new line of the catalogue, the last; ``values`` are the garage file's, in stored form. Flushes.

    Raises InvalidInputError for a code that another one has, in use or archived.
    """
    rows = _lock(session, garage_id)
    if any(row.code == values["code"] for row in rows):
        raise InvalidInputError({"code": _("Another service has this code.")})
    row = ServiceType(garage_id=garage_id, position=_after_all(rows), **values)
    session.add(row)
    _note(session, row, act="added", user_id=user_id)
    session.flush()
    return row


def change_service_type(
    session: Session,
    *,
    garage_id: int,
    service_type_id: int,
    version: int,
    values: Values,
    user_id: int | None,
) -> ServiceType:
    """What it is and asks for; its code stays, for others know it by that. Flushes.

    Raises NotFoundError or StaleVersionError.
    """
    row = _find(_lock(session, garage_id), service_type_id, version=version)
    if update_row(row, values | {"code": row.code}):
        _note(session, row, act="changed", user_id=user_id)
    session.flush()
    return row


def switch_online(
    session: Session, *, garage_id: int, service_type_id: int, version: int, online: bool, user_id: int | None
) -> ServiceType:
    """Let the public book it, or the desk alone. Flushes. Raises NotFoundError or StaleVersionError."""
    row = _find(_lock(session, garage_id), service_type_id, version=version)
    if update_row(row, {"online": online}):
        _note(session, row, act="changed", user_id=user_id)
    session.flush()
    return row


def archive_service_type(
    session: Session, *, garage_id: int, service_type_id: int, version: int, user_id: int | None
) -> ServiceType:
    """Nobody books it any more; visits that have it stand. Flushes.

    Raises NotFoundError, or StaleVersionError also where it is archived already.
    """
    row = _find(_lock(session, garage_id), service_type_id, version=version)
    if row.archived_at is not None:
        raise StaleVersionError
    update_row(row, {"archived_at": clock.now()})
    _note(session, row, act="archived", user_id=user_id)
    session.flush()
    return row


def restore_service_type(
    session: Session, *, garage_id: int, service_type_id: int, version: int, user_id: int | None
) -> ServiceType:
    """Bring an archived one back, the last. Flushes.

    Raises NotFoundError, or StaleVersionError also where it is in use already.
    """
    rows = _lock(session, garage_id)
    row = _find(rows, service_type_id, version=version)
    if row.archived_at is None:
        raise StaleVersionError
    update_row(row, {"archived_at": None, "position": _after_all(rows)})
    _note(session, row, act="restored", user_id=user_id)
    session.flush()
    return row


def shift_service_type(
    session: Session, *, garage_id: int, service_type_id: int, version: int, by: int, user_id: int | None
) -> ServiceType:
    """Change places with the one before (``by`` -1) or after it (1) in its group. Flushes.

    Both get a new version: whoever looks at the old order is told. At an end nothing changes. Raises
    NotFoundError or StaleVersionError.
    """
    rows = _lock(session, garage_id)
    row = _find(rows, service_type_id, version=version)
    groups = _in_groups(rows)
    group = next((group for group in groups if row in group), None)
    if group is None:
        raise NotFoundError
    here = group.index(row)
    there = min(max(here + by, 0), len(group) - 1)
    group[here], group[there] = group[there], group[here]
    _put_in_order(groups, shifted={row, group[here]} if here != there else set())
    if here != there:
        _note(session, row, act="moved", user_id=user_id)
    session.flush()
    return row


def shift_group(
    session: Session, *, garage_id: int, service_type_id: int, version: int, by: int, user_id: int | None
) -> ServiceType:
    """Move the whole group of this one, its first, before or behind its neighbour. Flushes.

    The first ones of both groups get a new version. Raises NotFoundError or StaleVersionError.
    """
    rows = _lock(session, garage_id)
    row = _find(rows, service_type_id, version=version)
    groups = _in_groups(rows)
    here = next((place for place, group in enumerate(groups) if row in group), None)
    if here is None:
        raise NotFoundError
    there = min(max(here + by, 0), len(groups) - 1)
    groups[here], groups[there] = groups[there], groups[here]
    _put_in_order(groups, shifted={row, groups[here][0]} if here != there else set())
    if here != there:
        _note(session, row, act="moved", user_id=user_id)
    session.flush()
    return row


def _note(session: Session, row: ServiceType, *, act: str, user_id: int | None) -> None:
    note_change(session, garage_id=row.garage_id, kind="service", act=act, name=row.code, user_id=user_id)


def _lock(session: Session, garage_id: int) -> Sequence[ServiceType]:
    """Take the locks and raise the versions; the whole catalogue as it stands then."""
    for calendar in lock_calendars(session, garage_id).values():
        raise_version(calendar)
    return session.scalars(whole_catalogue(garage_id)).all()


def _find(rows: Sequence[ServiceType], service_type_id: int, *, version: int) -> ServiceType:
    row = next((row for row in rows if row.id == service_type_id), None)
    if row is None:
        raise NotFoundError
    if row.version != version:
        raise StaleVersionError
    return row


def _after_all(rows: Sequence[ServiceType]) -> int:
    return 1 + max((row.position for row in rows), default=-1)


def _in_groups(rows: Sequence[ServiceType]) -> list[list[ServiceType]]:
    """Those in use, as they are shown: each group stands where its first one does."""
    groups: dict[str, list[ServiceType]] = {}
    for row in rows:
        if row.archived_at is None:
            groups.setdefault(row.group, []).append(row)
    return list(groups.values())


def _put_in_order(groups: Sequence[Sequence[ServiceType]], *, shifted: set[ServiceType]) -> None:
    for position, row in enumerate(row for group in groups for row in group):
        row.position = position
    for row in shifted:
        row.version += 1
