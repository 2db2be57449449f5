"""The domain's refusals as callers of the API need them: with the field, with alternatives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from flask_babel import gettext as _

from app.api.keys import HEADER
from app.api.moments import write_moment
from app.errors import DomainError, InvalidInputError
from booking.appointments.slots import OfferedSlot
from booking.availability.words import say_refused
from booking.errors import (
    CourtesyCarWithWaitError,
    KeyReusedError,
    ModeNotOfferedError,
    NotInOneVisitError,
    SlotTakenError,
    UnknownServiceError,
)

FIELDS: dict[type[DomainError], str] = {
    ModeNotOfferedError: "mode",
    CourtesyCarWithWaitError: "courtesy_car",
    KeyReusedError: HEADER,
}


class WrongFieldError(InvalidInputError):
    """A refusal of the domain that lies in one field; keeps its code and sentence."""

    def __init__(self, cause: DomainError, field: str) -> None:
        super().__init__({field: str(cause.message)})
        self.cause = cause

    def extra(self) -> dict[str, object]:
        return super().extra() | {"code": self.cause.code, "detail": str(self.cause.message)}


class NotOfferedError(SlotTakenError):
    """The arrival is not offered, for a reason; these are, near it, written in the workshop's zone."""

    def __init__(
        self, slots: Sequence[OfferedSlot], zone_name: str, *, wanted_at: datetime, reason: str | None
    ) -> None:
        super().__init__(reason)
        if why := say_refused(reason, wanted_at=wanted_at):
            self.message = _("This time is not possible: %(why)s. Please choose another one.", why=why)
        self.alternatives = [slot_members(slot, zone_name) for slot in slots]

    def extra(self) -> dict[str, object]:
        return {"reason": self.reason, "alternatives": self.alternatives}


@contextmanager
def naming_fields(*, services: str) -> Iterator[None]:
    """Within the block the domain's refusals of a question name their field.

    ``services`` is what the caller's list of services is called.
    """
    fields = FIELDS | {UnknownServiceError: services, NotInOneVisitError: services}
    try:
        yield
    except tuple(fields) as error:
        raise WrongFieldError(error, fields[type(error)]) from error


def slot_members(slot: OfferedSlot, zone_name: str) -> dict[str, str]:
    """A slot as answers write it."""
    return {
        "arrives_at": write_moment(slot.arrives_at, zone_name),
        "ready_at": write_moment(slot.ready_at, zone_name),
    }
