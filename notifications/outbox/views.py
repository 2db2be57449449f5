"""``/r/<token>``: the short link of a message leads its reader to what it is about."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.db.unit_of_work import reading
from app.errors import NotFoundError
from app.i18n import LOCALES
from app.security.links import open_link, show_link
from app.security.policy import by_link
from app.tenancy.models import Workshop
from app.tenancy.scope import across_garages
from booking.appointments.history import HANDED_OVER
from booking.appointments.models import AppointmentEvent
from booking.appointments.operations.book import MANAGE
from notifications.content.garage_texts import GARAGE_KINDS
from notifications.outbox.links import MESSAGE
from notifications.outbox.models import Message

blueprint = Blueprint("notifications_outbox", __name__)


@blueprint.get("/r/<token>")
@by_link
def short_link(token: str) -> ResponseReturnValue:
    """Redirect to what the message is about; a chosen language stays.

    A customer comes to the page of their appointment, the workshop to the desk, where it signs in.
    """
    with across_garages("a short link names its garage"), reading() as session:
        path, query = _find_place(session, token)
    lang = request.args.get("lang", "")
    query |= {"lang": lang} if lang in LOCALES else {}
    return redirect(f"{path}?{urlencode(query)}" if query else path, code=302)


def _find_place(session: Session, token: str) -> tuple[str, dict[str, str]]:
    """Path and query of what the message is about."""
    target = open_link(session, purpose=MESSAGE, token=token)
    row = session.execute(
        select(Message.kind, Message.appointment_id, Message.sheet_on, Message.created_at, Workshop.slug)
        .join(Workshop, (Workshop.garage_id == Message.garage_id) & (Workshop.id == Message.workshop_id))
        .where(Message.garage_id == target.garage_id, Message.id == target.subject_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    kind, appointment_id, sheet_on, created_at, workshop = row
    if sheet_on is not None:
        return f"/desk/{workshop}/sheet", {"date": sheet_on.isoformat()}
    assert appointment_id is not None  # a constraint of the table
    if kind in GARAGE_KINDS:
        return f"/desk/{workshop}/appointments/{appointment_id}", {}
    if _is_handed_over(session, target.garage_id, appointment_id, since=created_at):
        raise NotFoundError
    manage = show_link(session, garage_id=target.garage_id, purpose=MANAGE, subject_id=appointment_id)
    return f"/a/{manage}", {}


def _is_handed_over(session: Session, garage_id: int, appointment_id: int, *, since: datetime) -> bool:
    """Whether the visit is another customer's by now: whoever was written to before opens it no more."""
    handed_over = select(AppointmentEvent.id).where(
        AppointmentEvent.garage_id == garage_id,
        AppointmentEvent.appointment_id == appointment_id,
        AppointmentEvent.kind == HANDED_OVER,
        AppointmentEvent.at >= since,
    )
    return bool(session.scalar(select(exists(handed_over))))
