"""Rule 4: what a visit needs, summed up over the chosen service types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from booking.availability.engine.model import TICK, Demand, Minutes, Mode, ServiceType


class ModeNotShared(ValueError):  # noqa: N818 - named after the fact, as every refusal here
    """A chosen service type does not have the chosen mode."""


class CourtesyCarWithWait(ValueError):  # noqa: N818 - named after the fact, as every refusal here
    """A courtesy car was asked for by somebody who waits."""


def build_demand(
    services: Sequence[ServiceType],
    *,
    mode: Mode,
    vehicle_class: str | None,
    energy: str | None,
    energy_skills: Mapping[str, frozenset[str]],
    workshop_notice_minutes: Minutes,
    courtesy_car: bool = False,
    online: bool = True,
) -> Demand:
    """Sum up the service types (each counts once) for one vehicle.

    ``energy_skills`` are the garage's skills per energy; ``vehicle_class`` and ``energy`` may be
    unknown. ``online`` says whether the online share applies. Raises ModeNotShared,
    CourtesyCarWithWait, and ValueError when no service type is chosen or the work is not a
    positive multiple of 5 minutes.
    """
    chosen = list({service.id: service for service in services}.values())
    if not all(mode in service.modes for service in chosen):
        raise ModeNotShared(mode)
    if courtesy_car and mode == "wait":
        raise CourtesyCarWithWait
    return Demand(
        mode=mode,
        work_minutes=_work(chosen, vehicle_class),
        equipment=frozenset[str]().union(*(_equipment(service, vehicle_class) for service in chosen)),
        skills=frozenset[str]().union(
            energy_skills.get(energy or "", frozenset()), *(service.skills for service in chosen)
        ),
        turnaround_minutes=max(service.turnaround_minutes for service in chosen),
        notice_minutes=max(workshop_notice_minutes, *(service.notice_minutes for service in chosen)),
        stay_days=max(service.stay_days for service in chosen),
        caps=tuple((service.id, service.max_per_day) for service in chosen if service.max_per_day),
        courtesy_car=courtesy_car,
        online=online,
    )


def _work(services: Sequence[ServiceType], vehicle_class: str | None) -> Minutes:
    work = sum(service.minutes_by_class.get(vehicle_class or "", service.minutes) for service in services)
    if work <= 0 or work % TICK:
        raise ValueError(f"{work} minutes of work is not a positive multiple of {TICK}")
    return work


def _equipment(service: ServiceType, vehicle_class: str | None) -> frozenset[str]:
    return service.equipment | service.equipment_by_class.get(vehicle_class or "", frozenset())
