"""The small drawing that a service type has on screen."""

from __future__ import annotations

from booking.catalog.models import ServiceType

# Looked for in code and group, in this order: the drawing that says most about the work.
DRAWINGS = (
    ("oil", "oil"),
    ("brake", "brake"),
    ("tyre", "tyre"),
    ("wheel", "tyre"),
    ("align", "tyre"),
    ("puncture", "tyre"),
    ("clim", "snow"),
    ("air", "snow"),
    ("ac", "snow"),
    ("batter", "battery"),
    ("ev", "bolt"),
    ("hybrid", "bolt"),
    ("electric", "bolt"),
    ("diag", "diag"),
    ("warning", "diag"),
    ("inspect", "inspect"),
    ("mot", "inspect"),
    ("service", "inspect"),
    ("revision", "inspect"),
    ("check", "inspect"),
)


def drawing_of(row: ServiceType) -> str:
    """The name of the icon that says most about the work."""
    words = f"{row.code} {row.group}".lower().replace("-", "_").replace(" ", "_").split("_")
    return next(
        (symbol for sign, symbol in DRAWINGS if any(word.startswith(sign) for word in words)), "wrench"
    )
