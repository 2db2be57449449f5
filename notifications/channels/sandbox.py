"""The channel of an installation without providers: it takes every message and sends none."""

from __future__ import annotations

from app.config import Settings
from notifications.channels.protocol import Accepted, Answer, Channel, Channels, Outgoing


class SandboxChannel:
    """Says yes to everything; the texts are read on the development page or at the desk."""

    def send(self, message: Outgoing) -> Answer:
        """Accept under a name made from the message's own."""
        return Accepted(provider_id=sandbox_id(message.message_id))


def sandbox_id(message_id: int) -> str:
    """What the sandbox calls a message."""
    return f"sandbox-{message_id}"


def sandbox_channels(settings: Settings) -> Channels:
    """The sandbox for every channel that has no provider configured."""
    channels: dict[str, Channel] = {}
    if settings.sandbox_sms:
        channels["sms"] = SandboxChannel()
    if settings.sandbox_email:
        channels["email"] = SandboxChannel()
    return channels
