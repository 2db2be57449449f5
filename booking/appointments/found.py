"""What finders of conflicts are asked, and what they answer with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.tenancy.queries import WorkshopView


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """Why a visit has to be re-planned: ``leave``, ``block``, ``imported``, or a kind that its finder names.

    ``name`` is that of the resource it is about, ``label`` what was noted with it; both may be empty.
    """

    kind: str
    name: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which workshops of a garage are looked at, from the start of their day on."""

    garage_id: int
    workshops: dict[int, WorkshopView]
    since: datetime

    @property
    def workshop_ids(self) -> list[int]:
        return sorted(self.workshops)

    @property
    def ids(self) -> dict[str, Any]:
        """Whom a statement asks about: ``garage_id`` and ``workshop_ids``."""
        return {"garage_id": self.garage_id, "workshop_ids": self.workshop_ids}


@dataclass(frozen=True, slots=True)
class Found:
    """A visit with a reason; ``since`` is when that came to be, None where nobody noted it."""

    visit_id: int
    reason: Reason
    since: datetime | None = None
