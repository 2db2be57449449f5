"""What becomes of facts, consents and double cars when two records of one person are merged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

from booking.customers.merging import OURS, THEIRS, complete, facts_after, find_twins, list_choices
from booking.customers.models import Customer, Vehicle

ONE, TWO = "+33639981427", "+33639981428"
FIRST = datetime(2026, 12, 1, tzinfo=UTC)
LATER = FIRST + timedelta(days=3)


def person(phone: str | None, agreed_at: datetime | None, **facts: str) -> Customer:
    return Customer(**({"name": "Camille", "locale": "fr"} | facts), phone=phone, sms_consent_at=agreed_at)


def test_no_merge_ever_allows_more_than_each_of_the_two_did() -> None:
    records = list(product((None, ONE, TWO), (None, FIRST, LATER)))
    for mine, yours, taken in product(records, records, (OURS, THEIRS)):
        pair = person(*mine), person(*yours)
        facts = facts_after(*pair, {"phone": taken})
        if facts["sms_consent_at"] is None:
            continue
        assert any(row.phone == facts["phone"] and row.sms_consent_at for row in pair), (mine, yours, taken)
        assert all(row.sms_consent_at for row in pair if row.phone), (mine, yours, taken)


def test_a_consent_that_both_allow_keeps_the_time_at_which_it_was_first_given() -> None:
    facts = facts_after(person(ONE, LATER), person(ONE, FIRST), {})
    assert facts["sms_consent_at"] == FIRST
    assert facts_after(person(ONE, FIRST), person(None, None), {})["sms_consent_at"] == FIRST
    assert facts_after(person(ONE, FIRST), person(ONE, None), {})["sms_consent_at"] is None
    assert facts_after(person(ONE, FIRST), person(TWO, None), {})["sms_consent_at"] is None


def test_what_only_one_knows_wins_and_where_both_do_somebody_chooses() -> None:
    ours, theirs = (
        person(ONE, None, name="C. Perrot"),
        person(None, None, name="Camille Perrot", email="c@p.fr"),
    )
    assert [choice.field for choice in list_choices(ours, theirs)] == ["name"]
    facts = facts_after(ours, theirs, {"name": THEIRS, "phone": THEIRS})
    assert (facts["name"], facts["phone"], facts["email"]) == ("Camille Perrot", ONE, "c@p.fr")


def test_the_latest_of_double_cars_is_kept_and_completed() -> None:
    cars = [
        Vehicle(id=1, plate="GA482QT", plate_country="FR", make="Peugeot", model="208", version=4),
        Vehicle(
            id=2, plate="GA482QT", plate_country="FR", make="Peugeot", model="", energy="petrol", version=1
        ),
        Vehicle(id=3, plate="GA482QT", plate_country="BE", version=1),
        Vehicle(id=4, plate="", plate_country="", version=1),
        Vehicle(id=5, plate="", plate_country="", version=1),
    ]
    (twins,) = find_twins(cars)
    assert (twins.kept.id, [row.id for row in twins.others]) == (2, [1])
    complete(twins)
    assert (twins.kept.model, twins.kept.energy, twins.kept.version) == ("208", "petrol", 5)
