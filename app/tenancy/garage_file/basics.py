"""The keys of a garage and of its workshops that the platform itself keeps."""

from __future__ import annotations

import holidays
from babel.numbers import is_currency
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.i18n import LOCALES
from app.localtime import zone
from app.tenancy.garage_file.kinds import Key, Scalar, Values
from app.tenancy.garage_file.registry import Content, Owner, Part
from app.tenancy.garage_file.report import Report, WrongValueError
from app.tenancy.garage_file.rows import update_row
from app.tenancy.garage_file.values import as_text, choice, colour, country_code, email, phone, slug, text
from app.tenancy.models import Garage, Workshop

HOUSE_ACCENT = "#1441b5"


def _timezone() -> Scalar:
    def parse(value: object) -> str:
        name = as_text(value)
        if not name or name.startswith(("/", ".")):
            raise WrongValueError(f"unknown time zone {name!r}", _l("Please choose one of the options."))
        try:
            zone(name)
        except ValueError as error:
            raise WrongValueError(str(error), _l("Please choose one of the options.")) from error
        return name

    return Scalar(parse)


def _currency() -> Scalar:
    def parse(value: object) -> str:
        code = as_text(value)
        if not is_currency(code):
            raise WrongValueError(
                f"{code!r} is not a currency code such as EUR",
                _l("A currency has three letters, such as EUR."),
            )
        return code

    return Scalar(parse)


GARAGE_KEYS = (
    Key("slug", slug()),
    Key("name", text(is_required=True)),
    Key("country", country_code()),
    Key("locale", choice(LOCALES), "en"),
    Key("currency", _currency(), "EUR"),
    Key("accent", colour(), HOUSE_ACCENT),
)
WORKSHOP_KEYS = (
    Key("slug", slug()),
    Key("name", text(is_required=True)),
    Key("timezone", _timezone()),
    Key("subdivision", text(most=20), ""),
    Key("address", text(most=200), ""),
    Key("phone", phone(), ""),
    Key("email", email(), ""),
)


def _check_country(content: Content, report: Report) -> None:
    country = content["garage"]["country"]
    known = holidays.list_supported_countries()
    if country not in known:
        report.at("garage").at("country").add(
            f"{country!r} is not a country whose holidays are known", _l("Please choose one of the options.")
        )
        return
    for index, workshop in enumerate(content["workshop"]):
        subdivision = workshop["subdivision"]
        if subdivision and subdivision not in known[country]:
            here = report.at("workshop").at(index).at("subdivision")
            here.add(
                f"{subdivision!r} must be one of {', '.join(known[country]) or 'none'} in {country}",
                _l("This region is not one of the country’s."),
            )


def get_garage_row(session: Session, garage_id: int) -> Garage:
    """The row of the garage that is being loaded or dumped."""
    return session.scalars(select(Garage).where(Garage.id == garage_id)).one()


def get_workshop_row(session: Session, owner: Owner) -> Workshop:
    """The row of the workshop that is being loaded or dumped."""
    return session.scalars(
        select(Workshop).where(Workshop.garage_id == owner.garage_id, Workshop.id == owner.workshop_id)
    ).one()


def _store_garage(session: Session, owner: Owner, values: Values) -> list[str]:
    return update_row(get_garage_row(session, owner.garage_id), values)


def _fetch_garage(session: Session, owner: Owner) -> Values:
    row = get_garage_row(session, owner.garage_id)
    return {key.name: getattr(row, key.name) for key in GARAGE_KEYS}


def _store_workshop(session: Session, owner: Owner, values: Values) -> list[str]:
    return update_row(get_workshop_row(session, owner), values)


def _fetch_workshop(session: Session, owner: Owner) -> Values:
    row = get_workshop_row(session, owner)
    return {key.name: getattr(row, key.name) for key in WORKSHOP_KEYS}


GARAGE_BASICS = Part("garage", GARAGE_KEYS, _store_garage, _fetch_garage, check=_check_country)
WORKSHOP_BASICS = Part("workshop", WORKSHOP_KEYS, _store_workshop, _fetch_workshop)
