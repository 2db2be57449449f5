"""Why a place is not offered, in the words of the desk: a sentence by the engine's reason (rule 13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import clock
from app.localtime import from_minutes, to_minutes_up
from app.tenancy.queries import WorkshopView
from booking.availability.engine.model import Reason
from booking.desk.standing import Reader
from booking.errors import InTheWayError, SoftRulesError

SENTENCES: Mapping[Reason, LazyString] = {
    "closed": _l("The workshop is closed then."),
    "no_slot_time": _l("This is not one of the workshop’s arrival times."),
    "drop_off_time": _l("The workshop takes no cars in that late in the day."),
    "horizon": _l("That is further ahead than the workshop takes bookings."),
    "notice": _l("That is too soon: the work needs more notice, or the time has passed."),
    "reception": _l("The reception desk has no room for another car at that time."),
    "cap": _l("One of the services has reached its limit for that day."),
    "online_share": _l("The share of that day for online bookings is used up."),
    "no_bay": _l("No bay with the right equipment is free then."),
    "no_technician": _l("No technician with the right skills is free then."),
    "both_busy": _l("Every bay and every technician able to do the work is taken then."),
    "never_together": _l("A bay and a technician are each free for a while, but never at the same time."),
    "not_in_time": _l("Working hours leave no room to finish the work in time."),
    "courtesy_car": _l("No courtesy car is free for that stay."),
}


PASSED: Mapping[str, LazyString] = {
    **{str(reason): sentence for reason, sentence in SENTENCES.items()},
    "own_hours": _l("The technician does not work then."),
    "leave": _l("Somebody or something needed is on leave then."),
    "imported": _l("Another calendar has the technician busy then."),
    "skill": _l("The technician lacks a skill that the work needs."),
    "equipment": _l("The bay lacks equipment that the work needs."),
}
"""The soft rules, as the desk reads them before it passes one and afterwards in the history."""

PASSED_BY: Mapping[str, tuple[str, LazyString]] = {
    "own_hours": ("technician", _l("%(name)s does not work then.")),
    "imported": ("technician", _l("Another calendar has %(name)s busy then.")),
    "skill": ("technician", _l("%(name)s lacks a skill that the work needs.")),
    "equipment": ("bay", _l("%(name)s lacks equipment that the work needs.")),
}
"""Rules of one resource, by its kind, as they are said where it is known which one would be taken."""


def say_passed(rules: Iterable[str], names: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """A sentence for each soft rule, in the reader's language; ``names``: who would be taken, by kind."""
    return [_say_rule(rule, names) for rule in rules if rule in PASSED]


def _say_rule(rule: str, names: Mapping[str, str]) -> str:
    kind, sentence = PASSED_BY.get(rule, ("", PASSED[rule]))
    return str(sentence) % {"name": names[kind]} if kind in names else str(PASSED[rule])


def say_held(refusal: InTheWayError, workshop: WorkshopView) -> str:
    """That somebody is just booking the place online, and until when it is kept; empty where nobody is."""
    if refusal.held_until is None:
        return ""
    over_at = from_minutes(to_minutes_up(refusal.held_until))
    when = Reader(clock.now(), workshop.timezone).when(over_at)
    return str(
        _("Somebody is just booking that place online; it is kept for them until %(when)s.", when=when)
    )


def say_reason(reason: str | None) -> str:
    """The sentence for a reason, in the reader's language; empty where none is known."""
    return next((str(sentence) for code, sentence in SENTENCES.items() if code == reason), "")


def say_refusal(refusal: InTheWayError, workshop: WorkshopView) -> str:
    """Why the wanted place is not to be had: somebody books it online, a car is there, or a rule binds."""
    if refusal.held_until:
        return say_held(refusal, workshop)
    if refusal.kind == "courtesy_car":
        if not refusal.plate:
            return str(_("%(name)s is not free for that stay.", name=refusal.place))
        return str(_("%(name)s is lent to the driver of %(car)s.", car=refusal.plate, name=refusal.place))
    if refusal.kind == "bay":
        return str(_("This overlaps %(car)s in %(place)s.", car=refusal.plate, place=refusal.place))
    if refusal.kind:
        return str(_("%(name)s is busy with %(car)s then.", car=refusal.plate, name=refusal.place))
    return say_reason(refusal.reason) or str(refusal.message)


def passed_of(refusal: InTheWayError) -> tuple[str, ...]:
    """The soft rules that the desk may pass to have the place; none where something hard is in the way."""
    return refusal.passed if isinstance(refusal, SoftRulesError) else ()
