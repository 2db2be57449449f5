"""``/desk/…/settings/online``: how one workshop takes bookings."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.db.unit_of_work import reading
from app.security.policy import staff
from booking.desk.settings.online.forms import Typed, read_rules, read_typed, say_differing, type_rules
from booking.desk.settings.page import Place, load_place, render_settings
from booking.desk.settings.storing import Saving, store
from booking.resources.models import WorkshopRules
from booking.resources.queries import get_rules
from booking.resources.rule_changes import change_rules

LISTING = "booking_settings.online"


@staff("manager")
def show(workshop: str) -> ResponseReturnValue:
    """The rules as they stand."""
    place, rules = _load(workshop)
    return _page(place, rules, type_rules(rules))


@staff("manager")
def save(workshop: str) -> ResponseReturnValue:
    """Store what was typed, from the version that the page showed; a conflict keeps it in the form."""
    (place, _rules), typed = _load(workshop), read_typed(request.form)
    saving = Saving(
        place=place,
        form=lambda **shown: _page(*_load(workshop), typed, **shown),
        heading=_("Online booking"),
        said=_("Saved. It holds for bookings from now on."),
        then=url_for(".online", workshop=workshop),
        listing=LISTING,
    )
    return store(
        saving,
        read=lambda: read_rules(typed),
        change=lambda session, version, values: change_rules(
            session,
            garage_id=place.workshop.garage_id,
            workshop_id=place.workshop.id,
            version=version,
            values=values,
            user_id=current_user.user_id,
        ),
    )


def _load(workshop: str) -> tuple[Place, WorkshopRules]:
    with reading() as session:
        place = load_place(session, workshop)
        return place, get_rules(session, place.workshop.garage_id, place.workshop.id)


def field_words() -> dict[str, str]:
    """The fields of the form on screen."""
    return {
        "slot_minutes": _("Minutes between two arrival times"),
        "arrivals_per_slot": _("Cars that may arrive at the same time"),
        "drop_off_until": _("Latest time to leave a car"),
        "notice": _("Shortest notice"),
        "horizon_days": _("Days ahead"),
        "online_share": _("Share for online bookings, in percent"),
        "release_hours": _("Hours before which the rest is released"),
        "approval": _("What a booking online is"),
        "cancel": _("Customers may cancel or move until"),
    }


def _page(
    place: Place,
    rules: WorkshopRules,
    typed: Typed,
    *,
    errors: dict[str, str] | None = None,
    version: str = "",
    is_stale: bool = False,
) -> str:
    """The page with what was typed; ``is_stale``: beside it what a colleague has stored meanwhile."""
    labels = field_words()
    stands = say_differing(type_rules(rules), typed, labels) if is_stale else {}
    return render_settings(
        "booking/desk/settings_online.html",
        place,
        listing=LISTING,
        typed=typed,
        words=labels,
        units=[("min", _("minutes")), ("h", _("hours")), ("d", _("days"))],
        errors=errors or {},
        version=version or rules.version,
        stands=stands,
        labels={label: label for label in stands},
        is_stale=is_stale,
        booking_page=url_for(
            "booking_public.services_start", garage=current_user.garage.slug, workshop=place.workshop.slug
        ),
    )
