"""What every page of the settings starts from: its workshop, the way to others, visits that are touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from app.db.unit_of_work import reading
from app.tenancy.queries import WorkshopView, get_workshop, list_workshops
from booking.appointments.queries import list_views
from booking.desk.conflicts.words import say_conflict
from booking.errors import TouchesVisitsError


@dataclass(frozen=True, slots=True)
class Place:
    """The workshop whose settings are open, and all of the garage's."""

    workshop: WorkshopView
    workshops: Sequence[WorkshopView]


def load_place(session: Session, slug: str) -> Place:
    """The garage's workshop called ``slug``; raises NotFoundError. Two statements."""
    garage_id = current_user.garage.id
    return Place(get_workshop(session, garage_id, slug), list_workshops(session, garage_id))


def render_settings(template: str, place: Place, **context: Any) -> str:
    """The page, in the frame of the settings; the switch leads to the same page of another workshop.

    Of a page about one thing it leads to the list of its kind, for another workshop has other ones.
    """
    endpoint = context.pop("listing", request.endpoint)
    values = {key: value for key, value in (request.view_args or {}).items() if key == "kind"}
    sites = [
        {
            "label": row.name,
            "href": url_for(endpoint, workshop=row.slug, **values),
            "current": row.id == place.workshop.id,
        }
        for row in place.workshops
    ]
    return render_template(
        template,
        workshop=place.workshop,
        sites=sites,
        settings_href=url_for("booking_settings.overview", workshop=place.workshop.slug),
        **context,
    )


def render_touched(
    refusal: TouchesVisitsError,
    place: Place,
    *,
    heading: str,
    form: Mapping[str, Sequence[str]],
    again: bool,
    listing: str,
) -> str:
    """The visits that a change would leave to re-plan, each with why, before anything is stored.

    ``form`` is what was sent, so that confirming sends it again; ``again``: they were confirmed already,
    and more have come.
    """
    with reading() as session:
        views = list_views(session, current_user.garage.id, refusal.reasons)
        zones = {row.id: row.timezone for row in place.workshops}
        slugs = {row.id: row.slug for row in place.workshops}
    touched = sorted(views, key=lambda view: (view.appointment.arrives_at, view.id))
    kept = [(name, value) for name, values in form.items() if name not in OWN for value in values]
    return render_settings(
        "booking/desk/settings_touched.html",
        place,
        listing=listing,
        heading=heading,
        touched=touched,
        reasons={key: [say_conflict(each) for each in found] for key, found in refusal.reasons.items()},  # type: ignore[arg-type]  # the domain's error knows no more of them
        zones=zones,
        slugs=slugs,
        kept=kept,
        more=str(refusal.message) if again else "",
    )


OWN = frozenset({"csrf_token", "seen", "confirmed", "change"})
"""What the preview's form says itself."""
