"""A change of the settings in words."""

from __future__ import annotations

from datetime import date

from flask_babel import format_date
from flask_babel import gettext as _

from app.tenancy.models import SetUpChange


def say_change(row: SetUpChange) -> str:
    """``Technician Nadia: changed``."""
    if row.by_file:
        return str(_("The garage file was loaded"))
    what = " ".join(filter(None, [_kind(row.kind), _name(row)]))
    acts = {
        "added": _("added"),
        "changed": _("changed"),
        "archived": _("archived"),
        "restored": _("brought back"),
        "moved": _("moved in the order"),
        "removed": _("taken back"),
    }
    return str(_("%(what)s: %(act)s", what=what, act=acts.get(row.act, row.act)))


def _kind(kind: str) -> str:
    words = {
        "bay": _("Bay"),
        "technician": _("Technician"),
        "courtesy_car": _("Courtesy car"),
        "hours": _("Opening hours"),
        "dates": _("Other hours from"),
        "booking": _("Online booking"),
        "service": _("Service"),
        "workshop": _("Workshop"),
        "garage": _("All workshops"),
        "messages": _("Reminders and messages"),
        "member": _("Member"),
    }
    return str(words.get(kind, kind))


def _name(row: SetUpChange) -> str:
    if row.kind == "dates":
        return str(format_date(date.fromisoformat(row.name), "EEE d MMM y"))
    return row.name
