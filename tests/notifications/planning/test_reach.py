"""To which numbers a workshop texts, and what stands against it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from booking.customers.models import Customer
from notifications.planning.reach import Barrier, Texting, country_of, find_barrier

AGREED_AT = datetime(2026, 11, 1, tzinfo=UTC)


def barrier(
    phone: str | None, *countries: str, agreed: bool = True, kind: str = "confirmed"
) -> Barrier | None:
    customer = Customer(phone=phone, sms_consent_at=AGREED_AT if agreed else None)
    return find_barrier(customer, texting=Texting(countries or ("FR",)), kind=kind)


@pytest.mark.parametrize(
    ("phone", "country"),
    [
        ("+33639981427", "FR"),
        ("+447911123456", "GB"),  # a British mobile that the tables count as Guernsey's
        ("+447700900123", "GB"),  # kept for fiction: of no region at all
        ("+441632960123", "GB"),  # likewise, of no known kind
        ("+14165550123", "US"),  # one plan with Canada
        ("+32470123456", "BE"),
    ],
)
def test_a_mobile_of_a_listed_country_gets_texts(phone: str, country: str) -> None:
    assert barrier(phone, country) is None


@pytest.mark.parametrize(
    ("phone", "country"),
    [
        ("+447911123456", "FR"),
        ("+447700900123", "FR"),
        ("+33639981427", "GB"),
        ("+18765551234", "US"),  # Jamaica, by its own digits under +1
        ("+77011234567", "RU"),  # Kazakhstan, by its own digits under +7
    ],
)
def test_a_number_of_another_country_gets_none(phone: str, country: str) -> None:
    assert barrier(phone, country) == Barrier.ABROAD


@pytest.mark.parametrize("phone", ["+33472000000", "+33800000000", "+33912345678"])
def test_a_line_that_takes_no_text_gets_none(phone: str) -> None:
    assert barrier(phone) == Barrier.NOT_MOBILE


def test_without_a_number_there_is_none() -> None:
    assert barrier(None) == Barrier.NO_NUMBER


def test_without_consent_a_confirmation_goes_by_no_text() -> None:
    assert barrier("+33639981427", agreed=False) == Barrier.NO_CONSENT


def test_what_must_be_known_goes_out_without_consent() -> None:
    assert barrier("+33639981427", agreed=False, kind="cancelled") is None


def test_who_opted_out_gets_no_text_of_any_kind() -> None:
    customer = Customer(phone="+33639981427", sms_consent_at=AGREED_AT)
    texting = Texting(("FR",), has_opted_out=True)
    assert find_barrier(customer, texting=texting, kind="cancelled") == Barrier.OPTED_OUT


@pytest.mark.parametrize(
    ("phone", "country"),
    [
        ("+33639981427", "FR"),
        ("+447700900123", "GB"),
        ("+447911123456", "GG"),
        ("+80012345678", None),
        ("none", None),
    ],
)
def test_a_number_names_its_country(phone: str, country: str | None) -> None:
    assert country_of(phone) == country
