"""The list of customers to phone as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from app.tenancy.queries import WorkshopView
from booking.appointments.queries import AppointmentView
from notifications.content.context import build_context
from notifications.content.rendering import LINK, ChannelName, render
from notifications.content.texts import Kind
from notifications.outbox.queries import MessageView
from notifications.outbox.words import channel_word, kind_word
from notifications.please_phone.queries import ToPhone
from notifications.please_phone.words import why_lost


@dataclass(frozen=True, slots=True)
class LostLine:
    """One message of a row: what it is, why it did not arrive, its text."""

    message: MessageView
    what: str
    channel: str
    why: str
    is_mailed: bool


def lost_lines(row: ToPhone) -> list[LostLine]:
    """The row's messages in words; a message that was never written is written now."""
    return [
        LostLine(
            message=_written(message, row.view, row.workshop),
            what=kind_word(message.kind),
            channel=channel_word(message.channel),
            why=why_lost(message.state, message.channel, message.reason),
            is_mailed=message.channel == "sms" and message.kind in row.kinds_mailed,
        )
        for message in row.messages
    ]


def _written(message: MessageView, view: AppointmentView, workshop: WorkshopView) -> MessageView:
    if message.is_written:
        return message
    rendered = render(
        Kind(message.kind),
        build_context(view, workshop, locale=message.locale),
        channel=cast("ChannelName", message.channel),
        locale=message.locale,
        link=message.link,
    )
    before, _, after = rendered.body.partition(LINK)
    return replace(message, subject=rendered.subject, before=before, after=after)
