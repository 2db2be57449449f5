"""``/desk/…/settings/services``: the garage's catalogue, which all its workshops share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import InvalidInputError, NotFoundError
from app.i18n import LOCALE_NAMES, LOCALES, pick
from app.security.policy import staff
from app.tenancy.garage_file.kinds import Values
from booking.appointments.using import count_to_come_with
from booking.catalog import operations as catalogue
from booking.catalog.models import MODES, ServiceType
from booking.catalog.queries import whole_catalogue
from booking.catalog.words import list_classes
from booking.desk.acting import carry_out
from booking.desk.forms import read_version
from booking.desk.settings.page import Place, load_place, render_settings
from booking.desk.settings.services.forms import (
    TypedService,
    read_service,
    read_typed,
    type_new,
    type_service,
)
from booking.desk.settings.services.page import (
    MODE_WORDS,
    UNIT_WORDS,
    group_choices,
    language,
    list_groups,
    load_tags,
    say_differing,
    tag_choices,
)
from booking.desk.settings.storing import Saving, store

LISTING = "booking_settings.services"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What every answer about one service type starts from; None is one that is to be added."""

    place: Place
    row: ServiceType | None
    rows: Sequence[ServiceType]
    tags: dict[str, list[str]]
    to_come: int


@staff("manager")
def listing(workshop: str) -> ResponseReturnValue:
    """The catalogue in its groups, then what is archived."""
    with reading() as session:
        place = load_place(session, workshop)
        rows = session.scalars(whole_catalogue(current_user.garage.id)).all()
    groups, archived = list_groups(rows, current_user.garage.currency)
    return render_settings("booking/desk/settings_services.html", place, groups=groups, archived=archived)


@staff("manager")
def new(workshop: str) -> ResponseReturnValue:
    """The empty form."""
    return _form(_load(workshop), type_new(MODES))


@staff("manager")
def create(workshop: str) -> ResponseReturnValue:
    """Add a line to the catalogue."""
    loaded, typed = _load(workshop), read_typed(request.form)
    try:
        values = read_service(typed, garage=current_user.garage, known=loaded.tags)
        retrying_once(lambda: _add(values))
    except InvalidInputError as refusal:
        return _form(loaded, typed, errors=refusal.errors), refusal.status
    flash(_("%(name)s is added.", name=pick(values["name"], language())))
    return redirect(url_for(".services", workshop=workshop), 303)


@staff("manager")
def edit(workshop: str, service_type_id: int) -> ResponseReturnValue:
    """One line of the catalogue, to be changed or archived."""
    loaded = _load(workshop, service_type_id)
    return _form(loaded, type_service(_row(loaded), current_user.garage.currency))


@staff("manager")
def save(workshop: str, service_type_id: int) -> ResponseReturnValue:
    """Store what was typed, from the version that the page showed; a conflict keeps it in the form."""
    loaded, typed = _load(workshop, service_type_id), read_typed(request.form)
    row = _row(loaded)
    saving = Saving(
        place=loaded.place,
        form=lambda **shown: _form(_load(workshop, service_type_id), typed, **shown),
        heading="",
        said=_("Saved. Visits that stand keep their minutes and price."),
        then=url_for(".services", workshop=workshop),
        listing=LISTING,
    )
    return store(
        saving,
        read=lambda: read_service(typed, garage=current_user.garage, known=loaded.tags, code=row.code),
        change=lambda session, version, values: catalogue.change_service_type(
            session, **_key(row), version=version, values=values
        ),
    )


@staff("manager")
def switch(workshop: str, service_type_id: int) -> ResponseReturnValue:
    """Online or at the desk alone, at once."""
    row = _row(_load(workshop, service_type_id))
    online, name = request.form.get("online") == "1", _name(row)
    said = (
        _("%(name)s can be booked online.", name=name)
        if online
        else _("%(name)s: only at the desk.", name=name)
    )
    return _carry_out(workshop, row, catalogue.switch_online, said=said, online=online)


