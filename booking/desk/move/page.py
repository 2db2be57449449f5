"""What the page that moves a visit shows: who could do it where, and what is free near a lost place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import clock
from app.localtime import to_local
from app.tenancy.queries import WorkshopView
from app.web.filters import capital
from booking.appointments.moving import DeskPlace
from booking.appointments.queries import AppointmentView
from booking.desk.standing import Reader, say_wish
from booking.resources.models import Resource
from booking.resources.queries import list_resources

KINDS = ("bay", "technician", "courtesy_car")


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
    """The bays, technicians and courtesy cars that may be named, in the garage's order."""

    resources: tuple[Resource, ...]

    def ids(self) -> dict[str, set[int]]:
        return {kind: {row.id for row in self.resources if row.kind == kind} for kind in KINDS}

    def name(self, resource_id: int) -> str:
        return next(row.name for row in self.resources if row.id == resource_id)

    def options(self, kind: str, anyone: str) -> list[tuple[str, str]]:
        """For a select: whoever fits best first, then each by name."""
        return [("", anyone), *((str(row.id), row.name) for row in self.resources if row.kind == kind)]


def load_team(session: Session, workshop: WorkshopView, *, lends: bool) -> Team:
    """Who and what can be named at the workshop; courtesy cars where the visit has one (``lends``)."""
    rows = list_resources(session, workshop.garage_id, workshop.id)
    return Team(tuple(row for row in rows if lends or row.kind != "courtesy_car"))


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


def say_present(view: AppointmentView, workshop: WorkshopView) -> str:
    """``Today at 8:00, Bay 1, Nadia``: where the visit stands now."""
    reader = Reader(clock.now(), workshop.timezone)
    if view.appointment.is_wish:
        return say_wish(view.appointment, reader)
    places = [place.name for place in map(view.place, KINDS) if place]
    return ", ".join([capital(reader.which_day(view.appointment.arrives_at)), *places])
