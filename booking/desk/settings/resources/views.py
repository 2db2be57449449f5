"""``/desk/…/settings/resources/…``: bays, technicians and courtesy cars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import InvalidInputError, StaleVersionError
from app.security.policy import staff
from app.tenancy.garage_file.kinds import Values
from booking.desk.acting import carry_out
from booking.desk.forms import read_version
from booking.desk.settings.page import Place, load_place, render_settings
from booking.desk.settings.resources.forms import TypedResource, read_resource, read_typed, type_resource
from booking.desk.settings.resources.page import (
    WORDS,
    kind_of,
    list_rows,
    load_tags,
    say_differing,
    tag_choices,
)
from booking.desk.settings.storing import Saving, done, over_visits, show_touched, store, wants_form_again
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
    if wants_form_again():
        return _form(loaded, typed, version=request.form.get("version", ""))

    def form(*, is_stale: bool = False, **shown: Any) -> str:
        return _form(_load(workshop, kind, resource_id), typed, is_stale=is_stale, **shown)

    saving = Saving(
        place=loaded.place,
        form=form,
        heading=_("%(name)s: new hours", name=_row(loaded).name),
        said=_("Saved."),
        then=url_for(".resources", workshop=workshop, kind=kind),
        listing=LISTING,
    )
    return store(
        saving,
        read=lambda: read_resource(loaded.kind, typed),
        change=lambda session, version, values: changes.change_resource(
            session, **_place(loaded), version=version, values=values
        ),
    )


@staff("manager")
def archive(workshop: str, kind: str, resource_id: int) -> ResponseReturnValue:
    """Take it out of use; visits that are to have it are shown first."""
    loaded = _load(workshop, kind, resource_id)
    back = url_for(".resource", workshop=workshop, kind=kind, resource_id=resource_id)
    if wants_form_again():
        return redirect(back, 303)
    try:
        version = read_version(request.form)
        touched = over_visits(
            [loaded.place.workshop],
            lambda session: changes.archive_resource(session, **_place(loaded), version=version),
        )
    except (InvalidInputError, StaleVersionError) as refusal:
        flash(str(refusal.message), "error")
        return redirect(back, 303)
    except TouchesVisitsError as refusal:
        heading = _("Archive %(name)s", name=_row(loaded).name)
        return show_touched(refusal, loaded.place, heading=heading, listing=LISTING)
    said = _("%(name)s is archived: kept, and not booked any more.", name=_row(loaded).name)
    return done(said, touched, then=url_for(".resources", workshop=workshop, kind=kind))


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
            session,
            garage_id=shop.garage_id,
            workshop_id=shop.id,
            kind=loaded.kind,
            values=values,
            user_id=current_user.user_id,
        )


def _place(loaded: Loaded) -> dict[str, Any]:
    shop = loaded.place.workshop
    keys = {"garage_id": shop.garage_id, "workshop_id": shop.id, "resource_id": _row(loaded).id}
    return keys | {"user_id": current_user.user_id}


def _carry_out(
    loaded: Loaded, operation: Callable[..., object], *, said: str = "", **wanted: Any
) -> ResponseReturnValue:
    """Carry out what touches no visit, and go on to the list."""
    shop, word = loaded.place.workshop, str((request.view_args or {})["kind"])

    def attempt() -> None:
        version = read_version(request.form)
        with unit_of_work() as session:
            operation(session, **_place(loaded), version=version, **wanted)

    return carry_out(attempt, then=url_for(".resources", workshop=shop.slug, kind=word), said=said)


def _form(
    loaded: Loaded,
    typed: TypedResource,
    *,
    errors: dict[str, str] | None = None,
    version: str = "",
    is_stale: bool = False,
) -> str:
    """The form with what was typed; ``is_stale``: beside it what a colleague has stored meanwhile."""
    row = loaded.row
    stands = say_differing(row, typed) if row and is_stale else {}
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
        stands=stands,
        labels={label: label for label in stands},
        is_stale=is_stale,
    )
