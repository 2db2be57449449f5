"""What the pages of bays, technicians and courtesy cars show, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from booking.catalog.queries import list_service_types
from booking.desk.settings.resources.forms import TypedResource, all_tags, type_resource
from booking.desk.settings.week import NAMES, week_entry
from booking.resources.all_resources import list_tags
from booking.resources.models import Resource
from booking.resources.words import tag_word

KINDS = {"bays": "bay", "technicians": "technician", "courtesy-cars": "courtesy_car"}
"""The kinds of resources by their word in addresses."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the pages of one kind say; lazy texts."""

    title: Any
    lead: Any
    add: Any
    none: Any
    symbol: str
    tags: Any = ""
    tags_hint: Any = ""


WORDS: Mapping[str, Words] = {
    "bay": Words(
        _l("Bays"),
        _l("Each place where one car is worked on. Of several that are free and fit, the higher is taken."),
        _l("Add a bay"),
        _l("No bay yet: without one nothing can be booked."),
        "swap",
        _l("Equipment"),
        _l("A service that asks for equipment is booked only where it is."),
    ),
    "technician": Words(
        _l("Technicians"),
        _l("Who does the work. Of several who are free and able, the higher is asked."),
        _l("Add a technician"),
        _l("No technician yet: without one nothing can be booked."),
        "wrench",
        _l("Skills"),
        _l("A service that asks for a skill is given only to who has it."),
    ),
    "courtesy_car": Words(
        _l("Courtesy cars"),
        _l("Lent while a customer’s car stays. Of several that are free, the higher is lent."),
        _l("Add a courtesy car"),
        _l("No courtesy car: customers are not asked whether they want one."),
        "key",
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    resource: Resource
    line: str
    is_first: bool
    is_last: bool


def kind_of(word: str) -> str:
    """The kind of resource that an address names; raises NotFoundError."""
    if word not in KINDS:
        raise NotFoundError
    return KINDS[word]


def list_rows(resources: Sequence[Resource]) -> tuple[list[Row], list[Row]]:
    """Those in use in their order, then those archived, by name."""
    used = [row for row in resources if row.archived_at is None]
    archived = sorted((row for row in resources if row.archived_at is not None), key=lambda row: row.name)
    last = len(used) - 1
    rows = [Row(row, _say(row), number == 0, number == last) for number, row in enumerate(used)]
    return rows, [Row(row, _say(row), is_first=True, is_last=True) for row in archived]


def load_tags(session: Session, garage_id: int, kind: str) -> list[str]:
    """Tags to choose from: what others of the kind have, and what the services ask for; two statements."""
    if kind == "courtesy_car":
        return []
    known = set(list_tags(session, garage_id, kind=kind))
    for service in list_service_types(session, garage_id, online_only=False):
        if kind == "technician":
            known.update(service.skills)
        else:
            known.update(service.equipment, *service.equipment_by_class.values())
    return sorted(known)


def tag_choices(known: Sequence[str], typed: TypedResource) -> list[tuple[str, str]]:
    """The tags with their words, in alphabetical order of these."""
    tags = dict.fromkeys([*known, *typed.tags])
    return sorted(((tag, tag_word(tag)) for tag in tags), key=lambda pair: pair[1].casefold())


def say_differing(row: Resource, typed: TypedResource) -> dict[str, str]:
    """By its label, what stands by now where something else was typed."""
    standing = type_resource(row)
    pairs = {
        _("Name"): (standing.name, typed.name),
        str(WORDS[row.kind].tags): (_words(standing.tags), _words(all_tags(typed))),
        _("Hours"): (_hours(standing), _hours(typed)),
        _("Number plate"): (standing.plate, typed.plate),
    }
    return {label: stands for label, (stands, wanted) in pairs.items() if stands != wanted}


def _words(tags: Sequence[str]) -> str:
    return ", ".join(sorted(tag_word(tag) for tag in tags))


def _hours(typed: TypedResource) -> str:
    """``Monday 08:00-12:00, …``."""
    if not typed.has_own:
        return str(_("The workshop’s hours"))
    week = week_entry(typed.week)
    return "; ".join(f"{NAMES[day]} {', '.join(spans)}" for day, spans in week.items())


def _say(row: Resource) -> str:
    parts = [", ".join(tag_word(tag) for tag in row.tags)]
    if row.kind == "courtesy_car":
        parts = [row.plate]
    elif not row.tags:
        parts = [_("No equipment noted") if row.kind == "bay" else _("No skill noted")]
    if row.hours is not None:
        parts.append(_("own hours"))
    return " · ".join(filter(None, parts))
