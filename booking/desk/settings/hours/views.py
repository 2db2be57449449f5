"""``/desk/…/settings/hours`` and ``…/dates``: the week's hours, dates with other hours, public holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.db.unit_of_work import reading
from app.errors import InvalidInputError, StaleVersionError
from app.localtime import local_date
from app.security.policy import staff
from booking.desk.forms import read_version
from booking.desk.settings.hours.forms import (
    TypedDates,
    TypedHours,
    read_dates,
    read_dates_typed,
    read_hours,
    read_hours_typed,
    type_dates,
    type_hours,
    type_new_dates,
)
from booking.desk.settings.hours.page import (
    list_dates,
    list_holidays,
    say_country,
    say_dates_differing,
    say_differing,
)
from booking.desk.settings.page import Place, load_place, render_settings
from booking.desk.settings.storing import Saving, done, over_visits, show_touched, store, wants_form_again
from booking.desk.settings.week import day_row, week_rows
from booking.errors import TouchesVisitsError
from booking.resources.models import OpeningException, WorkshopRules
from booking.resources.queries import DAYS, get_rules, list_exceptions
from booking.resources.rule_changes import (
    add_exception,
    change_exception,
    change_rules,
    get_special_hours,
    remove_exception,
)

LISTING = "booking_settings.hours"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the page of hours starts from."""

    place: Place
    rules: WorkshopRules
    exceptions: list[OpeningException]


@staff("manager")
def show(workshop: str) -> ResponseReturnValue:
    """The week's hours, the dates that differ, and the public holidays of the next twelve months."""
    loaded = _load(workshop)
    return _page(loaded, type_hours(loaded.rules))


@staff("manager")
def save(workshop: str) -> ResponseReturnValue:
    """Store the week's hours, from the version that the page showed; visits outside them are shown first."""
    loaded, typed = _load(workshop), read_hours_typed(request.form)
    if wants_form_again():
        return _page(loaded, typed, version=request.form.get("version", ""))
    saving = Saving(
        place=loaded.place,
        form=lambda **shown: _page(_load(workshop), typed, **shown),
        heading=_("New opening hours"),
        said=_("Saved."),
        then=url_for(".hours", workshop=workshop),
        listing=LISTING,
    )
    return store(
        saving,
        read=lambda: read_hours(typed),
        change=lambda session, version, values: change_rules(
            session, **_keys(loaded.place), version=version, values=values
        ),
    )


@staff("manager")
def new_dates(workshop: str) -> ResponseReturnValue:
    """The form of dates with other hours; an address may name the date, and that it is to be open."""
    loaded = _load(workshop)
    on = request.args.get("on", "")
    usual = loaded.rules.hours.get(_weekday(on), [])
    return _dates_form(loaded.place, None, type_new_dates(on, usual, is_open="open" in request.args))


@staff("manager")
def create_dates(workshop: str) -> ResponseReturnValue:
    """Add dates with other hours; visits outside them are shown first."""
    with reading() as session:
        place = load_place(session, workshop)
    typed = read_dates_typed(request.form)
    if wants_form_again():
        return _dates_form(place, None, typed)
    try:
        values = read_dates(typed, today=_today(place))
        touched = over_visits(
            [place.workshop], lambda session: add_exception(session, **_keys(place), values=values)
        )
    except InvalidInputError as refusal:
        return _dates_form(place, None, typed, errors=refusal.errors), refusal.status
    except TouchesVisitsError as refusal:
        return show_touched(refusal, place, heading=_("Other hours on these dates"), listing=LISTING)
    return done(_("Saved."), touched, then=url_for(".hours", workshop=workshop, _anchor="dates"))


@staff("manager")
def edit_dates(workshop: str, exception_id: int) -> ResponseReturnValue:
    """Dates with other hours, to be changed or taken back."""
    place, row = _load_dates(workshop, exception_id)
    return _dates_form(place, row, type_dates(row))


