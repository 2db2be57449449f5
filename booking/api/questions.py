"""What callers of the public API may ask: queries and bodies, checked field by field."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args

from flask_babel import gettext as _
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic import field_validator as check
from pydantic.json_schema import WithJsonSchema

from app.api.moments import parse_day, parse_moment
from booking.api.schemas import Energy, Mode, VehicleClass
from booking.appointments.fields import MOST_SERVICES
from booking.appointments.requests import BookingRequest, VisitQuestion
from booking.customers import fields
from booking.customers.countries import iso_countries
from booking.customers.operations import CustomerDetails, VehicleDetails

MOST_DAYS = 62

Code = Annotated[str, Field(max_length=100)]
Codes = Annotated[list[Code], Field(min_length=1, max_length=MOST_SERVICES)]
Day = Annotated[date, BeforeValidator(parse_day)]
Moment = Annotated[datetime, BeforeValidator(parse_moment)]


class Question(BaseModel):
    """Strict: no value is bent into another type, no unknown member is overlooked."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _parse_flag(value: object) -> bool:
    if value not in {"true", "false"}:
        raise ValueError(_("Choose one of: %(options)s.", options="'true', 'false'"))
    return value == "true"


def _one_of(options: Any) -> WithJsonSchema:
    """A parameter that may be left out, but cannot be null."""
    return WithJsonSchema({"type": "string", "enum": list(get_args(options))})


class AvailabilityQuery(Question):
    """Which visit, and the local dates of arrival, both included; 62 days at most."""

    service: Codes = Field(description="Codes of services; one named twice counts once.")
    mode: Mode = Field(description="Wait on the spot, or leave the car; all services must have it.")
    first_on: Day = Field(alias="from", description="First local date.")
    last_on: Day = Field(alias="to", description="Last local date; 62 days in all at most.")
    vehicle_class: Annotated[VehicleClass | None, _one_of(VehicleClass)] = None
    energy: Annotated[Energy | None, _one_of(Energy)] = None
    courtesy_car: Annotated[bool, BeforeValidator(_parse_flag)] = Field(
        default=False, description="Only with drop_off."
    )

    @check("last_on")
    @classmethod
    def _in_order(cls, last_on: date, info: ValidationInfo) -> date:
        first_on = info.data.get("first_on")
        if first_on is not None and last_on < first_on:
            raise ValueError(_("The last day comes before the first."))
        if first_on is not None and (last_on - first_on).days >= MOST_DAYS:
            raise ValueError(_("Ask for %(most)d days at most.", most=MOST_DAYS))
        return last_on

    @property
    def key(self) -> Hashable:
        """All that the answer depends on; services in any order, as they are asked."""
        return self.visit(), self.first_on, self.last_on

    def visit(self) -> VisitQuestion:
        """The question as the domain puts it."""
        return VisitQuestion(
            service_codes=tuple(dict.fromkeys(self.service)),
            mode=self.mode,
            vehicle_class=self.vehicle_class,
            energy=self.energy,
            courtesy_car=self.courtesy_car,
        )


def _parse_text(value: str) -> str:
    return fields.clean_text(value, most=fields.MAX_TEXT)


Text = Annotated[str, Field(max_length=fields.MAX_TEXT), AfterValidator(_parse_text)]

PHONE = "E.164, or as dialled in the garage's country."
ONE_WAY_TO_REACH: dict[str, Any] = {
    "anyOf": [
        {"required": [name], "properties": {name: {"type": "string", "minLength": 1}}}
        for name in ("phone", "email")
    ]
}


