"""What a garage file describes that could never be booked; a warning each, not an error."""

from __future__ import annotations

from app.tenancy.garage_file.kinds import Values


def list_gaps(workshop: Values, services: list[Values]) -> list[str]:
    """Why ``workshop`` can offer no slots, at all or for one of ``services``; in stored form."""
    missing = [f"no {kind}, so nothing can be booked" for kind in ("bay", "technician") if not workshop[kind]]
    return missing or [gap for service in services for gap in _gaps_of(service, workshop)]


def _gaps_of(service: Values, workshop: Values) -> list[str]:
    gaps = []
    if not _has_all(service["skills"], workshop["technician"], "skills"):
        gaps.append(_gap(service, "no technician has", service["skills"]))
    if not _has_all(service["equipment"], workshop["bay"], "equipment"):
        gaps.append(_gap(service, "no bay has", service["equipment"]))
        return gaps
    for vehicle_class, more in service["equipment_by_class"].items():
        needed = [*service["equipment"], *(tag for tag in more if tag not in service["equipment"])]
        if not _has_all(needed, workshop["bay"], "equipment"):
            gaps.append(_gap(service, f"for a vehicle of class {vehicle_class} no bay has", needed))
    return gaps


def _has_all(tags: list[str], entries: list[Values], key: str) -> bool:
    return any(set(tags) <= set(entry[key]) for entry in entries)


def _gap(service: Values, who: str, tags: list[str]) -> str:
    return f"nobody can do service {service['code']!r}: {who} {', '.join(tags)}"
