"""What the customer's pages have in common: the garage's head, its languages, the steps, the ticket."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.i18n import LOCALE_NAMES, LOCALES, pick
from app.tenancy.queries import GarageView
from app.web.accent import accent_sheet
from app.web.filters import duration, initials, phone
from booking.catalog.models import ServiceType
from booking.public.links import STEPS, public_url, step_url
from booking.public.place import Place, Visit
from booking.public.words import locale, price_words

STEP_NAMES = {
    "services": _l("Service"),
    "vehicle": _l("Vehicle"),
    "slot": _l("Time"),
    "contact": _l("Details"),
}

FIELD_NAMES = {
    "service": _l("Service"),
    "plate": _l("Number plate"),
    "no_plate": _l("I do not have it to hand"),
    "country": _l("Country of the plate"),
    "make_model": _l("Make and model"),
    "energy": _l("Fuel"),
    "vehicle_class": _l("Kind of vehicle"),
    "mode": _l("How you come"),
    "arrives_at": _l("Time"),
    "name": _l("First and last name"),
    "phone": _l("Mobile"),
    "email": _l("E-mail"),
    "notes": _l("A word for the workshop"),
    "sms_consent": _l("Text me a reminder"),
    "reason": _l("Why?"),
}


@dataclass(frozen=True, slots=True)
class Total:
    """What the chosen services come to, in words."""

    lines: list[tuple[str, str]]
    count: str
    length: str
    price: str

    @property
    def names(self) -> str:
        """The services in one line."""
        return ", ".join(name for name, _price in self.lines)

    @property
    def detail(self) -> str:
        """Length and lowest price, as the bar below shows them."""
        return " · ".join(
            filter(None, [self.length, _("from %(price)s", price=self.price) if self.price else ""])
        )

    @property
    def sum(self) -> str:
        """Price and length, as the ticket shows them."""
        return " · ".join(filter(None, [self.price, self.length]))


def show_page(template: str, place: Place | None = None, **context: Any) -> str:
    """Render a page of the customer's, in the garage's colours where ``place`` is known."""
    errors = context.get("errors") or {}
    known: dict[str, Any] = {"languages": other_languages(), "summary": summary_of(errors)}
    return render_template(f"booking/public/{template}.html", **(known | known_place(place) | context))


def known_place(place: Place | None) -> dict[str, Any]:
    """What a page shows of the workshop it belongs to; nothing where that is not known."""
    if place is None:
        return {}
    return {
        "brand": brand(place),
        "accent_href": accent_href(place.garage),
        "place": place,
        "workshop": place.workshop,
        "garage": place.garage,
    }


def show_step(template: str, visit: Visit, *, step: str, **context: Any) -> str:
    """Render one step of a booking being typed, with the way back and the ticket so far."""
    number = STEPS.index(step) + 1
    return show_page(
        template,
        visit.place,
        steps=[{"label": STEP_NAMES[each], "href": url_of(visit, each)} for each in STEPS],
        current=number,
        back=_back(visit, number),
        action=url_of(visit, step),
        visit=visit,
        answers=visit.draft.answers,
        **context,
    )


def summary_of(errors: dict[str, str]) -> list[tuple[str, str]]:
    """What is wrong, field by field: its id, and its name with what to do about it."""
    return [
        (field, _("%(field)s: %(message)s", field=FIELD_NAMES[field], message=message))
        for field, message in errors.items()
    ]


def url_of(visit: Visit, step: str, **values: Any) -> str:
    """The address of another step of the same booking."""
    place = visit.place
    return step_url(place.garage.slug, place.workshop.slug, token=visit.token, step=step, **values)


def brand(place: Place) -> dict[str, str]:
    """What the head of a page says of the workshop."""
    workshop = place.workshop
    return {
        "name": workshop.name,
        "initials": initials(place.garage.name),
        "address": workshop.address,
        "phone": workshop.phone,
        "phone_shown": phone(workshop.phone, place.garage.country) if workshop.phone else "",
        "home_href": public_url("services_start", garage=place.garage.slug, workshop=workshop.slug),
    }


def accent_href(garage: GarageView) -> str | None:
    """The address of the garage's style sheet; None for an accent that is no colour."""
    mark = accent_mark(garage)
    return url_for("booking_public.accent", garage=garage.slug, mark=mark) if mark else None


def accent_mark(garage: GarageView) -> str:
    """Ten characters that change with the garage's style sheet; empty where it can have none."""
    try:
        return hashlib.sha256(accent_sheet(garage.accent).encode()).hexdigest()[:10]
    except ValueError:
        return ""


def other_languages() -> list[dict[str, str]]:
    """The other languages of this very page; nothing that was typed stands in their addresses."""
    kept = {
        name: value for name, value in request.args.items() if name in {"day", "booked", "moved", "service"}
    }
    values = (request.view_args or {}) | kept
    endpoint = _page_endpoint()
    return [
        {
            "code": code,
            "name": LOCALE_NAMES[code],
            "href": url_for(endpoint, **(values | {"lang": code})),
        }
        for code in LOCALES
        if code != str(locale())
    ]


def _page_endpoint() -> str:
    """The endpoint of this page; of the page above for a refused form that has none of its own."""
    rule = request.url_rule
    if rule is None:
        return "booking_public.welcome"
    pages = [
        page
        for page in current_app.url_map.iter_rules()
        if "GET" in (page.methods or ()) and rule.rule.startswith(page.rule)
    ]
    return str(max(pages, key=lambda page: len(page.rule)).endpoint)


def total_of(chosen: list[ServiceType], place: Place, *, vehicle_class: str | None = None) -> Total:
    """Lines, length and price of the chosen service types; a price of 0 is not told."""
    language, currency = str(locale()), place.garage.currency
    cents = sum(row.price_from_cents for row in chosen)
    minutes = sum(row.minutes_by_class.get(vehicle_class or "", row.minutes) for row in chosen)
    return Total(
        lines=[(pick(row.name, language), price_words(row.price_from_cents, currency)) for row in chosen],
        count=service_count(len(chosen)),
        length=duration(minutes) if chosen else "",
        price=price_words(cents, currency),
    )


def service_count(number: int) -> str:
    """``2 services``; the sentence before any is chosen."""
    if number == 0:
        return str(_("Choose a service"))
    return str(ngettext("%(num)d service", "%(num)d services", number))


def _back(visit: Visit, number: int) -> dict[str, Any] | None:
    if number == 1:
        return None
    step = STEPS[number - 2]
    return {"label": STEP_NAMES[step], "href": url_of(visit, step)}
