"""Refusals that more than one part of the domain raises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from babel import Locale
from babel.lists import format_list
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.errors import DomainError
from app.i18n import pick


class SlotTakenError(DomainError):
    """Well asked, but not offered now: somebody was quicker, or a rule binds.

    ``reason`` is the code of the first that does; None where the database itself had to refuse.
    """

    code = "slot_taken"
    message = _l("This time has just gone. Please choose another one.")

    def __init__(self, reason: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownServiceError(DomainError):
    """A service code that this garage does not offer to this caller."""

    code = "unknown_service"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _l("One of the chosen services is not offered here any more.")


class ModeNotOfferedError(DomainError):
    """Not all chosen services can be done that way."""

    code = "mode_not_offered"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _l("These services cannot be combined that way. Choose another kind of visit.")


class CourtesyCarWithWaitError(DomainError):
    """A courtesy car is lent while the car stays, not while the customer waits."""

    code = "courtesy_car_with_wait"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _l("A courtesy car goes with leaving your car, not with waiting here.")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A chosen service that may be left out; ``name`` by locale."""

    code: str
    name: Mapping[str, str]


class NotInOneVisitError(DomainError):
    """No bay and technician of the workshop can do all that was chosen, whatever the time.

    ``ways_out``: each names what to leave out so that the rest can be done; none where nothing can.
    """

    code = "not_in_one_visit"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, ways_out: Sequence[Sequence[LeftOut]]) -> None:
        super().__init__(str([[each.code for each in way] for way in ways_out]))
        self.ways_out = ways_out
        self.message = _say_ways_out([_say_names(way) for way in ways_out])


def _say_names(services: Sequence[LeftOut]) -> str:
    locale = get_locale() or Locale("en")
    return str(format_list([pick(each.name, locale.language) for each in services], locale=locale))


def _say_ways_out(ways: list[str]) -> str:
    if not ways:
        return str(_("No bay and technician here can do this work. Please phone the workshop."))
    either = format_list(ways, style="or", locale=get_locale() or Locale("en"))
    return str(
        _(
            "These services cannot be done in one visit here. Please book separately: %(either)s.",
            either=either,
        )
    )


class MoveNotAllowedError(DomainError):
    """The life cycle has no such step from the present state."""

    code = "move_not_allowed"
    message = _l("The appointment is past that step already.")


class RequestExpiredError(MoveNotAllowedError):
    """The time in which a request could be decided is over."""

    code = "request_expired"
    message = _l("It is too late to decide: the time for an answer is over, and the request expired.")


class NotDueYetError(MoveNotAllowedError):
    """Nobody has failed to come before the time of arrival has passed."""

    code = "not_due_yet"
    message = _l("The car is not due yet: its time of arrival is still ahead.")


class InTheWayError(SlotTakenError):
    """The desk asked for a place that is not free.

    ``plate`` (or reference) names the car that is there, ``place`` and ``kind`` (bay, technician or
    courtesy car) where it is; all empty where no car is. ``held_until`` is when the place is free again at
    the latest that somebody is just booking online; None where nobody is. ``reason`` is the rule that binds.
    """

    code = "in_the_way"
    message = _l("Nothing is free there: it is closed then, or no bay or technician able to do the work is.")

    def __init__(
        self,
        reason: str | None = None,
        *,
        plate: str = "",
        place: str = "",
        kind: str = "",
        held_until: datetime | None = None,
    ) -> None:
        super().__init__(reason)
        self.plate, self.place, self.kind = plate, place, kind
        self.held_until = held_until


class SoftRulesError(InTheWayError):
    """Only soft rules are in the way: the desk may name them and place the visit anyway.

    ``passed`` are all that the place would pass; with a ``held_until`` it would pass fewer then.
    ``resource_ids`` are the bay, technician and courtesy car it would take; none of a mere arrival.
    """

    code = "soft_rules"

    def __init__(
        self,
        passed: Sequence[str],
        *,
        held_until: datetime | None = None,
        resource_ids: Sequence[int] = (),
    ) -> None:
        super().__init__(passed[0], held_until=held_until)
        self.passed = tuple(passed)
        self.resource_ids = tuple(resource_ids)


class PlaceGoneError(SlotTakenError):
    """Undoing would need a place that is somebody else's by now."""

    code = "place_gone"
    message = _l("This cannot be undone: the place has been given to another car meanwhile.")


class UndoNotAllowedError(DomainError):
    """Not one's own last act any more, or too long ago."""

    code = "undo_not_allowed"
    message = _l("This can no longer be undone.")


class TooLateToCancelError(DomainError):
    """Past the workshop's time limit for changes online; ``phone`` reaches the workshop."""

    code = "too_late"
    message = _l("It is too late to change this online. Please phone the workshop.")

    def __init__(self, phone: str) -> None:
        super().__init__(phone)
        self.phone = phone

    def extra(self) -> dict[str, object]:
        return {"phone": self.phone}


class KeyReusedError(DomainError):
    """The idempotency key came before, with another body."""

    code = "idempotency_key_reused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _l("This Idempotency-Key was used before with other content.")


class ClosedAnywayError(DomainError):
    """What is to be closed is closed as it is."""

    code = "closed_anyway"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _l("The workshop is closed then as it is.")


class MoreTouchedError(DomainError):
    """Between the preview and the confirmation a visit came to lie in what is closed."""

    code = "more_touched"
    message = _l("Meanwhile more visits lie in that time. Nothing is stored yet: look at them, then confirm.")


class PlaceLostError(DomainError):
    """Between the preview and the confirmation a visit changed, or its new place was taken."""

    code = "place_lost"
    message = _l("Meanwhile one of the new places is gone. Nothing is stored yet: look again, then confirm.")

    def __init__(self, appointment_id: int) -> None:
        super().__init__(appointment_id)
        self.appointment_id = appointment_id


class TouchesVisitsError(DomainError):
    """A change of the set-up would leave visits to re-plan that nobody has been shown; nothing is stored.

    ``reasons`` are theirs, by the visit's id.
    """

    code = "touches_visits"
    message = _l("Meanwhile more visits are touched. Nothing is stored yet: look at them, then confirm.")

    def __init__(self, reasons: Mapping[int, Sequence[object]]) -> None:
        super().__init__(sorted(reasons))
        self.reasons = reasons


class ImportChangedError(DomainError):
    """Between the preview of a file and its confirmation customers have changed, or its columns have."""

    code = "import_changed"
    message = _l("Something has changed since you looked. Nothing is stored yet: look at it, then confirm.")
