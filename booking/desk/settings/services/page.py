"""What the pages of the catalogue show, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.i18n import LOCALE_NAMES, LOCALES, pick
from app.web.filters import duration, money
from booking.catalog.drawings import drawing_of
from booking.catalog.groups import GROUP_TITLES, group_title, group_types
from booking.catalog.models import ServiceType
from booking.catalog.words import list_classes
from booking.desk.settings.services.forms import OTHER_GROUP, TypedService
from booking.resources.all_resources import list_tags
from booking.resources.words import tag_word

MODE_WORDS = {"wait": _l("Wait here"), "drop_off": _l("Leave the car")}
UNIT_WORDS = {"min": _l("minutes"), "h": _l("hours"), "d": _l("days")}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the catalogue."""

    service: ServiceType
    name: str
    line: str
    symbol: str
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A titled group; ``first`` stands for it where it is moved."""

    title: Any
    rows: list[Row]
    is_first: bool
    is_last: bool

    @property
    def first(self) -> ServiceType:
        return self.rows[0].service


def list_groups(rows: Sequence[ServiceType], currency: str) -> tuple[list[Group], list[Row]]:
    """Those in use in their titled groups, then those archived, by name."""
    groups = group_types(row for row in rows if row.archived_at is None)
    last = len(groups) - 1
    found = [
        Group(title, _rows(of_group, currency), place == 0, place == last)
        for place, (title, of_group) in enumerate(groups)
    ]
    archived = _rows([row for row in rows if row.archived_at is not None], currency)
    return found, sorted(archived, key=lambda row: row.name.casefold())


def _rows(services: Sequence[ServiceType], currency: str) -> list[Row]:
    last = len(services) - 1
    return [
        Row(row, pick(row.name, language()), _say(row, currency), drawing_of(row), place == 0, place == last)
        for place, row in enumerate(services)
    ]


def _say(row: ServiceType, currency: str) -> str:
    parts = [duration(row.minutes)]
    if row.price_from_cents:
        parts.append(str(_("from %(price)s", price=money(row.price_from_cents, currency))))
    if len(row.modes) == 1:
        parts.append(str(MODE_WORDS[row.modes[0]]))
    parts += [tag_word(tag) for tag in dict.fromkeys([*row.equipment, *row.skills])]
    return " · ".join(parts)


def load_tags(session: Session, garage_id: int, rows: Sequence[ServiceType]) -> dict[str, list[str]]:
    """Equipment and skills to choose from: what bays and technicians have, and what services ask for."""
    equipment = set(list_tags(session, garage_id, kind="bay"))
    skills = set(list_tags(session, garage_id, kind="technician"))
    for row in rows:
        equipment.update(row.equipment, *row.equipment_by_class.values())
        skills.update(row.skills)
    return {"equipment": sorted(equipment), "skills": sorted(skills)}


def tag_choices(known: Sequence[str], ticked: Sequence[str]) -> list[tuple[str, str]]:
    """The tags with their words, in alphabetical order of these."""
    tags = dict.fromkeys([*known, *ticked])
    return sorted(((tag, tag_word(tag)) for tag in tags), key=lambda pair: pair[1].casefold())


def group_choices(rows: Sequence[ServiceType], chosen: str) -> list[tuple[str, Any]]:
    """The garage's groups, then others that garages commonly use, each title once; then one to be typed."""
    own = list(dict.fromkeys([*(row.group for row in rows), *([chosen] if chosen != OTHER_GROUP else [])]))
    titles = {group: str(group_title(group)) for group in own if group}
    for group, title in GROUP_TITLES.items():
        if str(title) not in titles.values():
            titles[group] = str(title)
    return [("", _("No group")), *titles.items(), (OTHER_GROUP, _("Another one:"))]


def field_words() -> dict[str, str]:
    """The fields of the form on screen, where they stand alone."""
    words = {
        "group": _("Group"),
        "minutes": _("Minutes of work"),
        "turnaround_minutes": _("Minutes to clear the bay"),
        "price": _("Price from"),
        "notice": _("Notice"),
        "stay_days": _("Days it may stay"),
        "max_per_day": _("Most a day"),
        "online": _("Online booking"),
    }
    for locale in LOCALES:
        words[f"name_{locale}"] = _("Name (%(language)s)", language=LOCALE_NAMES[locale])
        words[f"description_{locale}"] = _("Description (%(language)s)", language=LOCALE_NAMES[locale])
    for name, vehicle in list_classes():
        words[f"minutes_{name}"] = _("%(vehicle)s: minutes", vehicle=vehicle)
        words[f"equipment_{name}"] = _("%(vehicle)s: equipment", vehicle=vehicle)
    return words


def say_differing(standing: TypedService, typed: TypedService) -> dict[str, str]:
    """By its label, what stands by now where something else was typed."""
    found = {
        label: _say_field(name, standing.fields)
        for name, label in field_words().items()
        if standing.fields[name] != typed.fields[name]
    }
    lists: Mapping[str, tuple[list[str], list[str]]] = {
        _("Equipment"): (standing.equipment, typed.equipment),
        _("Skills"): (standing.skills, typed.skills),
    }
    found |= {
        label: ", ".join(tag_word(tag) for tag in stands)
        for label, (stands, wanted) in lists.items()
        if set(stands) != set(wanted)
    }
    if set(standing.modes) != set(typed.modes):
        found[_("Kind of visit")] = ", ".join(str(MODE_WORDS[mode]) for mode in standing.modes)
    return found


def _say_field(name: str, fields: Mapping[str, str]) -> str:
    if name == "online":
        return str(_("yes") if fields[name] else _("no"))
    if name == "notice" and fields[name]:
        return f"{fields[name]} {UNIT_WORDS[fields['notice_unit']]}"
    return str(group_title(fields[name])) if name == "group" and fields[name] else fields[name]


def language() -> str:
    """The reader's."""
    return str(get_locale() or LOCALES[0])
