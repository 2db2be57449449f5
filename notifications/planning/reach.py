"""How a customer may be reached: which channels, at which address."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from booking.customers.models import Customer

NEEDS_CONSENT = frozenset({"received", "confirmed", "reminder"})
"""Kinds that go by SMS only to people who agreed; what they must know goes out without."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address on one channel."""

    channel: str
    address: str


def by_sms(customer: Customer, *, countries: Collection[str], kind: str) -> Recipient | None:
    """Their mobile, if they agreed to ``kind`` and the number is of one of the ``countries``."""
    if not customer.phone or not may_text(customer, kind):
        return None
    if country_of(customer.phone) not in countries:
        return None
    return Recipient("sms", customer.phone)


def by_email(customer: Customer) -> Recipient | None:
    """Their e-mail address, if we have one."""
    return Recipient("email", customer.email) if customer.email else None


def may_text(customer: Customer, kind: str) -> bool:
    """Whether the customer's consent covers an SMS of this kind."""
    return kind not in NEEDS_CONSENT or customer.sms_consent_at is not None


def country_of(phone: str) -> str | None:
    """The country of an E.164 number, two letters; None if it belongs to no one country."""
    import phonenumbers  # noqa: PLC0415  # 23 MB of metadata: loaded at the first number

    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(phone))
    except phonenumbers.NumberParseException:
        return None
