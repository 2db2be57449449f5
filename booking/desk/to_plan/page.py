"""What the list of visits to place shows of each, and the places that it proposes for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.localtime import local_date
from app.tenancy.queries import WorkshopView, get_workshop_by_id, list_workshops
from app.web.filters import localtime
from booking.appointments.moving import HERE, is_day_alone
from booking.appointments.queries import AppointmentView
from booking.appointments.unplanned import list_next_places, list_unplanned
from booking.desk.move.page import Offer, list_offers, load_team


@dataclass(frozen=True, slots=True)
class Row:
    """A visit to place: its time and day, what they are to the customer, and the proposals, if asked for.

    A day alone has no ``time``. ``offers`` is None where none were asked for.
    """

    view: AppointmentView
    workshop: WorkshopView
    time: str
    day: str
    said: str
    offers: Sequence[Offer] | None = None


@dataclass(frozen=True, slots=True)
class ToPlan:
    """Every visit of the garage without a place, the earliest arrival first."""

    rows: list[Row]
    has_several_workshops: bool


def load_to_plan(session: Session, garage_id: int, *, proposed: int | None) -> ToPlan:
    """Read the list by a constant number of statements; with the next places for the visit ``proposed``."""
    workshops = {row.id: row for row in list_workshops(session, garage_id)}
    rows = []
    for view in list_unplanned(session, garage_id):
        number = view.appointment.workshop_id
        if number not in workshops:
            workshops[number] = get_workshop_by_id(session, garage_id, number)
        workshop = workshops[number]
        offers = _propose(session, view, workshop) if view.id == proposed else None
        rows.append(_row(view, workshop, offers))
    return ToPlan(rows, has_several_workshops=len(workshops) > 1)


def _propose(session: Session, view: AppointmentView, workshop: WorkshopView) -> list[Offer]:
    team = load_team(session, workshop, lends=False)
    return list_offers(list_next_places(session, view, workshop=workshop), team, workshop)


def _row(view: AppointmentView, workshop: WorkshopView, offers: Sequence[Offer] | None) -> Row:
    visit, zone = view.appointment, workshop.timezone
    return Row(
        view,
        workshop,
        time="" if is_day_alone(visit, zone) else localtime(visit.arrives_at, zone),
        day=format_date(local_date(visit.arrives_at, zone), "EEE d MMM"),
        said=_say(view),
        offers=offers,
    )


def _say(view: AppointmentView) -> str:
    """What the arrival is: a car that is here, a promise, or a wish."""
    if view.status in HERE:
        return str(_("The car is here and has no place."))
    return str(_("Wished, nothing promised") if view.appointment.is_wish else _("Arrival promised"))