@staff("manager")
def save_dates(workshop: str, exception_id: int) -> ResponseReturnValue:
    """Store what was typed, from the version that the page showed; visits outside it are shown first."""
    place, row = _load_dates(workshop, exception_id)
    typed = read_dates_typed(request.form)
    if wants_form_again():
        return _dates_form(place, row, typed, version=request.form.get("version", ""))
    saving = Saving(
        place=place,
        form=lambda **shown: _dates_form(*_load_dates(workshop, exception_id), typed, **shown),
        heading=_("Other hours on these dates"),
        said=_("Saved."),
        then=url_for(".hours", workshop=workshop, _anchor="dates"),
        listing=LISTING,
    )
    return store(
        saving,
        read=lambda: read_dates(typed, today=_today(place)),
        change=lambda session, version, values: change_exception(
            session, **_keys(place), exception_id=exception_id, version=version, values=values
        ),
    )


@staff("manager")
def remove_dates(workshop: str, exception_id: int) -> ResponseReturnValue:
    """Take them back: the usual hours stand again; visits outside those are shown first."""
    place, row = _load_dates(workshop, exception_id)
    back = url_for(".dates", workshop=workshop, exception_id=exception_id)
    if wants_form_again():
        return redirect(back, 303)
    try:
        version = read_version(request.form)
        touched = over_visits(
            [place.workshop],
            lambda session: remove_exception(session, **_keys(place), exception_id=row.id, version=version),
        )
    except (InvalidInputError, StaleVersionError) as refusal:
        flash(str(refusal.message), "error")
        return redirect(back, 303)
    except TouchesVisitsError as refusal:
        return show_touched(refusal, place, heading=_("The usual hours again"), listing=LISTING)
    said = _("Taken back: the usual hours stand again.")
    return done(said, touched, then=url_for(".hours", workshop=workshop, _anchor="dates"))


def _load(workshop: str) -> Loaded:
    with reading() as session:
        place = load_place(session, workshop)
        keys = place.workshop.garage_id, place.workshop.id
        return Loaded(place, get_rules(session, *keys), list_exceptions(session, *keys))


def _load_dates(workshop: str, exception_id: int) -> tuple[Place, OpeningException]:
    with reading() as session:
        place = load_place(session, workshop)
        return place, get_special_hours(
            session, place.workshop.garage_id, place.workshop.id, exception_id=exception_id
        )


def _keys(place: Place) -> dict[str, Any]:
    keys = {"garage_id": place.workshop.garage_id, "workshop_id": place.workshop.id}
    return keys | {"user_id": current_user.user_id}


def _today(place: Place) -> date:
    return local_date(clock.now(), place.workshop.timezone)


def _weekday(on: str) -> str:
    """The key of the date's weekday; of what is no date, none."""
    try:
        return DAYS[date.fromisoformat(on).weekday()]
    except ValueError:
        return ""


def _page(
    loaded: Loaded,
    typed: TypedHours,
    *,
    errors: dict[str, str] | None = None,
    version: str = "",
    is_stale: bool = False,
) -> str:
    """The page with what was typed; ``is_stale``: beside it what a colleague has stored meanwhile."""
    place, rules, today = loaded.place, loaded.rules, _today(loaded.place)
    garage = current_user.garage
    stands = say_differing(rules, typed, type_hours(rules)) if is_stale else {}
    return render_settings(
        "booking/desk/settings_hours.html",
        place,
        listing=LISTING,
        typed=typed,
        days=week_rows(typed.week),
        errors=errors or {},
        version=version or rules.version,
        stands=stands,
        labels={label: label for label in stands},
        is_stale=is_stale,
        rows=list_dates(loaded.exceptions, today=today, timezone=place.workshop.timezone),
        holidays=list_holidays(
            garage, place.workshop, rules=rules, exceptions=loaded.exceptions, today=today
        ),
        observes=rules.observe_holidays,
        country=say_country(garage, place.workshop),
    )


def _dates_form(
    place: Place,
    row: OpeningException | None,
    typed: TypedDates,
    *,
    errors: dict[str, str] | None = None,
    version: str = "",
    is_stale: bool = False,
) -> str:
    """The form with what was typed; a date that was taken back meanwhile cannot be stored."""
    stands = say_dates_differing(row, typed, place.workshop.timezone) if row and is_stale else {}
    return render_settings(
        "booking/desk/settings_dates.html",
        place,
        listing=LISTING,
        row=row,
        typed=typed,
        span=day_row("hours", typed.pairs, name=_("These dates")),
        errors=errors or {},
        version=version or (row.version if row else ""),
        stands=stands,
        labels={label: label for label in stands},
        is_stale=is_stale,
        today=_today(place).isoformat(),
    )
