"""How an appointment looks in a feed: which of its times, how much of it, in which language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Privacy = Literal["full", "no_contact", "busy"]
Span = Literal["visit", "work"]


@dataclass(frozen=True, slots=True)
class Look:
    """``span``: the stay from arrival to ready, or the work alone. ``privacy``: everything, nothing
    by which the customer can be named or reached, or busy time alone."""

    span: Span
    privacy: Privacy
    locale: str


def span_of(kind: str) -> Span:
    """Bays and technicians are taken while the work is done, all others for the whole stay."""
    return "work" if kind in {"bay", "technician"} else "visit"
