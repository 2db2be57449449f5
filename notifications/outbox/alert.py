"""The warning on every page of the desk while messages do not go out."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.auth.roles import Role
from app.tenancy.queries import list_workshops
from booking.desk.standing import Reader
from notifications.outbox.readiness import Delay, find_delay


def warn_of_delay(session: Session, garage_id: int, role: Role) -> str:
    """What is amiss and what to do about it, for those who may do it; empty while messages go out."""
    if not role.may_act_as(Role.RECEPTIONIST):
        return ""
    delay = find_delay(session, garage_id)
    if delay is None:
        return ""
    workshops = list_workshops(session, garage_id)
    reader = Reader(clock.now(), workshops[0].timezone if workshops else "UTC")
    since = reader.when(delay.since)
    return _for_managers(delay, since) if role.may_act_as(Role.MANAGER) else _for_the_desk(delay, since)


def _for_the_desk(delay: Delay, since: str) -> str:
    if delay.is_silent:
        said = _(
            "Texts and e-mails are not going out at the moment: nothing has left since %(since)s. They "
            "wait and leave by themselves later. Please tell your manager, and phone whoever must know now.",
            since=since,
        )
    else:
        said = _(
            "Texts and e-mails are leaving late: the oldest has waited since %(since)s. Please tell your "
            "manager if this stays, and phone whoever must know now.",
            since=since,
        )
    return str(said)


def _for_managers(delay: Delay, since: str) -> str:
    if delay.is_silent:
        said = _(
            "Texts and e-mails are not going out at the moment: no scheduler has run since %(since)s. Have "
            "it started again (docs/operations.md, part 7); what waits then leaves by itself.",
            since=since,
        )
    else:
        said = _(
            "Texts and e-mails are leaving late: the oldest has waited since %(since)s. Have the scheduler’s "
            "log and the provider looked at (docs/operations.md, part 7); what waits leaves by itself.",
            since=since,
        )
    return str(said)
