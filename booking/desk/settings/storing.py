"""Storing what a form of the settings says: wrong, overtaken, over visits nobody has seen, or done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.db.unit_of_work import retrying_once, unit_of_work
from app.errors import InvalidInputError, StaleVersionError
from app.tenancy.garage_file.kinds import Values
from app.tenancy.queries import WorkshopView
from booking.appointments.operations.change_set_up import change_set_up
from booking.desk.conflicts.forms import read_seen
from booking.desk.forms import read_version
from booking.desk.settings.page import Place, render_touched
from booking.errors import TouchesVisitsError


@dataclass(frozen=True, slots=True)
class Saving:
    """One form, sent: ``form`` shows it again with ``errors`` and ``version``, or with ``is_stale``.

    ``heading`` says what would change, over the visits that it touches; ``then`` is where to go on;
    ``listing`` the endpoint to which a switch between workshops leads; ``workshops`` are those whose visits
    it may touch, where that is not the open one alone.
    """

    place: Place
    form: Callable[..., str]
    heading: str
    said: str
    then: str
    listing: str
    workshops: Sequence[WorkshopView] = ()


def store(
    saving: Saving, *, read: Callable[[], Values], change: Callable[[Session, int, Values], object]
) -> ResponseReturnValue:
    """Read the form and carry out ``change`` from the version that it showed, over visits it has named.

    Whatever speaks against it is said on a page that has all that was typed.
    """
    try:
        values, version = read(), read_version(request.form)
        touched = over_visits(
            saving.workshops or [saving.place.workshop], lambda session: change(session, version, values)
        )
    except InvalidInputError as refusal:
        shown = request.form.get("version", "")
        return saving.form(errors=refusal.errors, version=shown), refusal.status
    except StaleVersionError as refusal:
        return saving.form(is_stale=True), refusal.status
    except TouchesVisitsError as refusal:
        return show_touched(refusal, saving.place, heading=saving.heading, listing=saving.listing)
    return done(saving.said, touched, then=saving.then)


def over_visits(workshops: Sequence[WorkshopView], change: Callable[[Session], object]) -> int:
    """Carry out a change; raises TouchesVisitsError for visits that the form does not name."""

    def attempt() -> int:
        with unit_of_work() as session:
            return change_set_up(
                session,
                workshops=workshops,
                seen_ids=read_seen(request.form) or (),
                change=lambda: change(session),
            )

    return retrying_once(attempt)


def show_touched(
    refusal: TouchesVisitsError, place: Place, *, heading: str, listing: str
) -> ResponseReturnValue:
    """The visits to look at first; a conflict only where others were confirmed already."""
    again = read_seen(request.form) is not None
    form = request.form.to_dict(flat=False)
    page = render_touched(refusal, place, heading=heading, form=form, again=again, listing=listing)
    return page, (refusal.status if again else 200)


def done(said: str, touched: int, *, then: str) -> ResponseReturnValue:
    """On to the visits to re-plan, or where there are none to ``then``."""
    if not touched:
        flash(said)
        return redirect(then, 303)
    more = ngettext("One visit is to be re-planned.", "%(num)d visits are to be re-planned.", touched)
    flash(f"{said} {more}")
    return redirect(url_for("booking_conflicts.conflicts"), 303)


def wants_form_again() -> bool:
    """Whether it was sent to copy hours or to change it after a preview, and nothing is to be stored."""
    return bool(request.form.get("copy")) or request.form.get("change") == "1"
