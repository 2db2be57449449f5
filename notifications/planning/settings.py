"""A workshop's rules of messages, and what they are read with: read once, kept for as long as they stand.

Kept like the set-up of booking and by the same version (docs/adr/0009-kept-by-version.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.apart import list_apart, read_apart
from app.db.writes import has_written
from app.errors import NotFoundError
from app.tenancy.calendar import get_versions
from app.tenancy.kept import Kept, read_within
from app.tenancy.models import Garage, Workshop
from app.tenancy.queries import WorkshopView, workshop_view
from notifications.planning.models import MessageRules, ReminderRule

SETTINGS_TABLES = frozenset({"garage", "workshop", "message_rules", "reminder_rule"})
"""What the settings are read from; triggers on each of them raise ``workshop_calendar.set_up_version``."""

MOST_WORKSHOPS = 500


@dataclass(frozen=True, slots=True)
class MessageSettings:
    """What planning reads of a workshop, archived ones too; the rows are shared, to be read only.

    ``rules`` is None where the workshop has set none; ``locale`` and ``country`` are the garage's.
    """

    workshop: WorkshopView
    country: str
    locale: str
    rules: MessageRules | None
    reminders: Sequence[ReminderRule]


_kept: Kept[MessageSettings] = Kept("message settings", MOST_WORKSHOPS)


def load_settings(session: Session, garage_id: int, workshop_id: int) -> MessageSettings:
    """The workshop's settings; one statement while nothing of them has changed, none under its lock.

    What this transaction has changed itself is kept for nobody else. Raises NotFoundError.
    """
    key = (garage_id, workshop_id)
    if has_written(session, SETTINGS_TABLES):
        return read_within(session, _kept.name, key, read=lambda: _read(session, *key))
    version = get_versions(session, *key).set_up  # before the rows: they are then never older than it
    found = _kept.find(key, version=version)
    if found is None:
        found = _read(session, *key)
        _kept.keep(key, found, version=version)
    return found


def _read(session: Session, garage_id: int, workshop_id: int) -> MessageSettings:
    statement = (
        select(Workshop, Garage, MessageRules)
        .join(Garage, Garage.id == Workshop.garage_id)
        .outerjoin(
            MessageRules,
            (MessageRules.garage_id == Workshop.garage_id) & (MessageRules.workshop_id == Workshop.id),
        )
        .where(Workshop.garage_id == garage_id, Workshop.id == workshop_id)
    )
    rows = read_apart(session, statement, Workshop, Garage, MessageRules)
    if not rows:
        raise NotFoundError
    workshop, garage, rules = rows[0]
    reminders = (
        select(ReminderRule)
        .where(ReminderRule.garage_id == garage_id, ReminderRule.workshop_id == workshop_id)
        .order_by(ReminderRule.position, ReminderRule.id)
    )
    return MessageSettings(
        workshop=workshop_view(workshop),
        country=garage.country,
        locale=garage.locale,
        rules=rules,
        reminders=list_apart(session, reminders, ReminderRule),
    )