@staff("manager")
def archive(workshop: str, service_type_id: int) -> ResponseReturnValue:
    """Nobody books it any more; the visits that have it stand."""
    row = _row(_load(workshop, service_type_id))
    said = _("%(name)s is archived: kept, and not booked any more.", name=_name(row))
    return _carry_out(workshop, row, catalogue.archive_service_type, said=said)


@staff("manager")
def restore(workshop: str, service_type_id: int) -> ResponseReturnValue:
    """Bring an archived one back."""
    row = _row(_load(workshop, service_type_id))
    return _carry_out(
        workshop, row, catalogue.restore_service_type, said=_("%(name)s is back.", name=_name(row))
    )


@staff("manager")
def shift(workshop: str, service_type_id: int) -> ResponseReturnValue:
    """One place up or down in its group, or its whole group among the groups."""
    row = _row(_load(workshop, service_type_id))
    operation = catalogue.shift_group if request.form.get("group") == "1" else catalogue.shift_service_type
    return _carry_out(workshop, row, operation, by=-1 if request.form.get("way") == "up" else 1)


def _load(workshop: str, service_type_id: int | None = None) -> Loaded:
    garage_id = current_user.garage.id
    with reading() as session:
        place = load_place(session, workshop)
        rows = session.scalars(whole_catalogue(garage_id)).all()
        row = next((row for row in rows if row.id == service_type_id), None)
        if row is None and service_type_id is not None:
            raise NotFoundError
        to_come = count_to_come_with(session, garage_id, service_type_id=row.id) if row else 0
        return Loaded(place, row, rows, load_tags(session, garage_id, rows), to_come)


def _row(loaded: Loaded) -> ServiceType:
    assert loaded.row is not None  # the address names one
    return loaded.row


def _name(row: ServiceType) -> str:
    return pick(row.name, language())


def _key(row: ServiceType) -> dict[str, Any]:
    return {"garage_id": row.garage_id, "service_type_id": row.id, "user_id": current_user.user_id}


def _add(values: Values) -> None:
    with unit_of_work() as session:
        catalogue.add_service_type(
            session, garage_id=current_user.garage.id, values=values, user_id=current_user.user_id
        )


def _carry_out(
    workshop: str, row: ServiceType, operation: Callable[..., object], *, said: str = "", **wanted: Any
) -> ResponseReturnValue:
    """Carry out from the version that the page showed, and go on to the list."""

    def attempt() -> None:
        version = read_version(request.form)
        with unit_of_work() as session:
            operation(session, **_key(row), version=version, **wanted)

    return carry_out(attempt, then=url_for(".services", workshop=workshop), said=said)


def _form(
    loaded: Loaded,
    typed: TypedService,
    *,
    errors: dict[str, str] | None = None,
    version: str = "",
    is_stale: bool = False,
) -> str:
    """The form with what was typed; ``is_stale``: beside it what a colleague has stored meanwhile."""
    row, garage = loaded.row, current_user.garage
    stands = say_differing(type_service(row, garage.currency), typed) if row and is_stale else {}
    return render_settings(
        "booking/desk/settings_service.html",
        loaded.place,
        listing=LISTING,
        row=row,
        name=_name(row) if row else "",
        typed=typed.fields,
        chosen={"equipment": typed.equipment, "skills": typed.skills, "modes": typed.modes},
        equipment=tag_choices(loaded.tags["equipment"], typed.equipment),
        skills=tag_choices(loaded.tags["skills"], typed.skills),
        modes=[(mode, MODE_WORDS[mode]) for mode in MODES],
        units=list(UNIT_WORDS.items()),
        groups=group_choices(loaded.rows, typed.fields["group"]),
        classes=list_classes(),
        languages=[(code, LOCALE_NAMES[code]) for code in LOCALES],
        currency=garage.currency,
        errors=errors or {},
        version=version or (row.version if row else ""),
        stands=stands,
        labels={label: label for label in stands},
        is_stale=is_stale,
        to_come=_say_to_come(loaded.to_come),
    )


def _say_to_come(count: int) -> str:
    if not count:
        return str(_("No visit to come has it."))
    return str(
        ngettext(
            "One visit to come has it: it stands as it is.",
            "%(num)d visits to come have it: they stand as they are.",
            count,
        )
    )
