"""What the telephone's form shows of places: those there are, and why a wished one is not among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.errors import InvalidInputError
from app.localtime import local_date, to_local
from app.tenancy.queries import WorkshopView
from app.web.filters import capital
from booking.appointments.bookings import find_passed, name_courtesy_cars
from booking.appointments.requests import VisitQuestion
from booking.appointments.slots import (
    OfferedSlot,
    find_reason_at,
    find_reason_on,
    list_nearest,
    list_next,
)
from booking.catalog.models import ServiceType
from booking.desk.phone.forms import Typed, fit_mode, read_visit, read_wish
from booking.desk.phone.when import Wish
from booking.desk.reasons import say_held, say_passed, say_reason
from booking.desk.standing import Reader
from booking.errors import (
    CourtesyCarWithWaitError,
    ModeNotOfferedError,
    NotInOneVisitError,
    SlotTakenError,
    SoftRulesError,
    UnknownServiceError,
)
from booking.resources.models import Resource
from booking.resources.queries import list_resources

NO_CARS: Mapping[datetime, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Proposal:
    """One free place; ``value`` is the arrival in RFC 3339 with the workshop's offset.

    ``where`` names what it would take, as far as that is told: the courtesy car, where one is asked for.
    """

    value: str
    when: str
    ready: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Passing:
    """A wished time that only soft rules forbid: which it passes (``rules``, their codes), in words.

    ``where``: the bay, technician and courtesy car that it would take. ``held``: that somebody is just
    booking what is there, and until when.
    """

    when: str
    rules: str
    sentences: tuple[str, ...]
    where: str = ""
    held: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """What can be offered: the proposals, or a sentence where there are none.

    ``nearest`` is the ``value`` to choose first: the one nearest to the wished time, else the first.
    ``mode`` is the way to come that the proposals are for, where the ticked one does not go with
    the work; ``passing`` is the wished time, where the desk may have it all the same.
    """

    proposals: tuple[Proposal, ...] = ()
    said: str = ""
    errors: dict[str, str] | None = None
    mode: str = ""
    passing: Passing | None = None
    nearest: str = ""


def find_places(
    session: Session, workshop: WorkshopView, typed: Typed, *, offered: list[ServiceType]
) -> Places:
    """The three next places from the wished day on, or the three nearest to a wished time.

    Where none is near it, the next ones: a courtesy car may be away for weeks. Where the wished day
    or time is not among them, the sentence says why.
    """
    if not typed.codes:
        return Places(said=_("Choose the work first; three places follow."))
    now = clock.now()
    today = local_date(now, workshop.timezone)
    fitted = fit_mode(typed, offered)
    try:
        question, wish = read_visit(fitted, offered), read_wish(typed, today=today)
        slots = _search(session, workshop, question, wish=wish, today=today)
        passing = _find_passing(session, workshop, question, wish=wish, slots=slots)
        why_not = _say_why_not(session, workshop, question, wish=wish, slots=slots)
    except InvalidInputError as refusal:
        return Places(errors=refusal.errors)
    except (UnknownServiceError, ModeNotOfferedError, CourtesyCarWithWaitError) as refusal:
        return Places(errors={"mode": str(refusal.message)})
    except NotInOneVisitError as refusal:
        return Places(errors={"service": str(refusal.message)})
    why_not = "" if passing and why_not in passing.sentences else why_not
    mode = "" if fitted is typed else fitted["mode"]
    if not slots:
        nothing = _("No place in the next two months. Another day, or another way of coming?")
        return Places(said=f"{why_not} {nothing}".lstrip(), mode=mode, passing=passing)
    first_car = _say_first_car(slots[0], workshop, after=wish.on or today) if question.courtesy_car else ""
    return Places(
        proposals=_propose(session, workshop, question, slots=slots),
        said=first_car or why_not,
        mode=mode,
        passing=passing,
        nearest=_name_nearest(slots, workshop, wanted_at=wish.moment(today, workshop.timezone)),
    )


def _name_nearest(slots: Iterable[OfferedSlot], workshop: WorkshopView, *, wanted_at: datetime | None) -> str:
    """The proposal nearest to the wished time, of two as near the earlier; the first where none is wished."""
    arrivals = [slot.arrives_at for slot in slots]
    first = min(arrivals, key=lambda at: abs(at - wanted_at)) if wanted_at else arrivals[0]
    return _value_of(first, workshop)


def _value_of(arrives_at: datetime, workshop: WorkshopView) -> str:
    return to_local(arrives_at, workshop.timezone).isoformat()


def _find_passing(
    session: Session,
    workshop: WorkshopView,
    question: VisitQuestion,
    *,
    wish: Wish,
    slots: list[OfferedSlot],
) -> Passing | None:
    """The wished time, where it is not among the places and passes soft rules alone."""
    wanted_at = wish.moment(local_date(clock.now(), workshop.timezone), workshop.timezone)
    if wanted_at is None or any(slot.arrives_at == wanted_at for slot in slots):
        return None
    refusal = find_passed(session, workshop, question, wanted_at=wanted_at)
    if refusal is None:
        return None
    taken = [
        row
        for row in list_resources(session, workshop.garage_id, workshop.id)
        if row.id in refusal.resource_ids
    ]
    return passing_of(refusal, workshop, when=say_wished(wanted_at, workshop), taken=taken)


def passing_of(
    refusal: SoftRulesError, workshop: WorkshopView, *, when: str, taken: Iterable[Resource] = ()
) -> Passing:
    """The rules that a wished time (``when``, in words) passes, as the form shows them before the desk does.

    ``taken`` are the resources that the visit would take.
    """
    names = {row.kind: row.name for row in taken}
    return Passing(
        when=when,
        rules=" ".join(refusal.passed),
        sentences=tuple(say_passed(refusal.passed, names)),
        where=", ".join(names.values()),
        held=say_held(refusal, workshop),
    )


def say_wished(wanted_at: datetime, workshop: WorkshopView) -> str:
    """A wished time in words."""
    return Reader(clock.now(), workshop.timezone).which_day(wanted_at)


def _say_why_not(
    session: Session,
    workshop: WorkshopView,
    question: VisitQuestion,
    *,
    wish: Wish,
    slots: list[OfferedSlot],
) -> str:
    """Why the wished time, or day, is not among the places; empty where it is, or none was wished."""
    zone = workshop.timezone
    wanted_at = wish.moment(local_date(clock.now(), zone), zone)
    if wanted_at is not None:
        if any(slot.arrives_at == wanted_at for slot in slots):
            return ""
        return say_reason(find_reason_at(session, workshop, question, wanted_at=wanted_at))
    if wish.on is None or any(local_date(slot.arrives_at, zone) == wish.on for slot in slots):
        return ""
    return say_reason(find_reason_on(session, workshop, question, on=wish.on))


def _say_first_car(slot: OfferedSlot, workshop: WorkshopView, *, after: date) -> str:
    """When the first courtesy car can be had, where it is not on the day asked for."""
    if local_date(slot.arrives_at, workshop.timezone) <= after:
        return ""
    when = Reader(clock.now(), workshop.timezone).which_day(slot.arrives_at)
    return str(_("First possible with a courtesy car: %(when)s.", when=when))


def find_nearest(
    session: Session,
    workshop: WorkshopView,
    question: VisitQuestion,
    *,
    wanted_at: datetime,
    refusal: SlotTakenError,
) -> Places:
    """The three nearest places to one that was refused, and why it was."""
    slots = list_nearest(session, workshop, question, wanted_at=wanted_at)
    when = capital(Reader(clock.now(), workshop.timezone).which_day(wanted_at))
    near = _("These places are the nearest.") if slots else _("No other place is free near it.")
    sentences = (_("%(when)s has just gone.", when=when), say_reason(refusal.reason), near)
    proposals = _propose(session, workshop, question, slots=slots)
    return Places(proposals=proposals, said=" ".join(filter(None, sentences)))


def _propose(
    session: Session, workshop: WorkshopView, question: VisitQuestion, *, slots: list[OfferedSlot]
) -> tuple[Proposal, ...]:
    """The slots as the form offers them, each with the courtesy car that it would take."""
    cars = name_courtesy_cars(session, workshop, question, slots=slots) if question.courtesy_car else {}
    return tuple(propose(slots, workshop, cars))


def propose(
    slots: Iterable[OfferedSlot], workshop: WorkshopView, cars: Mapping[datetime, str] = NO_CARS
) -> Iterable[Proposal]:
    """The slots in words; ``cars`` are names by arrival."""
    reader = Reader(clock.now(), workshop.timezone)
    for slot in slots:
        yield Proposal(
            value=_value_of(slot.arrives_at, workshop),
            when=capital(reader.which_day(slot.arrives_at)),
            ready=say_ready(slot.arrives_at, slot.ready_at, reader),
            where=cars.get(slot.arrives_at, ""),
        )


def say_ready(from_at: datetime, ready_at: datetime, reader: Reader) -> str:
    """``ready: 9:45``, with the day where that is not the one of ``from_at``."""
    zone = reader.timezone
    is_same_day = local_date(from_at, zone) == local_date(ready_at, zone)
    when = f"{to_local(ready_at, zone):%-H:%M}" if is_same_day else reader.which_day(ready_at)
    return str(_("ready: %(when)s", when=when))


def way_options(*, has_courtesy_cars: bool) -> list[dict[str, Any]]:
    """How the customer comes, as radio cards; a courtesy car only where the workshop has one."""
    ways = [
        {"value": "drop_off", "label": _("Leaves the car"), "symbol": "drop"},
        {"value": "wait", "label": _("Waits here"), "symbol": "coffee"},
    ]
    if has_courtesy_cars:
        ways.append({"value": "courtesy_car", "label": _("Courtesy car"), "symbol": "key"})
    return ways


def _search(
    session: Session, workshop: WorkshopView, question: VisitQuestion, *, wish: Wish, today: date
) -> list[OfferedSlot]:
    wanted_at = wish.moment(today, workshop.timezone)
    if wanted_at is not None:
        near = list_nearest(session, workshop, question, wanted_at=wanted_at)
        if near:
            return near
    return list_next(session, workshop, question, first_on=wish.on or today)
