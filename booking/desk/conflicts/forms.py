"""The form for leave, blocks and closings: what was typed, and the request that it makes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app import clock
from app.errors import InvalidInputError
from app.localtime import local_date, midnight
from app.tenancy.queries import WorkshopView
from booking.appointments.fields import parse_arrival, parse_day, parse_time
from booking.appointments.moving import DeskPlace
from booking.appointments.operations.replan import Accepted
from booking.appointments.requests import MoveRequest
from booking.appointments.touched import Request
from booking.availability.engine.model import TICK
from booking.customers.fields import FieldReader, clean_text
from booking.desk.forms import read_version
from booking.desk.move.forms import parse_resource
from booking.resources.requests import AwayRequest, ClosingRequest, RepeatRequest
from booking.resources.rhythm import DAY_MINUTES, MOST_DAYS, MOST_WEEKS, Rhythm, instants

WHOLE = "workshop"
"""What the form says for the whole workshop, in place of a resource's number."""

MAX_LABEL = 60
EVERY = tuple(str(weeks) for weeks in range(1, MOST_WEEKS + 1))
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_VALUES = 20
FIELDS = ("of", "from_on", "from_at", "to_on", "to_at", "label", "every", "weekdays", "until_on")
MOST_KEPT = 200
LONGEST_ID = 19


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed, read; ``to_on`` falls back to ``from_on``, a missing time to the day's bounds."""

    resource_id: int | None
    from_on: date
    from_at: time | None
    to_on: date
    to_at: time | None
    label: str


def read_typed(form: MultiDict[str, str]) -> dict[str, str]:
    """What came, by field, cut where nobody types on; several weekdays stand in one, with spaces between."""
    return {name: " ".join(form.getlist(name)[:MOST_VALUES])[:MOST_KEPT] for name in FIELDS}


def read_request(
    typed: Mapping[str, str], *, workshop: WorkshopView, resource_ids: Collection[int]
) -> Request:
    """Who or what is away when; raises InvalidInputError with every field that is wrong."""
    today = local_date(clock.now(), workshop.timezone)
    check = FieldReader(typed)
    resource_id = check.take("of", lambda text: _parse_subject(text, resource_ids), None)
    from_on = check.take("from_on", lambda text: parse_day(text, today=today), None)
    if from_on is None and "from_on" not in check.errors:
        check.errors["from_on"] = _("Choose a day.")
    to_on = check.take("to_on", lambda text: parse_day(text, today=today), None) or from_on
    from_at = check.take("from_at", _parse_tick, None)
    to_at = check.take("to_at", _parse_tick, None)
    every = check.take("every", _parse_every, 0)
    if every and "of" not in check.errors and resource_id is None:
        check.errors["of"] = _("Hours that repeat are the workshop’s opening hours, under Settings.")
    label = check.take("label", lambda text: clean_text(text, most=MAX_LABEL), "")
    check.finish()
    assert from_on is not None
    assert to_on is not None  # both were read without an error
    wanted = Wanted(resource_id, from_on, from_at, to_on, to_at, label)
    if resource_id is None:
        return _closing(wanted)
    if every:
        rhythm = read_rhythm(typed, wanted, every=every, today=today)
        return RepeatRequest(resource_id, rhythm, rhythm.spans(workshop.timezone), label)
    return _away(wanted, resource_id, workshop.timezone)


def read_rhythm(typed: Mapping[str, str], wanted: Wanted, *, every: int, today: date) -> Rhythm:
    """Which dates it repeats on: the ticked weekdays, else the one of the first day.

    Raises InvalidInputError for what is no date, lies too far off, or names none.
    """
    check = FieldReader(typed)
    until_on = check.take("until_on", lambda text: parse_day(text, today=today), None)
    none: tuple[int, ...] = ()
    weekdays = check.take("weekdays", _parse_weekdays, none) or (wanted.from_on.weekday(),)
    if until_on is None and "until_on" not in check.errors:
        check.errors["until_on"] = _("Choose the date on which it ends: within two years.")
    elif until_on and (until_on - wanted.from_on).days >= MOST_DAYS:
        check.errors["until_on"] = _("It can repeat for two years at most.")
    elif until_on and until_on < wanted.from_on:
        check.errors["until_on"] = _("The end comes before the beginning.")
    if wanted.to_on != wanted.from_on:
        check.errors["to_on"] = _("What repeats lies within one day: leave this empty.")
    opens, closes = _minutes(wanted.from_at), _minutes(wanted.to_at) or DAY_MINUTES
    if opens >= closes:
        check.errors["to_at"] = _("The end comes before the beginning.")
    check.finish()
    assert until_on is not None  # it was read without an error
    rhythm = Rhythm(weekdays, every, wanted.from_on, until_on, opens, closes)
    if not rhythm.dates():
        raise InvalidInputError({"weekdays": _("None of these weekdays lies between the two dates.")})
    return rhythm


