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
from booking.desk.reasons import say_held, say_reason
from booking.desk.standing import Reader
from booking.errors import InTheWayError, SoftRulesError
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


def say_refusal(refusal: InTheWayError, workshop: WorkshopView) -> str:
    """Why the wanted place is not to be had: somebody books it online, a car is there, or a rule binds."""
    if refusal.held_until:
        return say_held(refusal, workshop)
    if refusal.kind == "courtesy_car":
        if not refusal.plate:
            return str(_("%(name)s is not free for that stay.", name=refusal.place))
        return str(_("%(name)s is lent to the driver of %(car)s.", car=refusal.plate, name=refusal.place))
    if refusal.kind == "bay":
        return str(_("This overlaps %(car)s in %(place)s.", car=refusal.plate, place=refusal.place))
    if refusal.kind:
        return str(_("%(name)s is busy with %(car)s then.", car=refusal.plate, name=refusal.place))
    return say_reason(refusal.reason) or str(refusal.message)


def passed_of(refusal: InTheWayError) -> tuple[str, ...]:
    """The soft rules that the desk may pass to have the place; none where something hard is in the way."""
    return refusal.passed if isinstance(refusal, SoftRulesError) else ()


def say_present(view: AppointmentView, workshop: WorkshopView) -> str:
    """``Today at 8:00, Bay 1, Nadia``: where the visit stands now."""
    reader = Reader(clock.now(), workshop.timezone)
    places = [place.name for place in map(view.place, KINDS) if place]
    return ", ".join([capital(reader.which_day(view.appointment.arrives_at)), *places])
