"""``/desk/…/settings/resources/…``: bays, technicians and courtesy cars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import InvalidInputError, StaleVersionError
from app.security.policy import staff
from app.tenancy.garage_file.kinds import Values
from booking.appointments.operations.change_set_up import change_set_up
from booking.desk.acting import carry_out
from booking.desk.conflicts.forms import read_seen
from booking.desk.forms import read_version
from booking.desk.settings.page import Place, load_place, render_settings, render_touched
from booking.desk.settings.resources.forms import TypedResource, read_resource, read_typed, type_resource
from booking.desk.settings.resources.page import (
    WORDS,
    kind_of,
    list_rows,
    load_tags,
    say_differing,
    tag_choices,
)
from booking.desk.settings.week import week_rows
from booking.errors import TouchesVisitsError
from booking.resources import changes
from booking.resources.all_resources import get_any_resource, list_all_resources
from booking.resources.models import Resource

LISTING = "booking_settings.resources"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What every answer about one resource starts from; None is one that is to be added."""

    place: Place
    kind: str
    row: Resource | None
    tags: list[str]


@staff("manager")
def listing(workshop: str, kind: str) -> ResponseReturnValue:
    """Those of a kind in the garage's order, then those archived."""
    known = kind_of(kind)
    with reading() as session:
        place = load_place(session, workshop)
        rows = list_all_resources(session, place.workshop.garage_id, place.workshop.id, kind=known)
    used, archived = list_rows(rows)
    added = next((row for row in rows if str(row.id) == request.args.get("added")), None)
    return render_settings(
        "booking/desk/settings_resources.html",
        place,
        words=WORDS[known],
        kind=kind,
        rows=used,
        archived=archived,
        added=added,
    )


@staff("manager")
def new(workshop: str, kind: str) -> ResponseReturnValue:
    """The empty form."""
    return _form(_load(workshop, kind), TypedResource())


@staff("manager")
def create(workshop: str, kind: str) -> ResponseReturnValue:
    """Add one; of a technician the way to their leave is shown next."""
    loaded, typed = _load(workshop, kind), read_typed(request.form)
    if request.form.get("copy"):
        return _form(loaded, typed)
    try:
        row = retrying_once(lambda: _add(loaded, read_resource(loaded.kind, typed)))
    except InvalidInputError as refusal:
        return _form(loaded, typed, errors=refusal.errors), refusal.status
    flash(_("%(name)s is added.", name=row.name))
    added = row.id if loaded.kind == "technician" else None
    return redirect(url_for(".resources", workshop=workshop, kind=kind, added=added), 303)


@staff("manager")
def edit(workshop: str, kind: str, resource_id: int) -> ResponseReturnValue:
    """What one is and can do, to be changed, or archived."""
    loaded = _load(workshop, kind, resource_id)
    return _form(loaded, type_resource(_row(loaded)))


@staff("manager")
def save(workshop: str, kind: str, resource_id: int) -> ResponseReturnValue:
    """Store what was typed, from the version that the page showed; a conflict keeps it in the form.

    Visits that it would leave to re-plan are shown first.
    """
    loaded, typed = _load(workshop, kind, resource_id), read_typed(request.form)
    row, seen = _row(loaded), read_seen(request.form)
    if request.form.get("copy") or request.form.get("change") == "1":
        return _form(loaded, typed, version=request.form.get("version", ""))
    try:
        values = read_resource(loaded.kind, typed)
        version = read_version(request.form)
        touched = _over_visits(loaded, changes.change_resource, version=version, values=values)
    except InvalidInputError as refusal:
        shown = request.form.get("version", "")
        return _form(loaded, typed, errors=refusal.errors, version=shown), refusal.status
    except StaleVersionError as refusal:
        loaded = _load(workshop, kind, resource_id)
        return _form(loaded, typed, stands=say_differing(_row(loaded), typed)), refusal.status
    except TouchesVisitsError as refusal:
        heading = _("%(name)s: new hours", name=row.name)
        return _touched(refusal, loaded, heading=heading), (200 if seen is None else refusal.status)
    return _done(_("Saved."), touched, then=url_for(".resources", workshop=workshop, kind=kind))


@staff("manager")
def archive(workshop: str, kind: str, resource_id: int) -> ResponseReturnValue:
    """Take it out of use; visits that are to have it are shown first."""
    loaded = _load(workshop, kind, resource_id)
    row, seen = _row(loaded), read_seen(request.form)
    back = url_for(".resource", workshop=workshop, kind=kind, resource_id=resource_id)
    if request.form.get("change") == "1":
        return redirect(back, 303)
    try:
        touched = _over_visits(loaded, changes.archive_resource, version=read_version(request.form))
    except (InvalidInputError, StaleVersionError) as refusal:
        flash(str(refusal.message), "error")
        return redirect(back, 303)
    except TouchesVisitsError as refusal:
        heading = _("Archive %(name)s", name=row.name)
        return _touched(refusal, loaded, heading=heading), (200 if seen is None else refusal.status)
    said = _("%(name)s is archived: kept, and not booked any more.", name=row.name)
    return _done(said, touched, then=url_for(".resources", workshop=workshop, kind=kind))


