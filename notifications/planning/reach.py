"""How a customer may be reached: which channels, at which address, and why not by SMS."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from booking.customers.models import Customer

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

NEEDS_CONSENT = frozenset({"received", "confirmed", "reminder"})
"""Kinds that go by SMS only to people who agreed; what they must know goes out without."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address on one channel."""

    channel: str
    address: str


@dataclass(frozen=True, slots=True)
class Texting:
    """To whom a workshop texts: numbers of its ``countries``, unless this one ``has_opted_out``."""

    countries: Collection[str]
    has_opted_out: bool = False


class Barrier(StrEnum):
    """Why a customer gets no SMS."""

    NO_NUMBER = "no_number"
    OPTED_OUT = "opted_out"
    NO_CONSENT = "no_consent"
    ABROAD = "abroad"
    NOT_MOBILE = "not_mobile"


def by_sms(customer: Customer, *, texting: Texting, kind: str) -> Recipient | None:
    """Their number, if nothing stands against an SMS of ``kind``."""
    if customer.phone is None or find_barrier(customer, texting=texting, kind=kind) is not None:
        return None
    return Recipient("sms", customer.phone)


def by_email(customer: Customer) -> Recipient | None:
    """Their e-mail address, if we have one."""
    return Recipient("email", customer.email) if customer.email else None


def find_barrier(customer: Customer, *, texting: Texting, kind: str) -> Barrier | None:
    """What stands against an SMS of ``kind``, what the customer wants before what is possible."""
    if not customer.phone:
        return Barrier.NO_NUMBER
    if texting.has_opted_out:
        return Barrier.OPTED_OUT
    if not may_text(customer, kind):
        return Barrier.NO_CONSENT
    return _barrier_of_number(customer.phone, texting.countries)


def may_text(customer: Customer, kind: str) -> bool:
    """Whether the customer's consent covers an SMS of this kind."""
    return kind not in NEEDS_CONSENT or customer.sms_consent_at is not None


def _barrier_of_number(phone: str, countries: Collection[str]) -> Barrier | None:
    """Only lines that surely take no text are refused: ranges kept for fiction have no type."""
    import phonenumbers  # noqa: PLC0415  # 23 MB of metadata: loaded at the first number

    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return Barrier.NOT_MOBILE
    if not _belongs_to(number, countries):
        return Barrier.ABROAD
    types = phonenumbers.PhoneNumberType
    texted = {types.MOBILE, types.FIXED_LINE_OR_MOBILE, types.UNKNOWN}
    return None if phonenumbers.number_type(number) in texted else Barrier.NOT_MOBILE


def _belongs_to(number: PhoneNumber, countries: Collection[str]) -> bool:
    """Whether a number is of one of the countries, by their calling codes.

    Countries that share a code share its mobile ranges (some of Great Britain's are counted as
    Guernsey's), unless the plan gives one its own leading digits, as it does Jamaica under +1.
    """
    import phonenumbers  # noqa: PLC0415  # loaded by then

    region = phonenumbers.region_code_for_number(number)
    if region in countries:
        return True
    plan = phonenumbers.PhoneMetadata.metadata_for_region(region, None) if region else None
    if plan is not None and plan.leading_digits:
        return False
    return number.country_code in {phonenumbers.country_code_for_region(country) for country in countries}


def country_of(phone: str) -> str | None:
    """The country of an E.164 number as people would name it; None if it belongs to no one country."""
    import phonenumbers  # noqa: PLC0415  # 23 MB of metadata: loaded at the first number

    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return None
    main = phonenumbers.region_code_for_country_code(number.country_code or 0)
    region = phonenumbers.region_code_for_number(number) or main
    return region if region.isalpha() and region != "ZZ" else None
