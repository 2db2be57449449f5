"""What the page that moves a visit shows: who could do it where, and what is free near a lost place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.localtime import to_local
from app.tenancy.queries import WorkshopView
from app.web.filters import capital
from booking.appointments.moving import DeskPlace
from booking.appointments.queries import AppointmentView
from booking.desk.standing import Reader
from booking.errors import InTheWayError
from booking.resources.models import Resource
from booking.resources.queries import list_resources

KINDS = ("bay", "technician")


@dataclass(frozen=True, slots=True)
class Offer:
    """A free place, one press away: what its button sends, and what it says."""

    arrives_at: str
    bay: int
    technician: int
    when: str
    where: str


@dataclass(frozen=True, slots=True)
class Team:
    """The bays and technicians that may be named, in the garage's order."""

    resources: tuple[Resource, ...]

    def ids(self) -> dict[str, set[int]]:
        return {kind: {row.id for row in self.resources if row.kind == kind} for kind in KINDS}

    def name(self, resource_id: int) -> str:
        return next(row.name for row in self.resources if row.id == resource_id)

    def options(self, kind: str, anyone: str) -> list[tuple[str, str]]:
        """For a select: whoever fits best first, then each by name."""
        return [("", anyone), *((str(row.id), row.name) for row in self.resources if row.kind == kind)]


def load_team(session: Session, workshop: WorkshopView) -> Team:
    """Who can be named at the workshop."""
    rows = list_resources(session, workshop.garage_id, workshop.id)
    return Team(tuple(row for row in rows if row.kind in KINDS))


def list_offers(places: Iterable[DeskPlace], team: Team, workshop: WorkshopView) -> list[Offer]:
    """The free places as buttons."""
    reader = Reader(clock.now(), workshop.timezone)
    return [
        Offer(
            arrives_at=to_local(place.arrives_at, workshop.timezone).isoformat(),
            bay=place.bay_id,
            technician=place.technician_id,
            when=capital(reader.which_day(place.arrives_at)),
            where=f"{team.name(place.bay_id)}, {team.name(place.technician_id)}",
        )
        for place in places
    ]


def say_refusal(refusal: InTheWayError) -> str:
    """Why the wanted place is not to be had."""
    if refusal.kind == "bay":
        return str(_("This overlaps %(car)s in %(place)s.", car=refusal.plate, place=refusal.place))
    if refusal.kind:
        return str(_("%(name)s is busy with %(car)s then.", car=refusal.plate, name=refusal.place))
    return str(refusal.message)


def say_present(view: AppointmentView, workshop: WorkshopView) -> str:
    """``Today at 8:00, Bay 1, Nadia``: where the visit stands now."""
    reader = Reader(clock.now(), workshop.timezone)
    places = [place.name for place in map(view.place, KINDS) if place]
    return ", ".join([capital(reader.which_day(view.appointment.arrives_at)), *places])
