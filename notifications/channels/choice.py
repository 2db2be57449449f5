"""Which channels an installation has: the real ones where configured, the sandbox otherwise."""

from __future__ import annotations

from typing import cast

from flask import current_app

from app.config import Settings
from app.extensions import current_settings
from notifications.channels.protocol import Channel, Channels
from notifications.channels.sandbox import sandbox_channels
from notifications.channels.smtp.channel import smtp_channels
from notifications.channels.twilio.channel import TwilioChannel

KEY = "garagenda_channels"


def choose_channels(settings: Settings) -> Channels:
    """One channel for each name that this installation can send by."""
    channels: dict[str, Channel] = dict(sandbox_channels(settings)) | dict(smtp_channels(settings))
    if not settings.sandbox_sms:
        channels["sms"] = TwilioChannel(settings)
    return channels


def current_channels() -> Channels:
    """The application's channels, made once: they keep their connections from one tick to the next."""
    found = current_app.extensions.get(KEY)
    if found is None:
        found = current_app.extensions[KEY] = choose_channels(current_settings())
    return cast("Channels", found)
