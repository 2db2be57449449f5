"""What somebody types into the search, as the several things that it may mean. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from booking.customers.fields import MAX_PLATE
from booking.customers.search.terms import fold, fold_plate, split_words

MOST_TYPED = 80
"""Nobody types on; what comes beyond is left out."""
LEAST_PLATE, LEAST_DIGITS, LEAST_WORD = 2, 3, 2
"""Less than that is part of nearly everything."""
_TRUNK = re.compile(r"\(0\)")
_NUMBER = re.compile(r"[+\d\s().\-/\u2010-\u2015]+")


@dataclass(frozen=True, slots=True)
class Question:
    """``plate``: a part of a plate. ``phone``: the first digits of numbers, each with its country's code;
    ``phone_end``: the last digits. ``words``: of a name, the last one perhaps unfinished. Each may be empty.
    """

    plate: str = ""
    phone: tuple[str, ...] = ()
    phone_end: str = ""
    words: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be asked with it: too little, or too much, was typed."""
        return not (self.plate or self.phone_end or self.words)

    @property
    def longest_words(self) -> list[str]:
        """The two that say most."""
        return sorted(self.words, key=len, reverse=True)[:2]


def read_question(text: str, *, country: str, by_phone: bool = True) -> Question:
    """What ``text`` may mean at a garage of ``country``; numbers are left out unless ``by_phone``."""
    text = text[:MOST_TYPED]
    plate = fold_plate(text)
    words = tuple(word for word in split_words(text) if not word.isdigit())
    has_word = any(len(word) >= LEAST_WORD for word in words)
    is_number = by_phone and bool(_NUMBER.fullmatch(fold(text)))
    starts, end = _read_number(text, country=country) if is_number else ((), "")
    return Question(
        plate=plate if LEAST_PLATE <= len(plate) <= MAX_PLATE else "",
        phone=starts,
        phone_end=end,
        words=words if has_word else (),
    )


def _read_number(text: str, *, country: str) -> tuple[tuple[str, ...], str]:
    """The first digits that the number may have, and its last ones without the zeros dialled before them."""
    typed = _TRUNK.sub("", text)
    digits = "".join(char for char in typed if char.isascii() and char.isdigit())
    end = digits.lstrip("0")
    if len(end) < LEAST_DIGITS:
        return (), ""
    if "+" in typed or digits.startswith("00"):
        return (end,), end
    import phonenumbers  # noqa: PLC0415  # 23 MB of metadata: loaded when first needed

    code = str(phonenumbers.country_code_for_region(country) or "")
    # Where the zero belongs to the number, as in Italy, it stands behind the country's code.
    return tuple(dict.fromkeys((f"{code}{end}", f"{code}{digits}"))), end
