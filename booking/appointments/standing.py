"""What an answer about a workshop stands on, read in one statement: its versions and the live holds.

Two answers to one question that stand on the same are the same, as far as time does not change them
(:class:`booking.appointments.slots.Moments`). Versions rise with all that is written; holds are over by the
clock alone and raise none, so that what they take is compared itself.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app import clock
from app.db.types import UtcDateTime
from app.errors import NotFoundError
from app.tenancy.calendar import Versions
from app.tenancy.models import Garage, Workshop, WorkshopCalendar
from app.tenancy.queries import GarageView, WorkshopView
from booking.appointments.holds import Held, held_of, is_live, list_held_columns
from booking.appointments.models import Hold
from booking.resources.models import Occupancy


@dataclass(frozen=True, slots=True)
class Standing:
    """A workshop in use at its public address, as it stood at the moment ``at``."""

    garage: GarageView
    workshop: WorkshopView
    versions: Versions
    held: Held
    at: datetime

    @property
    def version(self) -> Hashable:
        """The version of what is kept of it: all that stands here."""
        return self.garage.id, self.workshop.id, self.versions, self.held


# Made once, and of tables, not of classes: it is most of what a warm answer costs.
_garage, _workshop, _calendar = Garage.__table__, Workshop.__table__, WorkshopCalendar.__table__
_hold, _occupancy = Hold.__table__, Occupancy.__table__
_GARAGE = [_garage.c[name] for name in GarageView.__slots__]
_WORKSHOP = [_workshop.c[name] for name in WorkshopView.__slots__]
_PLACE = len(_GARAGE) + len(_WORKSHOP)
_STANDING = (
    select(
        *_GARAGE,
        *_WORKSHOP,
        _calendar.c.version,
        _calendar.c.set_up_version,
        *list_held_columns(_hold, _occupancy),
    )
    .select_from(_garage)
    .join(_workshop, _workshop.c.garage_id == _garage.c.id)
    .join(
        _calendar,
        (_calendar.c.garage_id == _workshop.c.garage_id) & (_calendar.c.workshop_id == _workshop.c.id),
    )
    .outerjoin(
        _hold,
        (_hold.c.garage_id == _workshop.c.garage_id)
        & (_hold.c.workshop_id == _workshop.c.id)
        & is_live(_hold, bindparam("at", type_=UtcDateTime)),
    )
    .outerjoin(
        _occupancy, (_occupancy.c.garage_id == _hold.c.garage_id) & (_occupancy.c.hold_id == _hold.c.id)
    )
    .where(
        _garage.c.slug == bindparam("garage_slug"),
        _workshop.c.slug == bindparam("workshop_slug"),
        _workshop.c.archived_at.is_(None),
    )
    .order_by(_hold.c.id, _occupancy.c.id)
)


def get_standing(session: Session, garage_slug: str, workshop_slug: str) -> Standing:
    """What stands at a public address now; raises NotFoundError.

    Whoever keeps an answer reads this first and everything else afterwards. The caller stands in
    :func:`app.tenancy.scope.across_garages`: the address names the garage.
    """
    if not (garage_slug + workshop_slug).isprintable():  # PostgreSQL refuses NUL in a text
        raise NotFoundError
    at = clock.now()
    rows = session.execute(
        _STANDING, {"garage_slug": garage_slug, "workshop_slug": workshop_slug, "at": at}
    ).all()
    if not rows:
        raise NotFoundError
    place = rows[0]
    return Standing(
        garage=GarageView(*place[: len(_GARAGE)]),
        workshop=WorkshopView(*place[len(_GARAGE) : _PLACE]),
        versions=Versions(*place[_PLACE : _PLACE + len(Versions._fields)]),
        held=held_of(row for row in rows if row.resource_id is not None),
        at=at,
    )
