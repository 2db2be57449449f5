"""Rows that belong to a garage, and the composite keys that make crossing over impossible."""

from __future__ import annotations

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.db.base import BigId


class GarageOwned:
    """A row of one garage. Other rows refer to it by the pair ``(garage_id, id)``."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True, sort_order=-2)

    @declared_attr
    @classmethod
    def garage_id(cls) -> Mapped[int]:
        return mapped_column(BigId, ForeignKey("garage.id"), nullable=False, sort_order=-1)


def owned_key(table: str) -> UniqueConstraint:
    """The unique pair of an owned table that composite foreign keys point to."""
    return UniqueConstraint("garage_id", "id", name=f"uq_{table}_garage_id_id")


def same_garage(column: str, target: str) -> ForeignKeyConstraint:
    """A reference from ``column`` to ``target``'s row of the same garage, in either database."""
    return ForeignKeyConstraint(["garage_id", column], [f"{target}.garage_id", f"{target}.id"])
