"""The form of a bay, a technician or a courtesy car: what was typed, and what it means once it is right."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.errors import InvalidInputError
from app.tenancy.garage_file.kinds import Values
from app.tenancy.garage_file.report import Report, field_errors
from booking.desk.settings.week import Typed, day_errors, like_monday, read_week, type_week, week_entry
from booking.resources.garage_file import TABLES, TAGS
from booking.resources.models import Resource
from booking.resources.words import tag_of

MOST_KEPT = 300
MOST_TAGS = 60


@dataclass(frozen=True, slots=True)
class TypedResource:
    """As typed. ``more`` are tags in plain words, between commas; ``has_own`` hours come from ``week``."""

    name: str = ""
    plate: str = ""
    tags: list[str] = field(default_factory=list)
    more: str = ""
    has_own: bool = False
    week: Typed = field(default_factory=dict)


def read_typed(form: MultiDict[str, str]) -> TypedResource:
    """What came, cut where nobody types on; ``copy`` says Monday's hours for every day to Friday."""
    week = read_week(form)
    return TypedResource(
        name=form.get("name", "")[:MOST_KEPT],
        plate=form.get("plate", "")[:MOST_KEPT],
        tags=[tag[:MOST_KEPT] for tag in form.getlist("tags")[:MOST_TAGS]],
        more=form.get("more", "")[:MOST_KEPT],
        has_own=form.get("own") == "1",
        week=like_monday(week) if form.get("copy") else week,
    )


def type_resource(row: Resource) -> TypedResource:
    """A resource in the form's own words."""
    return TypedResource(
        name=row.name,
        plate=row.plate,
        tags=list(row.tags),
        has_own=row.hours is not None,
        week=type_week(row.hours or {}),
    )


def read_resource(kind: str, typed: TypedResource) -> Values:
    """What the garage file would say of it, in stored form; the rules are the file's.

    Raises InvalidInputError with every field that is wrong.
    """
    report = Report()
    values = TABLES[kind].read(_entry(kind, typed), report)
    errors = field_errors(report.problems) | day_errors(report.problems)
    tags, days = errors.pop(TAGS.get(kind, ""), ""), errors.pop("hours", "")
    if tags:
        errors["more"] = tags
    if kind == "technician" and typed.has_own and not days and not values["hours"]:
        errors["own"] = _("Type the hours of at least one day, or choose the workshop’s.")
    if errors:
        raise InvalidInputError(errors)
    return dict(values)


def _entry(kind: str, typed: TypedResource) -> Values:
    entry: Values = {"name": typed.name}
    if kind in TAGS:
        entry[TAGS[kind]] = all_tags(typed)
    if kind == "technician" and typed.has_own:
        entry["hours"] = week_entry(typed.week)
    if kind == "courtesy_car":
        entry["plate"] = typed.plate
    return entry


def all_tags(typed: TypedResource) -> list[str]:
    """Those ticked and those typed, each once; words of which no letter is left are a tag that is refused."""
    words = [word.strip() for word in typed.more.split(",")]
    more = [tag_of(word) or word for word in words if word]
    return list(dict.fromkeys([*typed.tags, *more]))
