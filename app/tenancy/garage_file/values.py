"""The plain values of a garage file: texts, slugs, numbers, choices, addresses, colours."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l

from app.i18n import LOCALES
from app.tenancy.garage_file.kinds import Kind, MappingOf, Scalar
from app.tenancy.garage_file.report import WrongValueError

_SLUG = re.compile(r"[a-z0-9-]{1,60}")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_COUNTRY = re.compile(r"[A-Z]{2}")
MAX_LINE = 120
MAX_PARAGRAPH = 500


def text(*, most: int = MAX_LINE, is_required: bool = False) -> Scalar:
    """A line of text, trimmed, of at most ``most`` characters."""

    def parse(value: Any) -> str:
        line = unicodedata.normalize("NFC", as_text(value)).strip()
        if any(unicodedata.category(char) == "Cc" for char in line):
            raise WrongValueError(
                "must be one line, without control characters",
                _l("Some characters here cannot be read. Please type it again."),
            )
        if len(line) > most:
            raise WrongValueError(
                f"must be at most {most} characters long",
                _l("Please keep this under %(most)d characters.", most=most),
            )
        if is_required and not line:
            raise WrongValueError("must not be empty", _l("Please fill this in."))
        return line

    return Scalar(parse)


def slug() -> Scalar:
    """A name for addresses and tags."""

    def parse(value: Any) -> str:
        word = as_text(value)
        if not _SLUG.fullmatch(word):
            raise WrongValueError(
                f"{word!r} must be 1 to 60 of a-z, 0-9 and -",
                _l("Please keep to letters, digits and dashes, at most 60."),
            )
        return word

    return Scalar(parse)


def number(*, most: int, least: int = 0, step: int = 1) -> Scalar:
    """A whole number from ``least`` to ``most``, a multiple of ``step``."""

    def parse(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise WrongValueError("must be a whole number", _l("Please type a whole number."))
        if not least <= value <= most:
            raise WrongValueError(
                f"must be from {least} to {most}, not {value}",
                _l("Please type a number from %(least)d to %(most)d.", least=least, most=most),
            )
        if value % step:
            raise WrongValueError(
                f"must be a multiple of {step}, not {value}",
                _l("This goes in steps of %(step)d.", step=step),
            )
        return value

    return Scalar(parse)


def flag() -> Scalar:
    """True or false."""

    def parse(value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError("must be true or false")
        return value

    return Scalar(parse)


def choice(options: tuple[str, ...]) -> Scalar:
    """One of ``options``."""

    def parse(value: Any) -> str:
        if value not in options:
            raise WrongValueError(
                f"{value!r} must be one of {', '.join(options)}", _l("Please choose one of the options.")
            )
        return str(value)

    return Scalar(parse)


def email(*, is_required: bool = False) -> Scalar:
    """An e-mail address, stored in lower case; empty is allowed unless required."""

    def parse(value: Any) -> str:
        address = as_text(value).strip()
        if not address and not is_required:
            return ""
        try:
            found = validate_email(address, check_deliverability=False, test_environment=True)
        except EmailNotValidError as error:
            raise WrongValueError(
                f"{address!r} is not an e-mail address",
                _l("An e-mail address looks like name@example.com."),
            ) from error
        return found.normalized.lower()

    return Scalar(parse)


def phone() -> Scalar:
    """An international number (E.164), or empty."""

    def parse(value: Any) -> str:
        digits = as_text(value)
        if digits and not _PHONE.fullmatch(digits):
            raise WrongValueError(
                f"{digits!r} must be an international number such as +33261910012",
                _l("This is not a phone number. Digits only, with + for another country."),
            )
        return digits

    return Scalar(parse)


def colour() -> Scalar:
    """A colour ``#rrggbb``, stored in lower case."""

    def parse(value: Any) -> str:
        code = as_text(value).lower()
        if not _COLOUR.fullmatch(code):
            raise WrongValueError(
                f"{value!r} must be a colour of the form #rrggbb",
                _l("A colour looks like #1441b5."),
            )
        return code

    return Scalar(parse)


def country_code() -> Scalar:
    """Two capital letters."""

    def parse(value: Any) -> str:
        code = as_text(value)
        if not _COUNTRY.fullmatch(code):
            raise ValueError(f"{code!r} must be a country of two capital letters, such as FR")
        return code

    return Scalar(parse)


def by_locale(item: Kind, *, least: int = 0) -> MappingOf:
    """Texts in the languages of the product."""
    return MappingOf(LOCALES, item, least=least)


def as_text(value: Any) -> str:
    """``value``, if it is a text; raises ValueError."""
    if not isinstance(value, str):
        raise ValueError("must be a text in quotes")
    return value
