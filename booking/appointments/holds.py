"""Reading holds: what the live ones take and count, and what their bounds are measured by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, bindparam, func, select
from sqlalchemy.orm import Session

from app import clock
from app.localtime import day_bounds, to_minutes, to_minutes_up
from app.tenancy.queries import WorkshopView
from booking.appointments.models import Hold
from booking.availability.engine import model as engine
from booking.resources.models import Occupancy

ONLINE_SOURCES = frozenset({"page", "widget", "api"})
"""Where a visit that counts as online work came from."""


class HeldRow(NamedTuple):
    """What one live hold takes of one resource, and until when; nothing of who chose it."""

    hold_id: int
    arrives_at: datetime
    expires_at: datetime
    resource_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """What live holds take of the workshop's resources, and the visits that they stand for."""

    busy: tuple[engine.Busy, ...]
    visits: tuple[engine.Visit, ...]


NOTHING_HELD = Held((), ())


def load_held(session: Session, workshop: WorkshopView, *, except_hold_id: int | None) -> Held:
    """The workshop's live holds but the asker's own, in one statement.

    Apart from the other occupancies: a hold is over by the clock alone and raises no version. Read with
    them are those that are over and still keep rows, until a job forgets them.
    """
    keys = {"garage_id": workshop.garage_id, "workshop_id": workshop.id}
    now = clock.now()
    rows = session.execute(_HELD, keys).all()
    _note_expired(session, keys, any_expired=any(row.expires_at <= now for row in rows))
    return held_of(row for row in rows if row.expires_at > now and row.hold_id != except_hold_id)


def has_expired(session: Session, *, garage_id: int, workshop_id: int) -> bool:
    """Whether an expired hold may still keep rows, as far as this transaction has seen under the lock."""
    return _seen(session).get((garage_id, workshop_id), True)


def _note_expired(session: Session, keys: dict[str, int], *, any_expired: bool) -> None:
    """Only holds that were expired then can be in the way: those alive were planned around."""
    _seen(session)[keys["garage_id"], keys["workshop_id"]] = any_expired


def _seen(session: Session) -> dict[tuple[int, int], bool]:
    """What this very transaction has seen; another one begins with nothing."""
    transaction = session.get_transaction()
    known: tuple[object, dict[tuple[int, int], bool]] = session.info.get("expired holds", (None, {}))
    if transaction is None or known[0] is not transaction:
        known = session.info["expired holds"] = (transaction, {})
    return known[1]


def list_held_columns(hold: FromClause, occupancy: FromClause) -> list[ColumnElement[Any]]:
    """What :func:`held_of` reads of a hold and one of its rows."""
    return [
        hold.c.id.label("hold_id"),
        hold.c.arrives_at,
        hold.c.work_minutes,
        hold.c.source,
        hold.c.service_type_ids,
        occupancy.c.resource_id,
        occupancy.c.starts_at,
        occupancy.c.ends_at,
    ]


def is_live(hold: FromClause, at: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether a hold still counts."""
    return hold.c.expires_at > at


def held_of(rows: Iterable[Any]) -> Held:
    """What live holds take, from their rows in order of the hold."""
    found = list(rows)
    if not found:
        return NOTHING_HELD
    return Held(
        busy=tuple(
            engine.Busy(row.resource_id, to_minutes(row.starts_at), to_minutes_up(row.ends_at), "hold")
            for row in found
        ),
        visits=tuple(_visit(next(pieces)) for _, pieces in groupby(found, key=attrgetter("hold_id"))),
    )


def list_held(
    session: Session, workshop: WorkshopView, *, starts_at: datetime, ends_at: datetime
) -> list[HeldRow]:
    """The rows of the workshop's live holds that touch ``[starts_at, ends_at)``, in one statement."""
    statement = (
        select(
            Hold.id,
            Hold.arrives_at,
            Hold.expires_at,
            Occupancy.resource_id,
            Occupancy.starts_at,
            Occupancy.ends_at,
        )
        .join(Occupancy, (Occupancy.garage_id == Hold.garage_id) & (Occupancy.hold_id == Hold.id))
        .where(
            Hold.garage_id == workshop.garage_id,
            Hold.workshop_id == workshop.id,
            Occupancy.starts_at < ends_at,
            Occupancy.ends_at > starts_at,
            *_live(None),
        )
    )
    rows = session.execute(statement.order_by(Occupancy.starts_at, Occupancy.id))
    return [HeldRow(*row) for row in rows]


def find_held_since(
    session: Session, garage_id: int, hold_id: int | None, *, arrives_at: datetime
) -> datetime | None:
    """When the asker chose this arrival, while their hold of it is live."""
    if hold_id is None:
        return None
    statement = select(Hold.taken_at).where(
        Hold.garage_id == garage_id,
        Hold.id == hold_id,
        Hold.arrives_at == arrives_at,
        Hold.expires_at > clock.now(),
    )
    return session.scalar(statement)


def count_held_by(session: Session, garage_id: int, *, address_hash: str, except_hold_id: int | None) -> int:
    """How many live holds of the garage one address has."""
    statement = select(func.count(Hold.id)).where(
        Hold.garage_id == garage_id, Hold.address_hash == address_hash, *_live(except_hold_id)
    )
    return session.scalar(statement) or 0


def sum_held_minutes(
    session: Session, workshop: WorkshopView, *, on: date, except_hold_id: int | None = None
) -> int:
    """The work minutes of all live holds with an arrival on a local date."""
    starts_at, ends_at = day_bounds(on, workshop.timezone)
    statement = select(func.coalesce(func.sum(Hold.work_minutes), 0)).where(
        Hold.garage_id == workshop.garage_id,
        Hold.workshop_id == workshop.id,
        Hold.arrives_at >= starts_at,
        Hold.arrives_at < ends_at,
        *_live(except_hold_id),
    )
    return session.scalar(statement) or 0


def _live(except_hold_id: int | None) -> list[ColumnElement[bool]]:
    live: list[ColumnElement[bool]] = [Hold.expires_at > clock.now()]
    return live if except_hold_id is None else [*live, Hold.id != except_hold_id]


def _visit(row: Any) -> engine.Visit:
    return engine.Visit(
        arrives_at=to_minutes(row.arrives_at),
        work_minutes=row.work_minutes,
        online=row.source in ONLINE_SOURCES,
        service_ids=frozenset(row.service_type_ids),
    )


def _held_statement() -> Select[*tuple[Any, ...]]:
    """Made once: every question about a workshop asks it."""
    hold, occupancy = Hold.__table__, Occupancy.__table__
    return (
        select(*list_held_columns(hold, occupancy), hold.c.expires_at)
        .join(occupancy, (occupancy.c.garage_id == hold.c.garage_id) & (occupancy.c.hold_id == hold.c.id))
        .where(
            hold.c.garage_id == bindparam("garage_id"),
            hold.c.workshop_id == bindparam("workshop_id"),
        )
        .order_by(hold.c.id, occupancy.c.id)
    )


_HELD = _held_statement()
