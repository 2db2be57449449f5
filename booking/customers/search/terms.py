"""The terms under which a customer or a vehicle is kept, so that each way of asking is one range. Pure.

A term is folded: small letters without accents, or the letters and digits of a plate. What is asked
is folded by the same functions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import permutations, takewhile
from typing import NamedTuple

MOST_WORDS = 6
"""Of a longer name the first words count."""
SLIP_LETTERS = range(4, 21)
"""Words of so many letters are found in spite of a slip; in shorter ones a slip makes another word."""
_PARTICLES = frozenset(
    "al abu ben bin da das de del della den der des di do dos du el ibn la le les lo mac mc o san "  # noqa: SIM905 - a list of words reads better in lines
    "saint sainte st ste te ten ter van vander vom von zu zum zur".split()
)

# Letters that Unicode does not take apart into a letter and its mark.
_OWN_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_WORD = re.compile(r"[^\W_]+")
_JOINED = re.compile(r"[^\W_]+(?:['’ʼ\-][^\W_]+)+")  # the apostrophes that names are written with
# Read from a plate or over a telephone the one is taken for the other.
_ALIKE = str.maketrans("OI", "01")


class NameTerm(NamedTuple):
    """A word of a name before another one of it, or alone; or a spelling of it before the word itself."""

    kind: str
    term: str
    rest: str


def fold(text: str) -> str:
    """``text`` in small letters without accents: ``Quéméner`` is ``quemener``, ``Strauß`` is ``strauss``."""
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(_OWN_LETTERS)
    return "".join(char for char in apart if not unicodedata.combining(char))


def split_words(text: str) -> list[str]:
    """The folded words of ``text`` in order, each once."""
    return list(dict.fromkeys(_WORD.findall(fold(text))))[:MOST_WORDS]


def list_name_terms(name: str) -> list[NameTerm]:
    """What a name is found by.

    Of kind ``name``: each word before each other one, so that two words in either order, the latter
    unfinished, are one range. Compound parts count as one word as well (``Le Bozec``, ``Jean-Marc``).
    Of kind ``slip``: what remains of a word when a letter is left out, before the word. Two words
    within one slip of each other (a letter more, less, another, or two changed about) share one.
    """
    words = split_words(name)
    compounds = list(_compounds(name, words))
    pairs = set(permutations(words, 2)) if len(words) > 1 else {(word, "") for word in words}
    for compound, parts in compounds:
        others = [word for word in words if word not in parts]
        pairs |= {pair for other in others for pair in ((compound, other), (other, compound))}
        pairs |= set() if others else {(compound, "")}
    known = {*words, *(compound for compound, _ in compounds)}
    slips = {(slip, word) for word in known for slip in list_slips(word)}
    return [NameTerm("name", *pair) for pair in sorted(pairs)] + [
        NameTerm("slip", *slip) for slip in sorted(slips)
    ]


def _compounds(name: str, words: list[str]) -> Iterator[tuple[str, set[str]]]:
    """Words that may be written as one, with their parts: joined by a sign, or after a particle."""
    for joined in _JOINED.findall(fold(name)):
        parts = _WORD.findall(joined)
        yield "".join(parts), set(parts)
    for at in range(len(words) - 1):
        parts = list(takewhile(_PARTICLES.__contains__, words[at:-1]))
        if parts:
            parts = words[at : at + len(parts) + 1]
            yield "".join(parts), set(parts)


def list_slips(word: str) -> list[str]:
    """The word itself and what remains of it when one letter is left out; nothing for a short word."""
    if len(word) not in SLIP_LETTERS:
        return []
    return list(dict.fromkeys([word, *(word[:at] + word[at + 1 :] for at in range(len(word)))]))


def is_slip(typed: str, word: str) -> bool:
    """Whether one slip lies between two different words: Damerau's four, of 1964."""
    if typed == word:
        return False
    at = next((at for at, (one, other) in enumerate(zip(typed, word, strict=False)) if one != other), None)
    if at is None:
        return abs(len(typed) - len(word)) == 1
    is_changed_about = typed[at : at + 2] == word[at : at + 2][::-1] and typed[at + 2 :] == word[at + 2 :]
    return is_changed_about or typed[at + 1 :] in {word[at + 1 :], word[at:]} or typed[at:] == word[at + 1 :]


def list_phone_terms(phone: str) -> list[tuple[str, str]]:
    """Kind and term of a number in E.164: its digits from the front, and from the end."""
    digits = "".join(filter(str.isdigit, phone))
    return [("phone", digits), ("phone_end", digits[::-1])] if digits else []


def fold_plate(text: str) -> str:
    """The letters and digits of a plate or a part of it, those that look alike as one."""
    return "".join(char for char in fold(text).upper() if char.isascii() and char.isalnum()).translate(_ALIKE)


def list_plate_terms(plate: str) -> list[tuple[str, str]]:
    """Kind and term of a plate: the whole of it, and each end of two characters or more."""
    whole = fold_plate(plate)
    ends = [("plate_end", whole[at:]) for at in range(1, len(whole) - 1)]
    return [("plate", whole), *ends] if whole else []