@staff("manager")
def restore(workshop: str, kind: str, resource_id: int) -> ResponseReturnValue:
    """Bring an archived one back."""
    loaded = _load(workshop, kind, resource_id)
    said = _("%(name)s is back.", name=_row(loaded).name)
    return _carry_out(loaded, changes.restore_resource, said=said)


@staff("manager")
def shift(workshop: str, kind: str, resource_id: int) -> ResponseReturnValue:
    """One place up or down in the garage's order."""
    by = -1 if request.form.get("way") == "up" else 1
    return _carry_out(_load(workshop, kind, resource_id), changes.shift_resource, by=by)


def _load(workshop: str, kind: str, resource_id: int | None = None) -> Loaded:
    known = kind_of(kind)
    with reading() as session:
        place = load_place(session, workshop)
        garage_id, shop_id = place.workshop.garage_id, place.workshop.id
        row = (
            None
            if resource_id is None
            else get_any_resource(session, garage_id, shop_id, kind=known, resource_id=resource_id)
        )
        return Loaded(place, known, row, load_tags(session, garage_id, known))


def _row(loaded: Loaded) -> Resource:
    assert loaded.row is not None  # the address names one
    return loaded.row


def _add(loaded: Loaded, values: Values) -> Resource:
    shop = loaded.place.workshop
    with unit_of_work() as session:
        return changes.add_resource(
            session, garage_id=shop.garage_id, workshop_id=shop.id, kind=loaded.kind, values=values
        )


def _over_visits(loaded: Loaded, operation: Callable[..., object], **wanted: Any) -> int:
    """Carry out a change; raises TouchesVisitsError for visits that the form does not name."""
    shop = loaded.place.workshop
    place = {"garage_id": shop.garage_id, "workshop_id": shop.id, "resource_id": _row(loaded).id}

    def attempt() -> int:
        with unit_of_work() as session:
            return change_set_up(
                session,
                workshops=[shop],
                seen_ids=read_seen(request.form) or (),
                change=lambda: operation(session, **place, **wanted),
            )

    return retrying_once(attempt)


def _carry_out(
    loaded: Loaded, operation: Callable[..., object], *, said: str = "", **wanted: Any
) -> ResponseReturnValue:
    """Carry out what touches no visit, and go on to the list."""
    shop, word = loaded.place.workshop, str((request.view_args or {})["kind"])
    place = {"garage_id": shop.garage_id, "workshop_id": shop.id, "resource_id": _row(loaded).id}

    def attempt() -> None:
        version = read_version(request.form)
        with unit_of_work() as session:
            operation(session, **place, version=version, **wanted)

    return carry_out(attempt, then=url_for(".resources", workshop=shop.slug, kind=word), said=said)


def _done(said: str, touched: int, *, then: str) -> ResponseReturnValue:
    """On to the visits to re-plan, or where there are none back to the list."""
    if not touched:
        flash(said)
        return redirect(then, 303)
    more = ngettext("One visit is to be re-planned.", "%(num)d visits are to be re-planned.", touched)
    flash(f"{said} {more}")
    return redirect(url_for("booking_conflicts.conflicts"), 303)


def _touched(refusal: TouchesVisitsError, loaded: Loaded, *, heading: str) -> str:
    return render_touched(
        refusal,
        loaded.place,
        heading=heading,
        form=request.form.to_dict(flat=False),
        again=read_seen(request.form) is not None,
        listing=LISTING,
    )


def _form(
    loaded: Loaded,
    typed: TypedResource,
    *,
    errors: dict[str, str] | None = None,
    version: str = "",
    stands: dict[str, str] | None = None,
) -> str:
    """The form with what was typed; ``stands``: what a colleague has stored meanwhile, by its label."""
    row = loaded.row
    return render_settings(
        "booking/desk/settings_resource.html",
        loaded.place,
        listing=LISTING,
        words=WORDS[loaded.kind],
        kind=(request.view_args or {})["kind"],
        row=row,
        typed=typed,
        choices=tag_choices(loaded.tags, typed),
        days=week_rows(typed.week),
        errors=errors or {},
        version=version or (row.version if row else ""),
        stands=stands or {},
        labels={label: label for label in stands or {}},
        is_stale=stands is not None,
    )
