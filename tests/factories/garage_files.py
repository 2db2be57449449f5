"""Garage files as texts: one whole garage, and changes to it by path."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from typing import Any

import tomlkit

from app.db.unit_of_work import reading
from app.tenancy.commands import load_text
from app.tenancy.garage_file.operations import Loaded
from app.tenancy.garage_file.writing import dump_garage
from app.tenancy.queries import find_garage
from app.tenancy.scope import scoped_to

MISSING: Any = object()
"""As a value: take the key away."""

MARTIN = """
[garage]
slug = "atelier-martin"
name = "Atelier Martin"
country = "FR"
locale = "fr"
energy_skills = { electric = ["ev"] }

[[workshop]]
slug = "lyon"
name = "Atelier Martin Lyon"
timezone = "Europe/Paris"
phone = "+33472000000"
email = "lyon@atelier-martin.example"
notice_minutes = 120
drop_off_until = "10:30"
quiet_hours = "21:00-08:00"

[workshop.hours]
mon = ["08:00-12:00", "13:30-18:00"]
tue = ["08:00-12:00", "13:30-18:00"]
sat = ["09:00-24:00"]

[[workshop.exception]]
from = "2026-12-24"
to = "2027-01-01"
label = "Fermeture annuelle"

[[workshop.exception]]
from = "2026-12-31"
hours = ["08:00-12:00"]

[[workshop.bay]]
name = "Pont 1"
equipment = ["lift", "long-lift"]

[[workshop.bay]]
name = "Pont 2"

[[workshop.technician]]
name = "Nadia"
skills = ["mechanics", "ev"]
[workshop.technician.hours]
mon = ["08:00-12:00", "13:00-17:00"]

[[workshop.courtesy_car]]
name = "Clio"
plate = "AB-123-CD"

[[workshop.reminder]]
hours_before = 24
channel = "sms"

[[workshop.reminder]]
day_before_at = "17:00"
channel = "email"

[[service]]
code = "oil"
group = "maintenance"
name = { fr = "Vidange et filtre", en = "Oil and filter change" }
minutes = 45
minutes_by_class = { suv = 60 }
equipment_by_class = { van = ["long-lift"] }
equipment = ["lift"]
skills = ["mechanics"]
price_from_cents = 8900

[[service]]
code = "battery"
name = { fr = "Batterie" }
minutes = 30
modes = ["wait"]

[[staff]]
email = "accueil@atelier-martin.example"
name = "Camille"
role = "receptionist"
"""


def edited(*edits: tuple[str, Any], text: str = MARTIN) -> str:
    """``text`` with each path (``workshop.0.bay.1.name``) set to a value, or taken away."""
    document = deepcopy(tomllib.loads(text))
    for path, value in edits:
        *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        place: Any = document
        for step in steps:
            place = place[step]
        if value is MISSING:
            del place[last]
        elif isinstance(place, list) and last == len(place):
            place.append(value)
        else:
            place[last] = value
    return tomlkit.dumps(document)


def load(*edits: tuple[str, Any], text: str = MARTIN) -> Loaded:
    """Load the file with these edits."""
    return load_text(edited(*edits, text=text) if edits else text)


def dump(slug: str = "atelier-martin") -> str:
    """The file that the garage's rows make."""
    with reading() as session:
        garage = find_garage(session, slug)
    assert garage is not None
    with scoped_to(garage.id), reading() as session:
        return dump_garage(session, slug=slug)
