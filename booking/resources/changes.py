"""Use cases that change what a workshop works with: bays, technicians and courtesy cars.

Each runs under the workshop's lock and compares the version that the page showed. What a change does to
visits that stand is asked by whoever calls (``booking/appointments/operations/change_set_up.py``).
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import InvalidInputError, NotFoundError, StaleVersionError
from app.tenancy.calendar import lock_calendar, raise_version
from app.tenancy.garage_file.kinds import Values
from app.tenancy.garage_file.rows import update_row
from app.tenancy.set_up_log import note_change
from booking.resources.all_resources import list_all_resources
from booking.resources.garage_file import resource_columns
from booking.resources.models import Resource


def add_resource(
    session: Session, *, garage_id: int, workshop_id: int, kind: str, values: Values, user_id: int | None
) -> Resource:
    """A new bay, technician or courtesy car, the last in the garage's order. Flushes.

    ``values`` are those of the garage file, in stored form. Raises InvalidInputError for a name that
    another of the same kind has, in use or archived.
    """
    calendar = lock_calendar(session, garage_id, workshop_id)
    others = list_all_resources(session, garage_id, workshop_id, kind=kind)
    _check_name(values["name"], others)
    row = Resource(
        garage_id=garage_id,
        workshop_id=workshop_id,
        kind=kind,
        position=1 + max((other.position for other in others), default=-1),
        **resource_columns(kind, values),
    )
    session.add(row)
    _note(session, row, act="added", user_id=user_id)
    raise_version(calendar)
    session.flush()
    return row


def change_resource(
    session: Session,
    *,
    garage_id: int,
    workshop_id: int,
    resource_id: int,
    version: int,
    values: Values,
    user_id: int | None,
) -> Resource:
    """What a bay, technician or courtesy car is and can do, in stored form. Flushes.

    Raises NotFoundError, StaleVersionError, or InvalidInputError for a name that another one has.
    """
    calendar = lock_calendar(session, garage_id, workshop_id)
    row, others = _find(session, garage_id, workshop_id, resource_id=resource_id)
    _check_version(row, version)
    _check_name(values["name"], others)
    if update_row(row, resource_columns(row.kind, values)):
        _note(session, row, act="changed", user_id=user_id)
    raise_version(calendar)
    session.flush()
    return row


def archive_resource(
    session: Session, *, garage_id: int, workshop_id: int, resource_id: int, version: int, user_id: int | None
) -> Resource:
    """It takes no new visits; its rows are kept, and visits that stand with it are conflicts. Flushes.

    Raises NotFoundError, or StaleVersionError also where it is archived already.
    """
    calendar = lock_calendar(session, garage_id, workshop_id)
    row, _others = _find(session, garage_id, workshop_id, resource_id=resource_id)
    _check_version(row, version)
    if row.archived_at is not None:
        raise StaleVersionError
    update_row(row, {"archived_at": clock.now()})
    _note(session, row, act="archived", user_id=user_id)
    raise_version(calendar)
    session.flush()
    return row


def restore_resource(
    session: Session, *, garage_id: int, workshop_id: int, resource_id: int, version: int, user_id: int | None
) -> Resource:
    """Bring an archived one back, the last in the order. Flushes.

    Raises NotFoundError, or StaleVersionError also where it is in use already.
    """
    calendar = lock_calendar(session, garage_id, workshop_id)
    row, others = _find(session, garage_id, workshop_id, resource_id=resource_id)
    _check_version(row, version)
    if row.archived_at is None:
        raise StaleVersionError
    position = 1 + max((other.position for other in others), default=-1)
    update_row(row, {"archived_at": None, "position": position})
    _note(session, row, act="restored", user_id=user_id)
    raise_version(calendar)
    session.flush()
    return row


def shift_resource(
    session: Session,
    *,
    garage_id: int,
    workshop_id: int,
    resource_id: int,
    version: int,
    by: int,
    user_id: int | None,
) -> Resource:
    """Change places with the one before (``by`` -1) or after it (1) in the garage's order. Flushes.

    Both get a new version: whoever looks at the old order is told. At an end nothing changes. Raises
    NotFoundError, also for an archived one, or StaleVersionError.
    """
    calendar = lock_calendar(session, garage_id, workshop_id)
    row, others = _find(session, garage_id, workshop_id, resource_id=resource_id)
    if row.archived_at is not None:
        raise NotFoundError
    _check_version(row, version)
    order = [each for each in sorted([row, *others], key=_place) if each.archived_at is None]
    here = order.index(row)
    there = min(max(here + by, 0), len(order) - 1)
    order[here], order[there] = order[there], order[here]
    for position, each in enumerate(order):
        if each in (order[here], order[there]) and here != there:
            update_row(each, {"position": position})
        else:
            each.position = position
    if here != there:
        _note(session, row, act="moved", user_id=user_id)
    raise_version(calendar)
    session.flush()
    return row


def _note(session: Session, row: Resource, *, act: str, user_id: int | None) -> None:
    note_change(
        session,
        garage_id=row.garage_id,
        workshop_id=row.workshop_id,
        kind=row.kind,
        act=act,
        name=row.name,
        user_id=user_id,
    )


def _place(row: Resource) -> tuple[int, int]:
    return row.position, row.id


def _find(
    session: Session, garage_id: int, workshop_id: int, *, resource_id: int
) -> tuple[Resource, list[Resource]]:
    """The resource, archived or not, and all others of its kind; raises NotFoundError."""
    kind = select(Resource.kind).where(
        Resource.garage_id == garage_id, Resource.workshop_id == workshop_id, Resource.id == resource_id
    )
    rows = list_all_resources(session, garage_id, workshop_id, kind=kind.scalar_subquery())
    found = next((row for row in rows if row.id == resource_id), None)
    if found is None:
        raise NotFoundError
    return found, [row for row in rows if row is not found]


def _check_version(row: Resource, version: int) -> None:
    if row.version != version:
        raise StaleVersionError


def _check_name(name: str, others: Sequence[Resource]) -> None:
    """Names are told apart as people do: case does not count."""
    same = next((row for row in others if row.name.casefold() == name.casefold()), None)
    if same is None:
        return
    if same.archived_at is None:
        raise InvalidInputError({"name": _("There is one of this name already.")})
    raise InvalidInputError(
        {"name": _("One of this name is archived. Bring it back from there, or choose another name.")}
    )
