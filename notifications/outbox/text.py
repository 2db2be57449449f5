"""Writing a message's text into its row, from the appointment as it stands now."""

from __future__ import annotations

from typing import cast

from app.tenancy.queries import WorkshopView
from booking.appointments.queries import AppointmentView
from notifications.content.context import build_context
from notifications.content.rendering import ChannelName, render
from notifications.content.texts import Kind
from notifications.outbox.models import Message


def write_text(message: Message, view: AppointmentView, workshop: WorkshopView, *, link: str) -> None:
    """Store subject, body (with ``{link}`` for ``link``), segments and the template's version."""
    rendered = render(
        Kind(message.kind),
        build_context(view, workshop, locale=message.locale),
        channel=cast("ChannelName", message.channel),
        locale=message.locale,
        link=link,
    )
    message.subject = rendered.subject
    message.body = rendered.body
    message.segments = rendered.segments
    message.template_version = rendered.template_version
