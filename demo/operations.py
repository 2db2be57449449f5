"""Making the demo garage, and taking it down again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.auth.models import UserSession
from app.auth.operations import set_password
from app.auth.queries import find_user
from app.db.base import Base
from app.errors import DomainError, NotFoundError
from app.extensions import current_settings
from app.tenancy.garage_file.operations import load_garage
from app.tenancy.garage_file.registry import Content
from app.tenancy.models import Garage
from app.tenancy.queries import get_workshop
from demo.life import live_fortnight

GARAGE_FILE = Path(__file__).with_name("garage.toml")
SLUG = "garage-des-tilleuls"
WORKSHOP = "rennes"
SIGN_IN = f"accueil@{SLUG}.example"
OWNER = f"direction@{SLUG}.example"
PASSWORD = "vidange-et-filtre"  # noqa: S105 - a word for everyone to know, refused in production


class DemoRefusedError(DomainError):
    """The demo's password is known to everyone: it has no place where real customers are."""

    code = "demo_refused"
    message = "the demo garage is refused in production: everybody knows its password"


@dataclass(frozen=True, slots=True)
class Made:
    """A demo garage that was just made."""

    garage_id: int
    visits: int


def refuse_in_production() -> None:
    """Raise DemoRefusedError in production."""
    if current_settings().is_production:
        raise DemoRefusedError


def make_demo(session: Session, *, content: Content) -> Made:
    """Load the garage of ``content``, give receptionist and owner the demo password, and let it live.

    Runs within the loading scope of the garage, all in one transaction: it stands whole or not at
    all. Raises DemoRefusedError in production.
    """
    refuse_in_production()
    loaded = load_garage(session, content=content)
    for email in (SIGN_IN, OWNER):
        set_password(session, email=email, password=PASSWORD)
    session.flush()
    receptionist = find_user(session, SIGN_IN)
    if receptionist is None:
        raise NotFoundError
    workshop = get_workshop(session, loaded.garage_id, WORKSHOP)
    visits = live_fortnight(session, workshop=workshop, receptionist_id=receptionist.id)
    return Made(loaded.garage_id, visits)


def remove_demo(session: Session, *, garage_id: int) -> None:
    """Delete every row of the demo garage, and the garage; accounts stay. Refused in production."""
    refuse_in_production()
    session.execute(delete(UserSession).where(UserSession.garage_id_chosen == garage_id))
    for table in reversed(Base.metadata.sorted_tables):
        if "garage_id" in table.c:
            session.execute(delete(table).where(table.c.garage_id == garage_id))
    session.execute(delete(Garage).where(Garage.id == garage_id))
