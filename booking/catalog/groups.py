"""The catalogue in titled groups."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from flask_babel import lazy_gettext as _l

from app.web.filters import capital
from booking.catalog.models import ServiceType

# Groups that garages commonly use; any other stands as the garage wrote it.
GROUP_TITLES = {
    "maintenance": _l("Regular maintenance"),
    "tyres": _l("Tyres"),
    "brakes": _l("Brakes"),
    "tyres_brakes": _l("Tyres and brakes"),
    "inspection": _l("Tests and inspection"),
    "diagnostics": _l("Tests and diagnosis"),
    "diagnosis": _l("Tests and diagnosis"),
    "repair": _l("Repairs"),
    "repairs": _l("Repairs"),
    "climate": _l("Air conditioning"),
    "electric": _l("Battery and electrics"),
    "electrics": _l("Battery and electrics"),
    "bodywork": _l("Bodywork and glass"),
    "seasonal": _l("For the season"),
}


def group_types(offered: Iterable[ServiceType]) -> list[tuple[Any, list[ServiceType]]]:
    """Titles with their service types, in the garage's order; a group that comes back joins its first."""
    types = list(offered)
    names = list(dict.fromkeys(row.group for row in types))
    rows = sorted(types, key=lambda row: names.index(row.group))
    return [
        (group_title(name), list(of_group)) for name, of_group in groupby(rows, key=lambda row: row.group)
    ]


def group_title(group: str) -> Any:
    """What stands over a group."""
    return GROUP_TITLES.get(group) or capital(group.replace("_", " ")) or _l("Services")
