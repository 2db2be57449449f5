"""What happens in the domain, told in the past tense; ids only."""

from __future__ import annotations

from dataclasses import dataclass


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
