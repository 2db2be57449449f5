"""A dumped garage file reads as the garage it was dumped from."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from app.i18n import LOCALES
from app.tenancy.garage_file.reading import read_garage_file
from app.tenancy.garage_file.times import DAYS, format_span
from app.tenancy.garage_file.writing import write_garage_file
from booking.catalog.models import ENERGIES, MODES, VEHICLE_CLASSES
from demo.operations import GARAGE_FILE
from tests.factories.garage_files import MARTIN, dump, load
from wsgi import wire_garage_file

SLUGS = st.from_regex(r"[a-z0-9-]{1,12}", fullmatch=True)
LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=20
)
TAGS = st.lists(SLUGS, unique=True, max_size=3)
MINUTES = st.integers(1, 100).map(lambda steps: steps * 5)
SPAN = st.tuples(st.integers(0, 287), st.integers(1, 288)).filter(lambda ends: ends[0] < ends[1])
SPANS = st.lists(SPAN.map(lambda ends: format_span([ends[0] * 5, ends[1] * 5])), unique=True, max_size=3)
WEEK = st.dictionaries(st.sampled_from(DAYS), SPANS)
TEXTS = st.dictionaries(st.sampled_from(LOCALES), LINES, min_size=1)
CLOCK = st.integers(0, 287).map(lambda step: f"{step // 12:02}:{step % 12 * 5:02}")


def entry(required: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


def entries(one: st.SearchStrategy[dict[str, Any]], unique: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(one, max_size=3, unique_by=lambda item: str(item[unique]))


@st.composite
def exceptions(draw: st.DrawFn) -> dict[str, Any]:
    first = draw(st.dates(date(2026, 1, 1), date(2030, 1, 1)))
    last = first + timedelta(days=draw(st.integers(0, 20)))
    return {"from": first.isoformat(), "to": last.isoformat(), "hours": draw(SPANS), "label": draw(LINES)}


REMINDERS = st.one_of(
    entry({"hours_before": st.integers(1, 720), "channel": st.sampled_from(["sms", "email"])}),
    entry({"day_before_at": CLOCK, "channel": st.sampled_from(["sms", "email"])}),
)
WORKSHOP = entry(
    {
        "slug": SLUGS,
        "name": LINES,
        "timezone": st.sampled_from(["Europe/Paris", "Pacific/Chatham"]),
        "hours": WEEK,
    },
    subdivision=st.sampled_from(["", "57"]),
    slot_minutes=MINUTES,
    drop_off_until=CLOCK,
    approval=st.booleans(),
    observe_holidays=st.booleans(),
    quiet_hours=st.sampled_from(["", "21:00-08:00", "12:00-13:59"]),
    sms_countries=st.lists(st.sampled_from(["FR", "GB", "DE"]), unique=True),
    exception=st.lists(exceptions(), max_size=3, unique_by=str),
    bay=entries(entry({"name": LINES}, equipment=TAGS), "name"),
    technician=entries(entry({"name": LINES}, skills=TAGS, hours=WEEK), "name"),
    courtesy_car=entries(entry({"name": LINES}, plate=st.just("AB-123-CD")), "name"),
    reminder=st.lists(REMINDERS, max_size=3, unique_by=str),
)
SERVICE = entry(
    {"code": SLUGS, "name": TEXTS, "minutes": MINUTES},
    group=LINES,
    description=TEXTS,
    minutes_by_class=st.dictionaries(st.sampled_from(VEHICLE_CLASSES), MINUTES),
    equipment_by_class=st.dictionaries(st.sampled_from(VEHICLE_CLASSES), TAGS),
    modes=st.lists(st.sampled_from(MODES), unique=True, min_size=1),
    online=st.booleans(),
    stay_days=st.integers(0, 5),
)
GARAGE = entry(
    {"slug": SLUGS, "name": LINES, "country": st.just("FR")},
    currency=st.sampled_from(["EUR", "CHF"]),
    accent=st.from_regex(r"#[0-9a-fA-F]{6}", fullmatch=True),
    energy_skills=st.dictionaries(st.sampled_from(ENERGIES), TAGS),
)
FILES = st.fixed_dictionaries(
    {"garage": GARAGE, "workshop": entries(WORKSHOP, "slug"), "service": entries(SERVICE, "code")}
)


@given(document=FILES)
def test_any_file_reads_back_as_it_was_written(document: dict[str, Any]) -> None:
    wire_garage_file()
    content = read_garage_file(tomlkit.dumps(document))
    assert read_garage_file(write_garage_file(content)) == content


@pytest.mark.usefixtures("app_context")
@pytest.mark.parametrize("text", [MARTIN, GARAGE_FILE.read_text(encoding="utf-8")], ids=["martin", "demo"])
def test_a_loaded_garage_is_dumped_as_it_was_read(text: str) -> None:
    made = load(text=text)
    assert read_garage_file(dump(made.slug)) == read_garage_file(text)


@pytest.mark.usefixtures("app_context")
def test_loading_a_dump_changes_nothing() -> None:
    load()
    assert load(text=dump()).changes == []


@pytest.mark.usefixtures("app_context")
def test_what_is_archived_is_not_dumped() -> None:
    load()
    load(text=MARTIN.split("[[service]]", maxsplit=1)[0])
    assert "[[service]]" not in dump()


@pytest.mark.usefixtures("app_context")
def test_defaults_are_left_out() -> None:
    load()
    assert "horizon_days" not in dump()
