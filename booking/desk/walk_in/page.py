"""The next places for a car at the counter, as the form offers them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import pgettext
from sqlalchemy.orm import Session

from app import clock
from app.errors import InvalidInputError
from app.localtime import from_minutes, to_local
from app.tenancy.queries import WorkshopView
from app.web.filters import capital
from booking.appointments.here import PlacesHere, list_places_here
from booking.appointments.lengths import next_tick
from booking.availability.engine.model import Placement
from booking.catalog.models import ServiceType
from booking.desk.phone.forms import Typed, fit_mode, read_visit
from booking.desk.phone.page import Passing, Places, Proposal, passing_of, propose, say_ready
from booking.desk.reasons import say_refusal
from booking.desk.standing import Reader
from booking.desk.walk_in.forms import HERE
from booking.errors import (
    CourtesyCarWithWaitError,
    InTheWayError,
    ModeNotOfferedError,
    NotInOneVisitError,
    SoftRulesError,
    UnknownServiceError,
)
from booking.resources.models import Resource
from booking.resources.queries import list_resources


def find_places_here(
    session: Session, workshop: WorkshopView, typed: Typed, *, offered: list[ServiceType]
) -> Places:
    """The next three places from now on, each with who would do the work; or why there are none.

    Where the work cannot begin now, why not, and what the desk would pass to begin all the same.
    """
    if not typed.codes:
        return Places(said=_("Choose the work first; three places follow."))
    fitted = fit_mode(typed, offered)
    try:
        found = list_places_here(session, workshop, read_visit(fitted, offered))
    except InvalidInputError as refusal:
        return Places(errors=refusal.errors)
    except (UnknownServiceError, ModeNotOfferedError, CourtesyCarWithWaitError) as refusal:
        return Places(errors={"mode": str(refusal.message)})
    except NotInOneVisitError as refusal:
        return Places(errors={"service": str(refusal.message)})
    resources = list_resources(session, workshop.garage_id, workshop.id)
    names = {row.id: row.name for row in resources}
    proposals = (*_propose(found.here, workshop, names), *propose(found.later, workshop))
    return Places(
        proposals=proposals,
        said=_say(found.refusal, workshop, has_places=bool(proposals)),
        mode="" if fitted is typed else fitted["mode"],
        passing=_passing(found, workshop, resources),
        nearest=proposals[0].value if proposals else "",
    )


def _propose(
    places: tuple[Placement, ...], workshop: WorkshopView, names: dict[int, str]
) -> Iterator[Proposal]:
    reader = Reader(clock.now(), workshop.timezone)
    now = next_tick(reader.now)
    for place in places:
        starts_at, ready_at = from_minutes(place.work_starts_at), from_minutes(place.ready_at)
        rows = filter(None, (place.bay, place.technician, place.courtesy_car))
        yield Proposal(
            value=HERE + to_local(starts_at, workshop.timezone).isoformat(),
            when=str(pgettext("place", "Now")) if starts_at == now else capital(reader.which_day(starts_at)),
            ready=say_ready(starts_at, ready_at, reader),
            where=", ".join(names[row.resource_id] for row in rows),
        )


def _say(refusal: InTheWayError | None, workshop: WorkshopView, *, has_places: bool) -> str:
    """Why not now, where nothing else says it."""
    sentences = (
        []
        if refusal is None or isinstance(refusal, SoftRulesError)
        else [_("Not now: %(reason)s", reason=say_refusal(refusal, workshop))]
    )
    if not has_places:
        sentences.append(_("No place in the next two months. Another way of coming?"))
    return " ".join(map(str, sentences))


def _passing(found: PlacesHere, workshop: WorkshopView, resources: list[Resource]) -> Passing | None:
    """What beginning now would pass, where soft rules alone forbid it."""
    if not isinstance(found.refusal, SoftRulesError):
        return None
    taken = [row for row in resources if row.id in found.refusal.resource_ids]
    return passing_of(found.refusal, workshop, when=str(pgettext("place", "Now")), taken=taken)


def say_when_here(starts_at: datetime | None, workshop: WorkshopView) -> str:
    """When the work of a car that is here begins, in a sentence about what was booked."""
    now = clock.now()
    if starts_at is None or starts_at <= next_tick(now):
        return str(_("now"))
    return Reader(now, workshop.timezone).which_day(starts_at)
