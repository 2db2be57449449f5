"""The human reference of an appointment: six characters to say on the phone; it opens nothing."""

from __future__ import annotations

import secrets

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from booking.appointments.models import Appointment

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
LENGTH = 6
# As Crockford reads what was heard or written down.
_HEARD = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})

_TAKEN = select(Appointment.id).where(
    Appointment.garage_id == bindparam("garage_id"), Appointment.reference == bindparam("reference")
)


def new_reference(session: Session, garage_id: int) -> str:
    """A reference that the garage has not used yet."""
    while True:
        reference = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        taken = session.scalar(_TAKEN, {"garage_id": garage_id, "reference": reference})
        if taken is None:
            return reference


def read_reference(text: str) -> str:
    """The reference that somebody types as they hear it; empty if it is none."""
    reference = text.upper().translate(_HEARD)
    return reference if len(reference) == LENGTH and set(reference) <= set(ALPHABET) else ""
