"""The fields of a person and a car: one rule each for pages, API and desk.

Each function returns the value as it is stored, or raises ValueError with a sentence for the
visitor in the language of the moment.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _

from app.errors import InvalidInputError
from booking.customers.countries import iso_countries

T = TypeVar("T")

MAX_NAME = 80
MAX_TEXT = 60
MAX_NOTES = 1000
MAX_PLATE = 12
# Kept free for fiction by the regulators (Arcep, Ofcom): demonstrations and tests use them, and
# they reach nobody.
_FICTIONAL = ("+3363998", "+447700900", "+441632960")
# Makes of two words; of all others the first word is the make.
_LONG_MAKES = ("alfa romeo", "aston martin", "great wall", "land rover", "rolls royce")

# Joiners (U+200C, U+200D) are left out: Persian names and emoji need them.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffd]"
)
# In free text, marks of direction and invisible spaces belong to what is written; what turns the
# text around it about (overrides, embeddings, isolates) or stands for bytes that were no text does not.
_NOT_FOR_NOTES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")
_TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069\ufeff]")
_MARKUP = re.compile(r"<\s*[A-Za-z/!?]")
_PLATE_SPACERS = re.compile(r"[\s\-\u2010-\u2015\u2022.·_/]")


def clean_text(value: str, *, most: int) -> str:
    """``value`` trimmed; raises ValueError for unreadable characters, tags, or more than ``most``."""
    _check_words(value, unreadable=_CONTROL)
    text = " ".join(unicodedata.normalize("NFC", value).split()) if most <= MAX_NAME else value.strip()
    return _check_length(text, most=most)


def clean_note(value: str, *, most: int) -> str:
    """Free text in any script, line ends as one character; what would turn the page around is left out.

    Raises ValueError for control characters, tags, or more than ``most`` characters.
    """
    text = _TURNING.sub("", value.replace("\r\n", "\n"))
    _check_words(text, unreadable=_NOT_FOR_NOTES)
    text = text.strip()
    return _check_length(text if any(_is_seen(char) for char in text) else "", most=most)


def _check_words(value: str, *, unreadable: re.Pattern[str]) -> None:
    if unreadable.search(value):
        raise ValueError(_("Some characters here cannot be read. Please type it again."))
    if _MARKUP.search(value):
        raise ValueError(_("Please write plain words, without <tags>."))


def _check_length(text: str, *, most: int) -> str:
    if len(text) > most:
        raise ValueError(_("Please keep this under %(most)d characters.", most=most))
    return text


def _is_seen(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char) != "Cf"


def parse_name(value: str) -> str:
    """A person's name, as they write it; at least one letter."""
    name = clean_text(value, most=MAX_NAME)
    if not any(char.isalpha() for char in name):
        raise ValueError(_("Please tell us your name."))
    return name


def parse_phone(value: str, *, country: str) -> str | None:
    """An E.164 number, read as from ``country`` unless it says otherwise; empty is None."""
    text = clean_text(value, most=40)
    if not text:
        return None
    import phonenumbers  # noqa: PLC0415  # 23 MB of metadata: loaded at the first booking

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise ValueError(_("This is not a phone number. Digits only, with + for another country.")) from error
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == phonenumbers.ValidationResult.TOO_SHORT:
        raise ValueError(_("At least one digit is missing from this number."))
    if reason == phonenumbers.ValidationResult.TOO_LONG:
        raise ValueError(_("This number has a digit too many."))
    text = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    if not phonenumbers.is_valid_number(number) and not text.startswith(_FICTIONAL):
        raise ValueError(_("This phone number does not exist. Please check the digits."))
    return text


def parse_email(value: str) -> str | None:
    """A lower-case e-mail address; empty is None. The address is not written to."""
    text = clean_text(value, most=254)
    if not text:
        return None
    try:
        result = validate_email(text, check_deliverability=False, test_environment=True, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(_("An e-mail address looks like name@example.com.")) from error
    return result.normalized.lower()


def parse_plate(value: str) -> str:
    """A plate as stored: upper-case letters and digits only (``GA482QT``); any country's."""
    text = _PLATE_SPACERS.sub("", clean_text(value, most=30).upper())
    plate = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    if (value.strip() and not plate) or not re.fullmatch(r"[A-Z0-9]*", plate):
        raise ValueError(_("A number plate has the letters A to Z and digits."))
    if len(plate) > MAX_PLATE:
        raise ValueError(_("This plate is too long. Please check it."))
    return plate


def parse_country(value: str) -> str:
    """A country as ISO 3166-1 writes it: two capitals, and one that there is."""
    if value not in iso_countries():
        raise ValueError(_("A country is two capital letters of ISO 3166, such as FR."))
    return value


def parse_choice(value: str, *, options: tuple[str, ...]) -> str | None:
    """One of ``options``; empty is None."""
    if not value:
        return None
    if value not in options:
        raise ValueError(_("Please choose one of the options."))
    return value


def parse_make_and_model(value: str) -> tuple[str, str]:
    """``Peugeot 208`` as make and model; either may be empty."""
    text = clean_text(value, most=MAX_TEXT)
    make = next((name for name in _LONG_MAKES if text.lower().startswith(name + " ")), "")
    cut = len(make) or len(text.partition(" ")[0])
    return text[:cut], text[cut:].strip()


def parse_notes(value: str) -> str:
    """A few lines of free text; line ends as one character."""
    return clean_note(value, most=MAX_NOTES)


def parse_flag(value: str) -> bool:
    """A box to tick: ``1`` or nothing."""
    return parse_choice(value, options=("1",)) is not None


class FieldReader:
    """Reads fields one by one and collects what is wrong with them."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw = raw
        self.errors: dict[str, str] = {}

    def take(self, field: str, parse: Callable[[str], T], default: T) -> T:
        """The field's value, or ``default`` after noting its error."""
        try:
            return parse(str(self._raw.get(field, "")))
        except ValueError as error:
            self.errors[field] = str(error)
            return default

    def finish(self) -> None:
        if self.errors:
            raise InvalidInputError(self.errors)
