"""One arrival, placed as the rules say or refused by name; for the desk also past soft rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app import clock
from app.localtime import from_minutes, to_minutes, to_minutes_up
from booking.appointments.loading import Prepared
from booking.appointments.models import Hold
from booking.availability.engine.anyway import (
    ANYBODY,
    Named,
    PlacedAnyway,
    find_hard_reason,
    place_anyway,
    without_holds,
)
from booking.availability.engine.model import TICK, Instant, Placement, Workshop
from booking.availability.engine.search import place
from booking.availability.engine.why import find_reason
from booking.errors import InTheWayError, SlotTakenError, SoftRulesError
from booking.resources.models import Occupancy


def place_exactly(prepared: Prepared, *, arrives_at: datetime, now: datetime) -> Placement:
    """The placement of a visit that arrives exactly then.

    Reads nothing further. Raises SlotTakenError with the first reason that binds (rule 13) if that
    arrival is not offered; a moment with seconds lies on no grid.
    """
    asked_at, asked_now = to_minutes(arrives_at), to_minutes_up(now)
    if is_whole_minute(arrives_at):
        placement = place(prepared.state, prepared.demand, arrives_at=asked_at, now=asked_now)
        if placement is not None:
            return placement
    reason = find_reason(prepared.state, prepared.demand, arrives_at=asked_at, now=asked_now)
    raise SlotTakenError(reason if is_whole_minute(arrives_at) or reason == "closed" else "no_slot_time")


def place_for_desk(
    session: Session,
    prepared: Prepared,
    *,
    arrives_at: datetime,
    anyway: Collection[str] = (),
    choices: Sequence[Named] = (ANYBODY,),
    stands_at: datetime | None = None,
    since: datetime | None = None,
) -> PlacedAnyway:
    """Where the desk may place a visit that arrives exactly then, and the soft rules to write down for it.

    ``prepared`` was loaded with ``or_anyway``. ``anyway`` are the rules that the desk has read and
    passes, ``choices`` whom and what alone it will have, the dearest first and the widest last: that is
    taken which passes fewest rules. ``stands_at`` is the arrival of a visit that is moved, ``since`` the
    earliest arrival that may be written down (else the present).
    Steps of five minutes, what was before ``since`` and other cars are passed by nobody. Raises
    SoftRulesError with all that the place would pass where ``anyway`` lacks one of them, or
    InTheWayError with the first hard reason; both with ``held_until`` where somebody who is just
    booking online is in the way.
    """
    asked_at, now = to_minutes(arrives_at), to_minutes_up(clock.now())
    earliest_at = now if since is None else to_minutes_up(since)
    _check_steps(arrives_at, choices, earliest_at=earliest_at)
    standing = None if stands_at is None else to_minutes(stands_at)
    arrival: dict[str, Any] = {
        "arrives_at": asked_at,
        "now": now,
        "stands_at": standing,
        "since": earliest_at,
    }

    def find(state: Workshop) -> PlacedAnyway | None:
        return _best(place_anyway(state, prepared.demand, named=named, **arrival) for named in choices)

    found = find(prepared.state)
    if found is None or not set(anyway).issuperset(found.passed):
        unheld = find(without_holds(prepared.state))
        raise _refuse(session, prepared, found, unheld=unheld, named=choices[-1], at=asked_at)
    return found


def _best(tried: Iterable[PlacedAnyway | None]) -> PlacedAnyway | None:
    """The first that passes no rule, else the one that passes fewest; what follows it is not tried."""
    best: PlacedAnyway | None = None
    for found in tried:
        if found and not found.passed:
            return found
        if found and (best is None or len(found.passed) < len(best.passed)):
            best = found
    return best


def _check_steps(arrives_at: datetime, choices: Sequence[Named], *, earliest_at: Instant) -> None:
    """What nobody can pass: steps of five minutes, and what is over."""
    starts = [to_minutes(arrives_at), *(named.works_at for named in choices if named.works_at is not None)]
    if not is_whole_minute(arrives_at) or any(start % TICK for start in starts):
        raise InTheWayError("no_slot_time")
    if to_minutes(arrives_at) < earliest_at:
        raise InTheWayError("notice")


def _refuse(
    session: Session,
    prepared: Prepared,
    found: PlacedAnyway | None,
    *,
    unheld: PlacedAnyway | None,
    named: Named,
    at: Instant,
) -> InTheWayError:
    """Why the desk has no such place, or what it would pass there; ``unheld``: the place without holds."""
    if found is None:
        reason = find_hard_reason(prepared.state, prepared.demand, arrives_at=at, named=named)
        return InTheWayError(reason, held_until=_find_held_until(session, prepared, unheld))
    passes_fewer = unheld is not None and len(unheld.passed) < len(found.passed)
    held_until = _find_held_until(session, prepared, unheld) if passes_fewer else None
    placed = found.placement
    taken = filter(None, (placed.bay, placed.technician, placed.courtesy_car))
    return SoftRulesError(
        found.passed, held_until=held_until, resource_ids=[row.resource_id for row in taken]
    )


def is_whole_minute(moment: datetime) -> bool:
    """Whether it has no seconds, as everything that is placed."""
    return not (moment.second or moment.microsecond)


def _find_held_until(session: Session, prepared: Prepared, found: PlacedAnyway | None) -> datetime | None:
    """When the last live hold that lies in a place is over; None without a place, or without one."""
    if found is None:
        return None
    placement = found.placement
    rows = filter(None, (placement.bay, placement.technician, placement.courtesy_car))
    touching = [
        (Occupancy.resource_id == row.resource_id)
        & (Occupancy.starts_at < from_minutes(row.ends_at))
        & (Occupancy.ends_at > from_minutes(row.starts_at))
        for row in rows
    ]
    return session.scalar(
        select(Hold.expires_at)
        .join(Occupancy, (Occupancy.garage_id == Hold.garage_id) & (Occupancy.hold_id == Hold.id))
        .where(Hold.garage_id == prepared.rules.garage_id, Hold.expires_at > clock.now(), or_(*touching))
        .order_by(Hold.expires_at.desc())
        .limit(1)
    )
