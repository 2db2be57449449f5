"""What a caller asks for, already checked for shape: the questions of the use cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.localtime import to_minutes
from booking.availability.engine.anyway import Named
from booking.availability.engine.model import Mode
from booking.customers.operations import CustomerDetails, VehicleDetails

Source = Literal["page", "widget", "api", "desk"]


@dataclass(frozen=True, slots=True)
class VisitQuestion:
    """Which visit a slot is sought for. ``service_codes`` in any order, each counts once.

    ``agreed_minutes`` is the work of a visit that stands already and seeks another time: its
    services and mode are kept as they were agreed, whatever the catalogue says by now.
    ``further_stay_days`` are open days that it may stay beyond what its services say. ``own_hold_id``
    is the asker's own hold, which counts nowhere.
    """

    service_codes: tuple[str, ...]
    mode: Mode
    vehicle_class: str | None = None
    energy: str | None = None
    courtesy_car: bool = False
    online: bool = True
    agreed_minutes: int | None = None
    further_stay_days: int = 0
    own_hold_id: int | None = None


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """One booking: the visit, its arrival, the person and the car.

    The desk alone may leave it ``unplanned``, without a place; ``is_wish``: not even the arrival is
    promised. ``anyway`` are the soft rules that the desk has read and passes; None asks under all rules.
    ``is_here``: the car stands at the counter, whatever ``arrives_at`` says, and stays; its work starts at
    ``works_at``, or now where that is None or past.
    """

    visit: VisitQuestion
    arrives_at: datetime
    customer: CustomerDetails
    vehicle: VehicleDetails
    source: Source
    notes: str = ""
    is_unplanned: bool = False
    is_wish: bool = False
    anyway: frozenset[str] | None = None
    is_here: bool = False
    works_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """A slot to keep for a while; ``address_hash`` stands for the network that asks."""

    visit: VisitQuestion
    arrives_at: datetime
    source: Source
    address_hash: str


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """Another arrival; the desk may name bay, technician and courtesy car, else the engine chooses.

    ``anyway`` are the soft rules that the desk has read and passes. ``works_at`` is the only start of the
    work that will do, ``work_minutes`` another length of it. ``keeps_team``: of bay, technician and
    courtesy car those that are not named stay who they are, where that passes no further rule.
    """

    arrives_at: datetime
    bay_id: int | None = None
    technician_id: int | None = None
    anyway: frozenset[str] = frozenset()
    courtesy_car_id: int | None = None
    works_at: datetime | None = None
    work_minutes: int | None = None
    keeps_team: bool = False

    @property
    def named(self) -> Named:
        """What was named, as the engine asks it."""
        return Named(
            self.bay_id,
            self.technician_id,
            self.courtesy_car_id,
            works_at=None if self.works_at is None else to_minutes(self.works_at),
        )


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it, for the history: a customer by link or page, staff, the API, or the product."""

    kind: Literal["customer", "staff", "system", "api"]
    user_id: int | None = None


CUSTOMER = Actor("customer")
SYSTEM = Actor("system")
API = Actor("api")
