"""What happens in the domain, told in the past tense; ids, and the facts that are gone afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AppointmentEventBase:
    """Which appointment of which garage."""

    garage_id: int
    appointment_id: int


@dataclass(frozen=True, slots=True)
class AppointmentBooked(AppointmentEventBase):
    """A new appointment stands, confirmed or (where the garage approves first) requested."""


@dataclass(frozen=True, slots=True)
class AppointmentCancelled(AppointmentEventBase):
    """The customer or the garage gave the place back."""


@dataclass(frozen=True, slots=True)
class AppointmentStatusChanged(AppointmentEventBase):
    """A step along the life cycle other than booking and cancelling."""

    from_status: str
    to_status: str


@dataclass(frozen=True, slots=True)
class AppointmentMoved(AppointmentEventBase):
    """The visit has another place: arrival and promise before and now.

    Both arrivals are the same where only bay or technician changed. ``was_wish``: until now no arrival
    was promised.
    """

    from_arrives_at: datetime
    from_ready_at: datetime
    to_arrives_at: datetime
    to_ready_at: datetime
    was_wish: bool = False


@dataclass(frozen=True, slots=True)
class AppointmentUndone(AppointmentEventBase):
    """The last step or move was taken back.

    ``kind`` is that of its history row, ``since`` when it had been made; the states are those
    before and after the undoing.
    """

    kind: str
    from_status: str
    to_status: str
    since: datetime


@dataclass(frozen=True, slots=True)
class CustomersMerged:
    """Two records of one person are one; ``phones`` are the numbers that either had."""

    garage_id: int
    customer_id: int
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomerChanged:
    """Name, address, language or consent of a customer are others than before.

    Also told where visits have come to another customer: it is then theirs that they carry.
    """

    garage_id: int
    customer_id: int
