"""Merging two records of one person at the desk: choose the other, look at what comes of it, confirm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import Session

from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import StaleVersionError
from app.i18n import LOCALE_NAMES
from app.security.policy import staff
from app.web.registries import list_panels
from booking.appointments.operations.merge_customers import merge_customers
from booking.appointments.people import count_visits_of
from booking.customers.directory import get_customer, list_people_like, list_twins, list_vehicles_of
from booking.customers.merging import (
    FIELDS,
    OURS,
    THEIRS,
    consent_after,
    facts_after,
    find_twins,
    list_choices,
)
from booking.customers.models import Customer, Vehicle
from booking.desk.customers.forms import MOST_KEPT, read_number
from booking.desk.customers.page import field_word, garage_zone
from booking.desk.forms import read_version

PANELS = "customer_merge"
MEANWHILE = _l("One of the two has changed meanwhile. Nothing is merged yet: look at it, then confirm.")


@dataclass(frozen=True, slots=True)
class Pair:
    """Both records with what each of them has; in each pair ours comes first."""

    people: tuple[Customer, Customer]
    vehicles: tuple[list[Vehicle], list[Vehicle]]
    visits: tuple[int, int]
    panels: list[tuple[str, Any]]
    zone: str


@staff("receptionist")
def choose(customer_id: int) -> ResponseReturnValue:
    """Who is the same person: those who may be, whom a search finds; ``with`` looks at one of them."""
    other_id = read_number(request.args.get("with"))
    if other_id is not None and other_id != customer_id:
        return _preview(customer_id, other_id, taken={})
    words = request.args.get("q", "")[:MOST_KEPT].strip()
    garage = current_user.garage
    with reading() as session:
        customer = get_customer(session, garage.id, customer_id)
        twins = list_twins(session, customer)
        found = list_people_like(session, garage.id, words, country=garage.country) if words else []
        vehicles = list_vehicles_of(session, garage.id, [row.id for row in [*twins, *found]])
    return render_template(
        "booking/desk/customer_merge_choose.html",
        customer=customer,
        twins=twins,
        found=[row for row in found if row.id != customer_id],
        vehicles=vehicles,
        words=words,
        country=garage.country,
    )


@staff("receptionist")
def merge(customer_id: int) -> ResponseReturnValue:
    """Make one customer of the two, from the versions that the preview showed."""
    taken = {name: request.form.get(f"take_{name}", OURS) for name in FIELDS}
    with reading() as session:
        get_customer(session, current_user.garage.id, customer_id)
    other_id = read_number(request.form.get("with"))
    if other_id is None or other_id == customer_id:
        return redirect(url_for(".choose", customer_id=customer_id), 303)
    versions = (
        read_version(request.form),
        read_version({"version": request.form.get("other_version", "")}),
    )
    try:
        kept_id = retrying_once(lambda: _merge((customer_id, other_id), versions, taken=taken))
    except StaleVersionError as refusal:
        return _preview(customer_id, other_id, taken=taken, said=str(MEANWHILE)), refusal.status
    flash(_("The two are one now."))
    return redirect(url_for(".detail", customer_id=kept_id), 303)


def _merge(numbers: tuple[int, int], versions: tuple[int, int], *, taken: Mapping[str, str]) -> int:
    with unit_of_work() as session:
        return merge_customers(
            session,
            garage_id=current_user.garage.id,
            customer_ids=numbers,
            versions=versions,
            taken=taken,
            user_id=current_user.user_id,
        ).id


def _preview(customer_id: int, other_id: int, *, taken: Mapping[str, str], said: str = "") -> str:
    """What would come of it, before anything is stored; ``said``: why it is shown again."""
    with reading() as session:
        pair = _load(session, customer_id, other_id)
    ours, theirs = pair.people
    facts = facts_after(ours, theirs, taken)
    return render_template(
        "booking/desk/customer_merge.html",
        customer=ours,
        other=theirs,
        pair=pair,
        choices=list_choices(ours, theirs),
        facts=facts,
        taken=taken,
        sides=(OURS, THEIRS),
        field_word=field_word,
        languages=LOCALE_NAMES,
        consent_to=lambda phone: consent_after(phone, pair.people),
        doubles=find_twins([*pair.vehicles[0], *pair.vehicles[1]]),
        country=current_user.garage.country,
        said=said,
        zone=pair.zone,
    )


def _load(session: Session, customer_id: int, other_id: int) -> Pair:
    garage_id = current_user.garage.id
    ours, theirs = (get_customer(session, garage_id, number) for number in (customer_id, other_id))
    vehicles = list_vehicles_of(session, garage_id, [ours.id, theirs.id])
    visits = [sum(count_visits_of(session, garage_id, row.id).values()) for row in (ours, theirs)]
    return Pair(
        people=(ours, theirs),
        vehicles=(vehicles.get(ours.id, []), vehicles.get(theirs.id, [])),
        visits=(visits[0], visits[1]),
        panels=[(each.template, each.load(session, (ours, theirs))) for each in list_panels(PANELS)],
        zone=garage_zone(session, garage_id),
    )
