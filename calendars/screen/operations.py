"""Making, replacing and ending screens, and noting that they look."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFoundError, StaleVersionError
from app.security.links import create_link, revoke_link, rotate_link
from calendars.screen.models import Screen

SCREEN = "screen"
"""Purpose of the link that shows a workshop's day on a screen."""

NOTE_EVERY = timedelta(minutes=15)


def create_screen(
    session: Session, *, garage_id: int, workshop_id: int, label: str, locale: str, theme: str
) -> Screen:
    """A new screen of the workshop, with its link. Flushes."""
    screen = Screen(garage_id=garage_id, workshop_id=workshop_id, label=label, locale=locale, theme=theme)
    session.add(screen)
    session.flush()
    create_link(session, garage_id=garage_id, purpose=SCREEN, subject_id=screen.id)
    return screen


def rotate_screen(session: Session, *, garage_id: int, screen_id: int, version: int) -> Screen:
    """Give the screen a new address; the old one opens nothing from now on. Flushes.

    Raises NotFoundError, StaleVersionError if ``version`` no longer stands.
    """
    screen = _locked(session, garage_id, screen_id, version=version)
    rotate_link(session, garage_id=garage_id, purpose=SCREEN, subject_id=screen_id)
    screen.seen_at = None
    session.flush()
    return screen


def revoke_screen(session: Session, *, garage_id: int, screen_id: int, version: int) -> Screen:
    """End the screen; its address opens nothing from now on. Flushes.

    Raises NotFoundError, StaleVersionError if ``version`` no longer stands.
    """
    screen = _locked(session, garage_id, screen_id, version=version)
    revoke_link(session, garage_id=garage_id, purpose=SCREEN, subject_id=screen_id)
    screen.revoked_at = clock.now()
    session.flush()
    return screen


def note_seen(session: Session, *, garage_id: int, screen_id: int) -> None:
    """Note that the screen looked just now, at most every 15 minutes."""
    now = clock.now()
    session.execute(
        update(Screen)
        .where(
            Screen.garage_id == garage_id,
            Screen.id == screen_id,
            or_(Screen.seen_at.is_(None), Screen.seen_at <= now - NOTE_EVERY),
        )
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )


def _locked(session: Session, garage_id: int, screen_id: int, *, version: int) -> Screen:
    screen = session.scalar(
        select(Screen)
        .where(Screen.garage_id == garage_id, Screen.id == screen_id, Screen.revoked_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if screen is None:
        raise NotFoundError
    if screen.version != version:
        raise StaleVersionError
    screen.version += 1
    return screen
