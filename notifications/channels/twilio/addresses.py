"""Where Twilio reports to us: the address carries the message's marker, and is what it signs."""

from __future__ import annotations

from app.config import Settings

STATUS_PATH = "/hooks/twilio/status"


def status_address(settings: Settings, marker: str) -> str:
    """The address for reports on the message with this marker, under the address customers see."""
    return f"{settings.public_url}{STATUS_PATH}/{marker}"
