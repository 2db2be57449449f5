"""Roles of staff in a garage, and what each may do."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """From most to least; the order is the order of trust."""

    OWNER = "owner"
    MANAGER = "manager"
    RECEPTIONIST = "receptionist"
    TECHNICIAN = "technician"

    def may_act_as(self, needed: Role) -> bool:
        """Whether this role includes everything that ``needed`` may do."""
        order = list(Role)
        return order.index(self) <= order.index(needed)
