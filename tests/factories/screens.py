"""Screens of a garage, by their addresses."""

from __future__ import annotations

from dataclasses import dataclass

from app.db.unit_of_work import reading, unit_of_work
from app.security.links import show_link
from app.tenancy.scope import scoped_to
from calendars.screen.operations import SCREEN, create_screen
from tests.factories.garages import MadeGarage


@dataclass(frozen=True, slots=True)
class MadeScreen:
    """A screen and the path that shows it."""

    id: int
    path: str


def make_screen(
    garage: MadeGarage, *, label: str = "", locale: str = "en", theme: str = "device"
) -> MadeScreen:
    """A screen of the garage's workshop."""
    with scoped_to(garage.id), unit_of_work() as session:
        screen_id = create_screen(
            session,
            garage_id=garage.id,
            workshop_id=garage.workshop.id,
            label=label,
            locale=locale,
            theme=theme,
        ).id
    with scoped_to(garage.id), reading() as session:
        token = show_link(session, garage_id=garage.id, purpose=SCREEN, subject_id=screen_id)
    return MadeScreen(screen_id, f"/screen/{token}")
