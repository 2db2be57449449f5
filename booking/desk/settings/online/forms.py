"""The form of a workshop's booking rules: what was typed, and what it means once it is right."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from app.errors import InvalidInputError
from app.tenancy.garage_file.kinds import Table, Values
from app.tenancy.garage_file.report import Report, field_errors
from app.tenancy.garage_file.times import format_clock
from booking.desk.settings.amounts import length_entry, number_entry, type_length
from booking.desk.settings.week import clock_entry
from booking.resources.garage_file import RULE_KEYS
from booking.resources.models import WorkshopRules

Typed = dict[str, str]

ELSEWHERE = frozenset({"hours", "observe_holidays"})
"""Keys that the page of opening hours is about."""
ONLINE = Table(tuple(key for key in RULE_KEYS if key.name not in ELSEWHERE))
LENGTHS = {"notice": "notice_minutes", "cancel": "cancel_until_minutes"}
NUMBERS = ("slot_minutes", "horizon_days", "arrivals_per_slot", "online_share", "release_hours")
MAY_BE_EMPTY = frozenset({"arrivals_per_slot", "release_hours"})
FIELDS = (*NUMBERS, *LENGTHS, *(f"{name}_unit" for name in LENGTHS), "drop_off_until", "approval")
MOST_KEPT = 40


def read_typed(form: Mapping[str, str]) -> Typed:
    """What came, by field, cut where nobody types on."""
    return {name: form.get(name, "")[:MOST_KEPT] for name in FIELDS}


def type_rules(rules: WorkshopRules) -> Typed:
    """Stored rules in the form's own words."""
    typed = {name: str(getattr(rules, name) or "") for name in NUMBERS}
    typed["online_share"] = str(rules.online_share)
    for name, key in LENGTHS.items():
        typed[name], typed[f"{name}_unit"] = type_length(getattr(rules, key))
    until = rules.drop_off_until
    typed["drop_off_until"] = "" if until is None else format_clock(until)
    return typed | {"approval": "1" if rules.approval else "0"}


def read_rules(typed: Typed) -> Values:
    """What the garage file would say, in stored form; the rules are the file's.

    Raises InvalidInputError with every field that is wrong.
    """
    entry: Values = {
        name: number_entry(typed[name]) for name in NUMBERS if typed[name].strip() or name not in MAY_BE_EMPTY
    }
    for name, key in LENGTHS.items():
        entry[key] = length_entry(typed[name].strip() or "0", typed[f"{name}_unit"])
    entry["drop_off_until"] = clock_entry(typed["drop_off_until"].strip())
    entry["approval"] = typed["approval"] == "1"
    report = Report()
    values = ONLINE.read(entry, report)
    if report.problems:
        names = {key: name for name, key in LENGTHS.items()}
        errors = field_errors(report.problems)
        raise InvalidInputError({names.get(key, key): said for key, said in errors.items()})
    return dict(values)


def say_differing(standing: Typed, typed: Typed, labels: Mapping[str, str]) -> dict[str, str]:
    """By its label, what stands by now where something else was typed."""
    found = {}
    for name, label in labels.items():
        unit = f"{name}_unit"
        if (standing[name], standing.get(unit)) != (typed[name], typed.get(unit)):
            found[label] = say_field(name, standing)
    return found


def say_field(name: str, typed: Typed) -> str:
    """One field in words."""
    if name == "approval":
        return str(_("the desk answers each") if typed[name] == "1" else _("confirmed at once"))
    units = {"min": _("minutes"), "h": _("hours"), "d": _("days")}
    unit = units.get(typed.get(f"{name}_unit", ""), "")
    return f"{typed[name]} {unit}".strip() if typed[name] else ""
