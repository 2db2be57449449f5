"""``/r/<token>``: the short link of a message leads its reader to the appointment."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.unit_of_work import reading
from app.errors import NotFoundError
from app.i18n import LOCALES
from app.security.links import open_link, show_link
from app.security.policy import by_link
from app.tenancy.scope import across_garages
from booking.appointments.operations.book import MANAGE
from notifications.outbox.links import MESSAGE
from notifications.outbox.models import Message

blueprint = Blueprint("notifications_outbox", __name__)


@blueprint.get("/r/<token>")
@by_link
def short_link(token: str) -> ResponseReturnValue:
    """Redirect to the page of the appointment that the message is about; a chosen language stays."""
    with across_garages("a short link names its garage"), reading() as session:
        manage_token = _manage_token(session, token)
    lang = request.args.get("lang")
    query = f"?lang={lang}" if lang in LOCALES else ""
    return redirect(f"/a/{manage_token}{query}", code=302)


def _manage_token(session: Session, token: str) -> str:
    target = open_link(session, purpose=MESSAGE, token=token)
    appointment_id = session.scalar(
        select(Message.appointment_id).where(
            Message.garage_id == target.garage_id, Message.id == target.subject_id
        )
    )
    if appointment_id is None:
        raise NotFoundError
    return show_link(session, garage_id=target.garage_id, purpose=MANAGE, subject_id=appointment_id)