class CustomerBody(Question):
    """The person. A phone number or an e-mail address is required."""

    model_config = ConfigDict(json_schema_extra=ONE_WAY_TO_REACH)

    name: str = Field(min_length=1, max_length=fields.MAX_NAME)
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=40, validate_default=True, description=PHONE)
    locale: Literal["en", "fr"] | None = Field(default=None, description="Language of messages.")
    sms_consent: bool = Field(default=False, description="Reminders by SMS are welcome.")

    @check("name")
    @classmethod
    def _name(cls, value: str) -> str:
        return fields.parse_name(value)

    @check("email")
    @classmethod
    def _email(cls, value: str | None) -> str | None:
        return fields.parse_email(value or "")

    @check("phone")
    @classmethod
    def _phone(cls, value: str | None, info: ValidationInfo) -> str | None:
        phone = fields.parse_phone(value or "", country=_context(info)["country"])
        if phone is None and info.data.get("email", "wrong") is None:
            raise ValueError(_("Give a phone number or an e-mail address."))
        return phone

    def details(self, *, locale: str) -> CustomerDetails:
        """The person as the domain names them; ``locale`` where the caller gave none."""
        return CustomerDetails(
            name=self.name,
            phone=self.phone,
            email=self.email,
            locale=self.locale or locale,
            sms_consent=self.sms_consent if self.phone and "sms_consent" in self.model_fields_set else None,
        )


COUNTRY = "ISO 3166-1 alpha-2, in capitals."


def _list_countries(schema: dict[str, Any]) -> None:
    """The codes there are; left out, not empty, where the country is the garage's."""
    schema.pop("default", None)
    schema["enum"] = sorted(iso_countries())


class VehicleBody(Question):
    """The car; nothing of it is required. Without a country, a plate is of the garage's."""

    plate: str = Field(default="", max_length=20)
    country: str = Field(default="", description=COUNTRY, json_schema_extra=_list_countries)
    make: Text = ""
    model: Text = ""
    vehicle_class: VehicleClass | None = Field(default=None, alias="class")
    energy: Energy | None = None

    @check("plate")
    @classmethod
    def _plate(cls, value: str) -> str:
        return fields.parse_plate(value)

    @check("country")
    @classmethod
    def _country(cls, value: str) -> str:
        return fields.parse_country(value)

    def details(self, *, own_country: str) -> VehicleDetails:
        """The car as the domain names it; a plate without a country is of ``own_country``."""
        return VehicleDetails(
            plate=self.plate,
            country=(self.country or own_country) if self.plate else "",
            make=self.make,
            model=self.model,
            vehicle_class=self.vehicle_class,
            energy=self.energy,
        )


class BookingBody(Question):
    """One booking: the visit, its arrival, the person and the car."""

    services: Codes = Field(description="Codes of services; one named twice counts once.")
    mode: Mode = Field(description="Wait on the spot, or leave the car; all services must have it.")
    arrives_at: Moment = Field(description="One of the arrivals that availability lists.")
    courtesy_car: bool = Field(default=False, description="Only with drop_off.")
    customer: CustomerBody
    vehicle: VehicleBody = Field(default_factory=VehicleBody.model_construct)
    notes: str = Field(default="", max_length=fields.MAX_NOTES)

    @check("notes")
    @classmethod
    def _notes(cls, value: str) -> str:
        return fields.parse_notes(value)

    def request(self, *, arrives_at: datetime, locale: str, own_country: str) -> BookingRequest:
        """The booking as the domain takes it; ``own_country`` is the garage's."""
        return BookingRequest(
            visit=self.visit(),
            arrives_at=arrives_at,
            customer=self.customer.details(locale=locale),
            vehicle=self.vehicle.details(own_country=own_country),
            source="api",
            notes=self.notes,
        )

    def visit(self) -> VisitQuestion:
        """The question behind the booking."""
        return VisitQuestion(
            service_codes=tuple(dict.fromkeys(self.services)),
            mode=self.mode,
            vehicle_class=self.vehicle.vehicle_class,
            energy=self.vehicle.energy,
            courtesy_car=self.courtesy_car,
        )


class MoveBody(Question):
    """Another arrival for the same visit."""

    arrives_at: Moment = Field(description="One of the arrivals that availability lists.")


def _context(info: ValidationInfo) -> dict[str, Any]:
    """What the fields' rules need to know of the garage."""
    assert info.context is not None
    return dict(info.context)
