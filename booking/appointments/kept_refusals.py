"""What many hear who want one slot: why it is not offered, and what is near it, kept as long as it stands.

Of a rush at one slot one gets it; the others ask the same of the same state, and that is sought once. Kept
for the whole minute in which it was sought, so that nothing has to be said of time
(docs/adr/0010-kept-answers.md).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import clock
from app.db.unit_of_work import reading
from app.db.writes import has_written
from app.localtime import to_minutes_up
from app.tenancy.calendar import get_versions
from app.tenancy.kept import Kept
from app.tenancy.queries import WorkshopView
from booking.appointments.holds import Held
from booking.appointments.requests import VisitQuestion
from booking.appointments.slots import OfferedSlot, list_nearest
from booking.appointments.standing import Standing
from booking.errors import SlotTakenError

MOST = 2_000
READ_TABLES = frozenset({"occupancy", "appointment", "appointment_line", "hold"})
"""What an answer is made of beside the set-up."""

_reasons: Kept[str] = Kept("reasons", MOST)
_nearest: Kept[tuple[OfferedSlot, ...]] = Kept("nearest", MOST)


@dataclass(frozen=True, slots=True)
class Wish:
    """One arrival for one visit, wanted at a moment when this stood."""

    workshop: WorkshopView
    visit: VisitQuestion
    arrives_at: datetime
    version: Hashable

    @property
    def key(self) -> Hashable:
        return self.workshop.garage_id, self.workshop.id, self.visit, self.arrives_at


class WishRefusedError(SlotTakenError):
    """A wish that is not offered: by it the nearest slots are sought, or found, with nothing read again."""

    def __init__(self, wish: Wish, reason: str | None) -> None:
        super().__init__(reason)
        self.wish = wish


def wish_of(standing: Standing, visit: VisitQuestion, arrives_at: datetime) -> Wish:
    """The wish of whoever has read what stands, in no transaction."""
    return Wish(standing.workshop, visit, arrives_at, (standing.version, to_minutes_up(standing.at)))


def find_wish_under_lock(
    session: Session, workshop: WorkshopView, visit: VisitQuestion, *, arrives_at: datetime, held: Held
) -> Wish | None:
    """The wish of a transaction that holds the workshop's lock; None where it has changed what it reads."""
    if has_written(session, READ_TABLES):
        return None
    versions = get_versions(session, workshop.garage_id, workshop.id)
    stands = (workshop.garage_id, workshop.id, versions, held)
    return Wish(workshop, visit, arrives_at, (stands, to_minutes_up(clock.now())))


def find_refusal(wish: Wish) -> str | None:
    """Why the arrival is not offered, if that was sought before and still stands."""
    return _reasons.find(wish.key, version=wish.version)


def refuse(wish: Wish, reason: str | None) -> WishRefusedError:
    """The refusal of a wish, for a reason that was sought; the next who have the same are told at once."""
    if reason is not None:
        _reasons.keep(wish.key, reason, version=wish.version)
    return WishRefusedError(wish, reason)


def list_nearest_to(wish: Wish) -> tuple[OfferedSlot, ...]:
    """Up to three slots near the wish, sought by one of those who want them.

    Opens a transaction of its own where it seeks.
    """
    known = _nearest.find(wish.key, version=wish.version)
    if known is not None:
        return known
    with _nearest.one_at_a_time(wish.key):
        known = _nearest.find(wish.key, version=wish.version)
        if known is None:
            with reading() as session:
                found = list_nearest(session, wish.workshop, wish.visit, wanted_at=wish.arrives_at)
            known = tuple(found)
            _nearest.keep(wish.key, known, version=wish.version)
        return known
