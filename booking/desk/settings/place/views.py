"""``/desk/…/settings/workshop`` and ``…/garage``: what they are called, where they are, how they look."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.db.unit_of_work import reading
from app.extensions import current_settings
from app.i18n import LOCALE_NAMES, LOCALES
from app.security.policy import staff
from app.tenancy.models import Garage, Workshop
from app.tenancy.operations import change_garage, change_workshop, get_garage_row, get_workshop_row
from booking.desk.settings.page import Place, load_place, render_settings
from booking.desk.settings.place.forms import (
    GARAGE_FIELDS,
    SHOP_FIELDS,
    Typed,
    read_garage,
    read_typed,
    read_workshop,
    type_garage,
    type_workshop,
)
from booking.desk.settings.place.page import (
    garage_words,
    list_countries,
    list_currencies,
    list_regions,
    list_samples,
    list_zones,
    say_differing,
    shop_words,
)
from booking.desk.settings.storing import Saving, store
from booking.resources.all_resources import list_tags


@staff("manager")
def show_workshop(workshop: str) -> ResponseReturnValue:
    """The workshop as it stands."""
    place, row = _load_workshop(workshop)
    return _workshop_page(place, row, type_workshop(row))


@staff("manager")
def save_workshop(workshop: str) -> ResponseReturnValue:
    """Store what was typed, from the version that the page showed; visits that it touches are shown first."""
    (place, row), typed = _load_workshop(workshop), read_typed(request.form, SHOP_FIELDS)
    if request.form.get("change") == "1":
        return _workshop_page(place, row, typed, version=request.form.get("version", ""))
    saving = Saving(
        place=place,
        form=lambda **shown: _workshop_page(*_load_workshop(workshop), typed, **shown),
        heading=_("Another time zone or other holidays"),
        said=_("Saved."),
        then=url_for(".workshop", workshop=workshop),
        listing="booking_settings.workshop",
    )
    return store(
        saving,
        read=lambda: read_workshop(typed, slug=row.slug, country=current_user.garage.country),
        change=lambda session, version, values: change_workshop(
            session,
            garage_id=row.garage_id,
            workshop_id=row.id,
            version=version,
            values=values,
            user_id=current_user.user_id,
        ),
    )


@staff("manager")
def show_garage(workshop: str) -> ResponseReturnValue:
    """The garage as it stands."""
    place, row, _skills = _load_garage(workshop)
    return _garage_page(place, row, type_garage(row))


@staff("manager")
def save_garage(workshop: str) -> ResponseReturnValue:
    """Store what was typed, from the version that the page showed; visits that it touches are shown first."""
    (place, row, skills), typed = _load_garage(workshop), read_typed(request.form, GARAGE_FIELDS)
    if request.form.get("change") == "1" or request.form.get("look") == "1":
        return _garage_page(place, row, typed, version=request.form.get("version", ""))

    def form(*, is_stale: bool = False, **shown: object) -> str:
        place, row, _skills = _load_garage(workshop)
        return _garage_page(place, row, typed, is_stale=is_stale, **shown)  # type: ignore[arg-type]  # as store() gives them

    saving = Saving(
        place=place,
        form=form,
        heading=_("Other public holidays"),
        said=_("Saved."),
        then=url_for(".garage", workshop=workshop),
        listing="booking_settings.garage",
        workshops=place.workshops,
    )
    return store(
        saving,
        read=lambda: read_garage(typed, slug=row.slug, known=skills, workshops=place.workshops),
        change=lambda session, version, values: change_garage(
            session, garage_id=row.id, version=version, values=values, user_id=current_user.user_id
        ),
    )


def _load_workshop(workshop: str) -> tuple[Place, Workshop]:
    with reading() as session:
        place = load_place(session, workshop)
        return place, get_workshop_row(session, place.workshop.garage_id, place.workshop.id)


def _load_garage(workshop: str) -> tuple[Place, Garage, list[str]]:
    garage_id = current_user.garage.id
    with reading() as session:
        place = load_place(session, workshop)
        return place, get_garage_row(session, garage_id), list_tags(session, garage_id, kind="technician")


def _workshop_page(
    place: Place,
    row: Workshop,
    typed: Typed,
    *,
    errors: dict[str, str] | None = None,
    version: str = "",
    is_stale: bool = False,
) -> str:
    """The page with what was typed; ``is_stale``: beside it what a colleague has stored meanwhile."""
    garage, words = current_user.garage, shop_words()
    stands = say_differing(type_workshop(row), typed, words) if is_stale else {}
    return render_settings(
        "booking/desk/settings_workshop.html",
        place,
        typed=typed,
        words=words,
        country=garage.country,
        listing="booking_settings.workshop",
        zones=list_zones(garage.country, typed["timezone"]),
        regions=list_regions(garage.country, typed["subdivision"]),
        address=current_settings().public_url
        + url_for("booking_public.services_start", garage=garage.slug, workshop=row.slug),
        errors=errors or {},
        version=version or row.version,
        stands=stands,
        labels={label: label for label in stands},
        is_stale=is_stale,
    )


def _garage_page(
    place: Place,
    row: Garage,
    typed: Typed,
    *,
    errors: dict[str, str] | None = None,
    version: str = "",
    is_stale: bool = False,
) -> str:
    """The page with what was typed; ``is_stale``: beside it what a colleague has stored meanwhile."""
    words = garage_words()
    stands = say_differing(type_garage(row), typed, words) if is_stale else {}
    return render_settings(
        "booking/desk/settings_garage.html",
        place,
        typed=typed,
        words=words,
        listing="booking_settings.garage",
        countries=list_countries(),
        languages=[(code, LOCALE_NAMES[code]) for code in LOCALES],
        currencies=list_currencies(typed["currency"]),
        samples=list_samples(typed["accent"]),
        errors=errors or {},
        version=version or row.version,
        stands=stands,
        labels={label: label for label in stands},
        is_stale=is_stale,
    )
