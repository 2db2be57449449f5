"""What the desk has agreed to by *Place anyway*: no conflict, until something new lies in the way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.appointments.history import PASSED
from booking.appointments.models import AppointmentEvent

RULES: Mapping[str, str] = {
    "arrival": "closed",
    "closed": "closed",
    "off": "own_hours",
    "leave": "leave",
    "imported": "imported",
}
"""The soft rule that a kind of conflict breaks; a block is no soft rule, so nobody agrees to it."""

_PLACING = ("booked", "moved", "undone")


@dataclass(frozen=True, slots=True)
class Agreed:
    """The soft rules that a visit's present place passes, and when the desk said so."""

    rules: frozenset[str]
    at: datetime

    def covers(self, kind: str, since: datetime | None) -> bool:
        """Whether the desk knew it: the rule was named, and what breaks it stood by then."""
        return RULES.get(kind) in self.rules and (since is None or since <= self.at)


def load_agreed(session: Session, garage_id: int, appointment_ids: Collection[int]) -> dict[int, Agreed]:
    """What was agreed to for each visit's present place; of a move taken back, for the place before it."""
    if not appointment_ids:
        return {}
    rows = session.execute(
        select(
            AppointmentEvent.appointment_id,
            AppointmentEvent.kind,
            AppointmentEvent.at,
            AppointmentEvent.detail,
        )
        .where(
            AppointmentEvent.garage_id == garage_id,
            AppointmentEvent.appointment_id.in_(appointment_ids),
            AppointmentEvent.kind.in_(_PLACING),
        )
        .order_by(AppointmentEvent.id)
    )
    places: dict[int, list[Agreed]] = {}
    for row in rows:
        taken = places.setdefault(row.appointment_id, [])
        if row.kind != "undone":
            taken.append(Agreed(frozenset(row.detail.get(PASSED, ())), row.at))
        elif row.detail.get("undid") == "moved" and taken:
            taken.pop()
    return {number: taken[-1] for number, taken in places.items() if taken}
