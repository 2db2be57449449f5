"""The forms of a workshop and of its garage: what was typed, and what it means once it is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.errors import InvalidInputError
from app.tenancy.garage_file.basics import GARAGE_BASICS, GARAGE_KEYS, WORKSHOP_KEYS
from app.tenancy.garage_file.kinds import Table, Values
from app.tenancy.garage_file.report import Report, field_errors
from app.tenancy.models import Garage, Workshop
from app.tenancy.queries import WorkshopView
from booking.catalog.garage_file import ENERGY_SKILLS
from booking.catalog.models import ENERGIES
from booking.customers.fields import parse_phone
from booking.desk.settings.services.forms import tags_of
from booking.resources.words import tag_word

Typed = dict[str, str]

WORKSHOP = Table(WORKSHOP_KEYS)
GARAGE = Table((*GARAGE_KEYS, *ENERGY_SKILLS.keys))
SHOP_FIELDS = ("name", "address", "phone", "email", "timezone", "subdivision")
GARAGE_FIELDS = ("name", "country", "locale", "currency", "accent", *(f"skills_{each}" for each in ENERGIES))
MOST_KEPT = 400


def read_typed(form: Mapping[str, str], fields: Sequence[str]) -> Typed:
    """What came, by field, cut where nobody types on."""
    return {name: form.get(name, "")[:MOST_KEPT] for name in fields}


def type_workshop(row: Workshop | WorkshopView) -> Typed:
    """A workshop in the form's own words."""
    return {name: str(getattr(row, name)) for name in SHOP_FIELDS}


def type_garage(row: Garage) -> Typed:
    """A garage in the form's own words."""
    typed = {name: str(getattr(row, name)) for name in ("name", "country", "locale", "currency", "accent")}
    for energy in ENERGIES:
        typed[f"skills_{energy}"] = ", ".join(tag_word(tag) for tag in row.energy_skills.get(energy, []))
    return typed


def read_workshop(typed: Typed, *, slug: str, country: str) -> Values:
    """What the garage file would say of it, in stored form; a phone number as people write it in the country.

    Raises InvalidInputError with every field that is wrong.
    """
    errors: dict[str, str] = {}
    entry: Values = dict(typed) | {"slug": slug}
    try:
        entry["phone"] = parse_phone(typed["phone"], country=country) or ""
    except ValueError as error:
        errors["phone"], entry["phone"] = str(error), ""
    report = Report()
    values = WORKSHOP.read(entry, report)
    errors |= field_errors(report.problems)
    if not errors:
        errors = _check_region(country, values["subdivision"], field="subdivision")
    if errors:
        raise InvalidInputError(errors)
    return dict(values)


def read_garage(
    typed: Typed, *, slug: str, known: Sequence[str], workshops: Sequence[WorkshopView]
) -> Values:
    """What the garage file would say of it, in stored form; ``known`` are the garage's skills.

    Raises InvalidInputError with every field that is wrong, also where a workshop's region is none of the
    country's.
    """
    entry: Values = {key: typed[key] for key in ("name", "country", "locale", "currency", "accent")}
    entry |= {"slug": slug, "currency": typed["currency"].strip().upper()}
    skills = {energy: tags_of(typed[f"skills_{energy}"], known) for energy in ENERGIES}
    entry["energy_skills"] = {energy: tags for energy, tags in skills.items() if tags}
    report = Report()
    values = GARAGE.read(entry, report)
    errors = field_errors(report.problems, inside="energy_skills", prefix="skills_")
    for workshop in workshops:
        if not errors:
            errors = _check_region(values["country"], workshop.subdivision, field="country")
    if errors:
        raise InvalidInputError(errors)
    return dict(values)


def _check_region(country: str, subdivision: str, *, field: str) -> dict[str, str]:
    report = Report()
    GARAGE_BASICS.check({"garage": {"country": country}, "workshop": [{"subdivision": subdivision}]}, report)
    return {field: str(report.problems[0].at_desk)} if report.problems else {}
