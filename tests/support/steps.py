"""Booking by page as a browser without scripts does: open, fill in, send, follow."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from werkzeug.test import TestResponse

from tests.factories.garages import MadeGarage
from tests.support.client import CarefulClient

VEHICLE = {"plate": "GA-482-QT", "country": "FR", "make_model": "Peugeot 208", "energy": "petrol"}
CONTACT = {"name": "Camille Perrot", "phone": "06 39 98 14 27", "email": "", "notes": ""}


@dataclass
class Steps:
    """One visitor on the pages of one workshop; ``draft`` is the address of their booking."""

    client: CarefulClient
    garage: MadeGarage
    lang: str = "en"
    draft: str = field(default="", init=False)

    @property
    def start(self) -> str:
        return f"/g/{self.garage.slug}/{self.garage.workshop.slug}"

    def choose_services(self, *codes: str) -> TestResponse:
        answer = self.client.post(f"{self.start}?lang={self.lang}", data={"service": list(codes or ("oil",))})
        if answer.status_code == 303:
            self.draft = answer.headers["Location"].partition("?")[0].rpartition("/")[0]
        return answer

    def get(self, step: str, **query: str) -> TestResponse:
        return self.client.get(f"{self.draft}/{step}", query_string={"lang": self.lang} | query)

    def post(self, step: str, **answers: Any) -> TestResponse:
        return self.client.post(f"{self.draft}/{step}", query_string={"lang": self.lang}, data=answers)

    def list_times(self, **query: str) -> list[str]:
        """The arrivals that the slot step offers on the day it shows."""
        page = self.get("slot", **query).get_data(as_text=True)
        radios = re.findall(r'<input type="radio" name="arrives_at" value="([^"]+)"', page)
        return [unescape(value) for value in radios]

    def up_to_slot(self, *codes: str) -> Steps:
        """Services and vehicle answered."""
        self.choose_services(*codes)
        assert self.post("vehicle", **VEHICLE).status_code == 303
        return self

    def up_to_contact(self, *codes: str) -> Steps:
        """Services, vehicle and the first time answered."""
        self.up_to_slot(*codes)
        assert self.post("slot", arrives_at=self.list_times()[0]).status_code == 303
        return self

    def book(self, *codes: str) -> TestResponse:
        """The whole way with every default; the answer of the last form."""
        self.up_to_contact(*codes)
        return self.post("contact", **CONTACT)


def text_of(answer: TestResponse) -> str:
    """The page's words, without tags, in one line."""
    page = re.sub(r"<svg.*?</svg>", "", answer.get_data(as_text=True), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
