"""The way back from a visit to the day, as it was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

KNOWN = {"by": ("technician", "courtesy_car"), "as": ("list", "week")}


@dataclass(frozen=True, slots=True)
class Way:
    """``query`` is what the visit's own addresses carry on; ``on`` the day to go back to."""

    on: date
    query: dict[str, Any]

    @property
    def endpoint(self) -> str:
        """The page that one came from: the day, or its week."""
        return "calendars_board.week" if self.query.get("as") == "week" else "calendars_board.day"


def way_back(args: Mapping[str, str], *, arrives_on: date) -> Way:
    """Read the way from an address; the day of arrival where it names no day, or none that is one."""
    query = {name: args[name] for name, known in KNOWN.items() if args.get(name) in known}
    try:
        on = date.fromisoformat(args.get("on", ""))
    except ValueError:
        return Way(arrives_on, query)
    return Way(on, query | {"on": on.isoformat()})