def read_seen(form: Mapping[str, str]) -> frozenset[int] | None:
    """The visits that the preview named; None when there was no preview yet."""
    if form.get("confirmed") != "1":
        return None
    words = form.get("seen", "").split()
    return frozenset(
        int(word) for word in words if word.isascii() and word.isdigit() and len(word) < LONGEST_ID
    )


def read_accepted(
    form: Mapping[str, str], seen: Collection[int], *, resource_ids: Mapping[str, Collection[int]]
) -> list[Accepted]:
    """The new places that were chosen; raises InvalidInputError for what no button of the preview sends."""
    accepted = []
    for number in sorted(seen):
        chosen = form.get(f"place-{number}", "")[:MOST_KEPT]
        if chosen:
            version = form.get(f"version-{number}", "")
            accepted.append(_read_accepted(number, chosen, version=version, known=resource_ids))
    return accepted


def write_place(place: DeskPlace) -> str:
    """A proposed place as its button sends it."""
    return f"{place.works_at.isoformat()} {place.arrives_at.isoformat()} {place.bay_id} {place.technician_id}"


def _read_accepted(
    number: int, chosen: str, *, version: str, known: Mapping[str, Collection[int]]
) -> Accepted:
    try:
        works_at, arrives_at, bay, technician = chosen.split(" ")
        instants = parse_arrival(works_at), parse_arrival(arrives_at)
        bay_id = parse_resource(bay, known["bay"])
        technician_id = parse_resource(technician, known["technician"])
    except ValueError as error:
        raise InvalidInputError({"seen": _("Please choose one of the options.")}) from error
    if instants[0] is None or instants[1] is None:
        raise InvalidInputError({"seen": _("Please choose one of the options.")})
    move = MoveRequest(
        instants[1], bay_id=bay_id, technician_id=technician_id, works_at=instants[0], keeps_team=True
    )
    return Accepted(number, read_version({"version": version}), move)


def _closing(wanted: Wanted) -> ClosingRequest:
    if wanted.to_on < wanted.from_on:
        raise InvalidInputError({"to_on": _("The end comes before the beginning.")})
    to_on, span = wanted.to_on, (_minutes(wanted.from_at), _minutes(wanted.to_at) or 24 * 60)
    if wanted.to_at == time.min and to_on > wanted.from_on:
        to_on -= timedelta(days=1)  # until midnight is to the end of the day before
    if to_on == wanted.from_on and span[0] >= span[1]:
        raise InvalidInputError({"to_at": _("The end comes before the beginning.")})
    is_whole = span == (0, 24 * 60)
    return ClosingRequest(wanted.from_on, to_on, None if is_whole else span, wanted.label)


def _away(wanted: Wanted, resource_id: int, timezone: str) -> AwayRequest:
    starts_at = instants(wanted.from_on, _minutes(wanted.from_at), timezone)[0]
    ends_at = (
        midnight(wanted.to_on + timedelta(days=1), timezone)
        if wanted.to_at is None
        else max(instants(wanted.to_on, _minutes(wanted.to_at), timezone))
    )
    if ends_at <= starts_at:
        field = "to_on" if wanted.to_on < wanted.from_on else "to_at"
        raise InvalidInputError({field: _("The end comes before the beginning.")})
    return AwayRequest(resource_id, starts_at, ends_at, wanted.label)


def _minutes(at: time | None) -> int:
    return at.hour * 60 + at.minute if at else 0


def _parse_tick(text: str) -> time | None:
    at = parse_time(text)
    if at is not None and at.minute % TICK:
        raise ValueError(_("Times go in steps of five minutes."))
    return at


def _parse_every(text: str) -> int:
    """Weeks from one week that counts to the next; empty is 0: it does not repeat."""
    if text and text not in EVERY:
        raise ValueError(_("Please choose one of the options."))
    return int(text or 0)


def _parse_weekdays(text: str) -> tuple[int, ...]:
    words = text.split()
    if any(word not in WEEKDAYS for word in words):
        raise ValueError(_("Please choose one of the options."))
    return tuple(WEEKDAYS.index(word) for word in dict.fromkeys(words))


def _parse_subject(text: str, known: Collection[int]) -> int | None:
    """One of the known ids; None is the whole workshop."""
    if text == WHOLE:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > LONGEST_ID or int(text) not in known:
        raise ValueError(_("Please choose one of the options."))
    return int(text)
