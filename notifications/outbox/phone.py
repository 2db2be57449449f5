"""``/dev/phone``: what the sandbox took, as a phone and a letter box would show it.

It shows personal data to anyone who asks: it exists outside production only, and only while the
sandbox stands in for a provider.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from app.config import Settings
from app.db.unit_of_work import reading
from app.extensions import current_settings
from app.security.policy import public
from app.tenancy.scope import across_garages
from notifications.outbox.queries import MessageView, list_garage_names, list_latest_sent

blueprint = Blueprint("notifications_phone", __name__, template_folder="../templates")

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Phone:
    """One recipient's phone: the newest message last, as on a screen."""

    recipient: str
    messages: tuple[MessageView, ...]


def has_phone_page(settings: Settings) -> bool:
    """Whether the page exists in this installation."""
    return not settings.is_production and (settings.sandbox_sms or settings.sandbox_email)


@blueprint.get("/dev/phone")
@public
def phone_page() -> ResponseReturnValue:
    """The newest messages of one garage, by phone and by letter; the first garage by default."""
    if not has_phone_page(current_settings()):
        abort(404)
    with across_garages("a development page about every garage"), reading() as session:
        garages = list_garage_names(session)
        wanted = request.args.get("garage", garages[0].slug if garages else "")
        chosen = next((garage for garage in garages if garage.slug == wanted), None)
        messages = list_latest_sent(session, chosen.id, limit=SHOWN) if chosen else []
    if garages and chosen is None:
        abort(404)
    return render_template(
        "notifications/outbox/phone.html",
        garages=garages,
        chosen=chosen,
        phones=_phones(message for message in messages if message.channel == "sms"),
        letters=[message for message in messages if message.channel == "email"],
    )


def _phones(messages: Iterable[MessageView]) -> list[Phone]:
    """One phone per number, the one that rang last first."""
    by_recipient: dict[str, list[MessageView]] = {}
    for message in messages:
        by_recipient.setdefault(message.recipient, []).append(message)
    return [Phone(recipient, tuple(reversed(found))) for recipient, found in by_recipient.items()]
