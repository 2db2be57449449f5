"""What has been set at the desk, by whom, and when a garage file was loaded over it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.tenancy.models import SetUpChange

LOADED = "file"
"""The kind of the line that a load of the garage file leaves."""


def note_change(
    session: Session,
    *,
    garage_id: int,
    kind: str,
    act: str,
    name: str = "",
    workshop_id: int | None = None,
    user_id: int | None = None,
) -> None:
    """Note that somebody has set something at the desk.

    ``kind`` is what it is (``bay``, ``hours``, ``service``…), ``act`` what became of it (``added``,
    ``changed``, ``archived``, ``restored``, ``moved``, ``removed``), ``name`` what it is called.
    """
    session.add(
        SetUpChange(
            garage_id=garage_id, workshop_id=workshop_id, user_id=user_id, kind=kind, act=act, name=name
        )
    )


def note_load(session: Session, *, garage_id: int) -> None:
    """Note that a garage file has changed the garage: what was set before it is known to be overruled."""
    session.add(SetUpChange(garage_id=garage_id, by_file=True, kind=LOADED, act="loaded"))


def list_set_since_load(session: Session, garage_id: int) -> Sequence[SetUpChange]:
    """What was set at the desk since a garage file last changed the garage, the oldest first."""
    last = select(func.coalesce(func.max(SetUpChange.id), 0)).where(
        SetUpChange.garage_id == garage_id, SetUpChange.by_file
    )
    return session.scalars(
        select(SetUpChange)
        .where(SetUpChange.garage_id == garage_id, SetUpChange.id > last.scalar_subquery())
        .order_by(SetUpChange.id)
    ).all()


def list_latest_changes(session: Session, garage_id: int, *, limit: int) -> Sequence[SetUpChange]:
    """The garage's latest changes, the newest first."""
    return session.scalars(
        select(SetUpChange)
        .where(SetUpChange.garage_id == garage_id)
        .order_by(SetUpChange.id.desc())
        .limit(limit)
    ).all()
