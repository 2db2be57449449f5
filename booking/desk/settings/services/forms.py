"""The form of a service type: what was typed, and what it means once it is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.errors import InvalidInputError
from app.i18n import LOCALES
from app.tenancy.garage_file.kinds import Table, Values
from app.tenancy.garage_file.report import Problem, Report
from app.tenancy.queries import GarageView
from booking.catalog.garage_file import SERVICE_KEYS
from booking.catalog.models import VEHICLE_CLASSES, ServiceType
from booking.desk.settings.amounts import length_entry, number_entry, price_entry, type_length, type_price
from booking.resources.words import tag_among, tag_of, tag_word

SERVICE = Table(SERVICE_KEYS)
OTHER_GROUP = "+"
"""What the choice of a group says for one that is typed."""

BY_LOCALE = tuple(f"{name}_{locale}" for name in ("name", "description") for locale in LOCALES)
BY_CLASS = tuple(f"{name}_{each}" for name in ("minutes", "equipment") for each in VEHICLE_CLASSES)
NUMBERS = ("minutes", "turnaround_minutes", "stay_days", "max_per_day")
FIELDS = (
    *BY_LOCALE,
    *BY_CLASS,
    *NUMBERS,
    *("group", "other_group", "code", "price", "notice", "notice_unit", "online"),
    *("more_equipment", "more_skills"),
)
TAGS = ("equipment", "skills")
MOST_KEPT = 600
MOST_CHOSEN = 60


@dataclass(frozen=True, slots=True)
class TypedService:
    """As typed: single fields, and what was ticked of equipment, skills and ways to come."""

    fields: dict[str, str]
    equipment: list[str] = field(default_factory=list)
    skills: list[str] = field(default_factory=list)
    modes: list[str] = field(default_factory=list)


def read_typed(form: MultiDict[str, str]) -> TypedService:
    """What came, cut where nobody types on."""
    chosen = {name: form.getlist(name)[:MOST_CHOSEN] for name in (*TAGS, "modes")}
    return TypedService(
        fields={name: form.get(name, "")[:MOST_KEPT] for name in FIELDS},
        **{name: [each[:MOST_KEPT] for each in found] for name, found in chosen.items()},
    )


def type_new(modes: Sequence[str]) -> TypedService:
    """The empty form: for everybody, either way to come."""
    return TypedService(dict.fromkeys(FIELDS, "") | {"online": "1", "notice_unit": "h"}, modes=list(modes))


def type_service(row: ServiceType, currency: str) -> TypedService:
    """A service type in the form's own words."""
    fields = dict.fromkeys(FIELDS, "")
    notice, unit = type_length(row.notice_minutes)
    fields |= {f"name_{locale}": text for locale, text in row.name.items()}
    fields |= {f"description_{locale}": text for locale, text in row.description.items()}
    fields |= {f"minutes_{each}": str(minutes) for each, minutes in row.minutes_by_class.items()}
    fields |= {
        f"equipment_{each}": ", ".join(tag_word(tag) for tag in tags)
        for each, tags in row.equipment_by_class.items()
    }
    fields |= {name: str(getattr(row, name) or "") for name in NUMBERS}
    fields |= {
        "group": row.group,
        "code": row.code,
        "price": type_price(row.price_from_cents, currency),
        "notice": notice,
        "notice_unit": unit,
        "online": "1" if row.online else "",
    }
    return TypedService(fields, list(row.equipment), list(row.skills), list(row.modes))


def read_service(
    typed: TypedService, *, garage: GarageView, known: Mapping[str, Sequence[str]], code: str = ""
) -> Values:
    """What the garage file would say of it, in stored form; the rules are the file's.

    ``known`` are the garage's tags, by ``equipment`` and ``skills``; ``code`` is that of one that exists.
    Raises InvalidInputError with every field that is wrong.
    """
    errors: dict[str, str] = {}
    entry = _entry(typed, known) | {"code": code or _code(typed, garage.locale)}
    try:
        entry["price_from_cents"] = price_entry(typed.fields["price"] or "0", garage.currency)
    except ValueError:
        errors["price"] = _("A price looks like 89 or 89.50.")
    report = Report()
    values = SERVICE.read(entry, report)
    for problem in report.problems:
        errors.setdefault(_field_of(problem, garage.locale), str(problem.at_desk))
    if errors:
        raise InvalidInputError(errors)
    return dict(values)


def _entry(typed: TypedService, known: Mapping[str, Sequence[str]]) -> Values:
    fields = typed.fields
    entry: Values = {
        "group": fields["other_group"].strip() if fields["group"] == OTHER_GROUP else fields["group"],
        "name": _by(LOCALES, "name", fields),
        "description": _by(LOCALES, "description", fields),
        "minutes_by_class": {
            each: number_entry(text) for each, text in _by(VEHICLE_CLASSES, "minutes", fields).items()
        },
        "equipment_by_class": {
            each: tags_of(text, known["equipment"])
            for each, text in _by(VEHICLE_CLASSES, "equipment", fields).items()
        },
        "modes": typed.modes,
        "online": fields["online"] == "1",
        "notice_minutes": length_entry(fields["notice"].strip() or "0", fields["notice_unit"]),
    }
    for name, ticked in (("equipment", typed.equipment), ("skills", typed.skills)):
        entry[name] = list(dict.fromkeys([*ticked, *tags_of(fields[f"more_{name}"], known[name])]))
    return entry | {name: number_entry(fields[name]) for name in NUMBERS if fields[name].strip()}


def tags_of(text: str, known: Sequence[str]) -> list[str]:
    """The tags that plain words between commas mean; words of which no letter is left stay, to be refused."""
    words = [word.strip() for word in text.split(",")]
    return list(dict.fromkeys(tag_among(word, known) or word for word in words if word))


def _by(keys: Sequence[str], name: str, fields: Mapping[str, str]) -> dict[str, str]:
    return {key: text for key in keys if (text := fields[f"{name}_{key}"].strip())}


def _code(typed: TypedService, locale: str) -> str:
    """As typed, else made of the name."""
    names = [typed.fields[f"name_{each}"] for each in (locale, *LOCALES)]
    return typed.fields["code"].strip() or tag_of(next(filter(None, names), "x"))[:60].strip("-")


def _field_of(problem: Problem, locale: str) -> str:
    """The field of the form that a key of the file is about."""
    first, *rest = problem.steps
    second = rest[0] if rest and isinstance(rest[0], str) else ""
    plain: dict[Any, str] = {
        "name": f"name_{second or locale}",
        "description": f"description_{second or locale}",
        "minutes_by_class": f"minutes_{second}",
        "equipment_by_class": f"equipment_{second}",
        "equipment": "more_equipment",
        "skills": "more_skills",
        "group": "other_group",
        "notice_minutes": "notice",
        "price_from_cents": "price",
    }
    return plain.get(first, str(first))
