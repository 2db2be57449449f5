"""The desk's pages of screens: the workshop's list, making one, its address, replacing and ending it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import Session

from app import clock
from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import DomainError, InvalidInputError, NotFoundError
from app.extensions import current_settings
from app.i18n import LOCALE_NAMES, LOCALES
from app.security.links import show_links
from app.security.policy import staff
from app.tenancy.queries import WorkshopView, get_workshop, list_workshops
from app.web.qr import qr_code
from app.web.registries import SettingsPage
from booking.desk.forms import read_version
from booking.desk.standing import Reader
from calendars.screen.desk.forms import FIELDS, MAX_LABEL, ScreenForm, read_screen
from calendars.screen.models import THEMES
from calendars.screen.operations import SCREEN, create_screen, revoke_screen, rotate_screen
from calendars.screen.queries import ScreenView, get_screen, list_screens

blueprint = Blueprint("calendars_screen_desk", __name__, template_folder="../../templates")

IN_SETTINGS = SettingsPage(
    "calendars_screen_desk.listing",
    _l("Workshop screens"),
    _l("The day by bay on a screen in the workshop, by a secret address"),
    "inspect",
    group="workshop",
    position=60,
    role="receptionist",
)


@blueprint.get("/desk/<workshop>/screens")
@staff("receptionist")
def listing(workshop: str) -> ResponseReturnValue:
    """The workshop's screens, and the form of a new one."""
    return _list_page(workshop, typed={"locale": current_user.garage.locale, "theme": THEMES[0]})


@blueprint.post("/desk/<workshop>/screens")
@staff("receptionist")
def create(workshop: str) -> ResponseReturnValue:
    """Make a screen and go to its page, where its address stands."""
    with reading() as session:
        shown = get_workshop(session, current_user.garage.id, workshop)
    try:
        form = read_screen(request.form)
    except InvalidInputError as refusal:
        typed = {name: request.form.get(name, "") for name in FIELDS}
        return _list_page(workshop, typed=typed, errors=refusal.errors), refusal.status
    screen_id = retrying_once(lambda: _create(shown, form))
    flash(_("The screen is ready: open its address on it."))
    return redirect(url_for(".detail", workshop=workshop, screen_id=screen_id), 303)


@blueprint.get("/desk/<workshop>/screens/<int:screen_id>")
@staff("receptionist")
def detail(workshop: str, screen_id: int) -> ResponseReturnValue:
    """One screen: its address to open, copy or scan, replacing and ending it."""
    with reading() as session:
        screen = _find(session, workshop, screen_id)
        tokens = show_links(session, garage_id=screen.garage_id, purpose=SCREEN, subject_ids=[screen.id])
    token = tokens.get(screen.id)
    address = current_settings().public_url + url_for("calendars_screen.show", token=token) if token else ""
    return render_template(
        "calendars/screen/detail.html",
        workshop=screen.workshop,
        screen=screen,
        language=LOCALE_NAMES[screen.locale],
        address=address,
        qr=qr_code(address) if address else None,
        reader=_reader(screen.workshop),
    )


@blueprint.post("/desk/<workshop>/screens/<int:screen_id>/rotate")
@staff("receptionist")
def rotate(workshop: str, screen_id: int) -> ResponseReturnValue:
    """A new address; what hangs on the old one shows nothing more."""
    said = _("The screen has a new address; the old one is closed.")
    _change(workshop, screen_id, rotate_screen, said=said)
    return redirect(url_for(".detail", workshop=workshop, screen_id=screen_id), 303)


@blueprint.post("/desk/<workshop>/screens/<int:screen_id>/revoke")
@staff("receptionist")
def revoke(workshop: str, screen_id: int) -> ResponseReturnValue:
    """End the screen for good."""
    said = _("The screen is ended; its address is closed.")
    if not _change(workshop, screen_id, revoke_screen, said=said):
        return redirect(url_for(".detail", workshop=workshop, screen_id=screen_id), 303)
    return redirect(url_for(".listing", workshop=workshop), 303)


def _list_page(workshop: str, *, typed: dict[str, str], errors: dict[str, str] | None = None) -> str:
    """The list, and the form with what was typed."""
    garage = current_user.garage
    with reading() as session:
        workshops = list_workshops(session, garage.id)
        shown = get_workshop(session, garage.id, workshop)
        screens = list_screens(session, garage.id, shown.id)
    sites = [
        {"label": row.name, "href": url_for(".listing", workshop=row.slug), "current": row.id == shown.id}
        for row in workshops
    ]
    return render_template(
        "calendars/screen/listing.html",
        workshop=shown,
        sites=sites,
        screens=screens,
        reader=_reader(shown),
        languages=[(code, LOCALE_NAMES[code]) for code in LOCALES],
        themes=list(zip(THEMES, (_("As the device"), _("Light"), _("Dark")), strict=True)),
        most=MAX_LABEL,
        typed=typed,
        errors=errors or {},
    )


def _create(workshop: WorkshopView, form: ScreenForm) -> int:
    with unit_of_work() as session:
        return create_screen(
            session,
            garage_id=workshop.garage_id,
            workshop_id=workshop.id,
            label=form.label,
            locale=form.locale,
            theme=form.theme,
        ).id


def _change(workshop: str, screen_id: int, operation: Callable[..., object], *, said: str) -> bool:
    """Carry out from the version that the page showed; a refusal is said on the next page."""

    def carry_out() -> None:
        version = read_version(request.form)
        with unit_of_work() as session:
            screen = _find(session, workshop, screen_id)
            operation(session, garage_id=screen.garage_id, screen_id=screen.id, version=version)

    try:
        retrying_once(carry_out)
    except NotFoundError:
        raise
    except DomainError as refusal:
        flash(str(refusal.message), "error")
        return False
    flash(said)
    return True


def _find(session: Session, workshop: str, screen_id: int) -> ScreenView:
    shown = get_workshop(session, current_user.garage.id, workshop)
    screen = get_screen(session, current_user.garage.id, screen_id)
    if screen.workshop.id != shown.id:
        raise NotFoundError
    return screen


def _reader(workshop: WorkshopView) -> Reader:
    return Reader(clock.now(), workshop.timezone)
