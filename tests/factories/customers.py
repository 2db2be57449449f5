"""Customers and vehicles as rows, and the desk's forms about them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.customers.models import Customer, Vehicle
from tests.factories.garages import MadeGarage
from tests.support.client import CarefulClient


def add_people(garage: MadeGarage, names: Sequence[str], **facts: Any) -> list[int]:
    """Customers of these names, without a vehicle or a visit; their ids in order."""
    with scoped_to(garage.id), unit_of_work() as session:
        rows = [Customer(garage_id=garage.id, name=name, **({"locale": "en"} | facts)) for name in names]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def add_car(garage: MadeGarage, customer_id: int, **facts: Any) -> int:
    """A vehicle of the customer; returns its id."""
    with scoped_to(garage.id), unit_of_work() as session:
        row = Vehicle(garage_id=garage.id, customer_id=customer_id, **facts)
        session.add(row)
        session.flush()
        return row.id


def rows_of(garage: MadeGarage, model: type[Any]) -> list[Any]:
    """All rows of the garage, as they were made."""
    with scoped_to(garage.id), reading() as session:
        return list(session.scalars(select(model).where(model.garage_id == garage.id).order_by(model.id)))


def fields_of(page: str) -> dict[str, str]:
    """What the page's main form would send as it stands: inputs, ticked boxes, chosen options."""
    form = page[page.index('class="desk-page"') :]  # past the bar with its search
    form = form[form.index("<form") : form.index("</form>")]
    found = {}
    for tag in re.findall(r"<input [^>]+>", form):
        name = re.search(r' name="(\w+)"', tag)
        value = re.search(r' value="([^"]*)"', tag)
        kind = re.search(r' type="(\w+)"', tag)
        if name and (not kind or kind[1] not in {"checkbox", "radio"} or " checked" in tag):
            found[name[1]] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select [^>]*?name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', options)
        found[name] = unescape(chosen[1]) if chosen else ""
    return found


def send(desk: CarefulClient, address: str, page: str = "", **changes: str) -> TestResponse:
    """The form at ``address`` (or on ``page``), sent with these fields changed; ``-`` leaves one out."""
    fields = fields_of(page or desk.get(address).text) | changes
    return desk.post(address, data={name: value for name, value in fields.items() if value != "-"})
