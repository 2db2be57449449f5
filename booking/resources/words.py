"""Equipment and skills in words: tags that garages commonly use, any other as it stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.web.filters import capital

_LIFT, _LONG_LIFT = _l("Lift"), _l("Long lift")
_CLIMATE, _DIAGNOSIS, _ELECTRIC = _l("Air conditioning"), _l("Diagnosis"), _l("Electric vehicles")
_TYRES, _ALIGNMENT, _MECHANICS = _l("Tyres"), _l("Wheel alignment"), _l("Mechanics")
_INSPECTION, _TEST_LANE, _BODYWORK = _l("Inspection"), _l("Test lane"), _l("Bodywork")

TAG_WORDS: Mapping[str, LazyString] = {
    "lift": _LIFT,
    "pont": _LIFT,
    "long-lift": _LONG_LIFT,
    "pont-long": _LONG_LIFT,
    "ac": _CLIMATE,
    "clim": _CLIMATE,
    "climatisation": _CLIMATE,
    "diagnosis": _DIAGNOSIS,
    "diagnostic": _DIAGNOSIS,
    "ev": _ELECTRIC,
    "electric": _ELECTRIC,
    "electrique": _ELECTRIC,
    "tyres": _TYRES,
    "pneus": _TYRES,
    "alignment": _ALIGNMENT,
    "geometrie": _ALIGNMENT,
    "mechanics": _MECHANICS,
    "mecanique": _MECHANICS,
    "inspection": _INSPECTION,
    "controle": _INSPECTION,
    "mot": _INSPECTION,
    "test-lane": _TEST_LANE,
    "banc": _TEST_LANE,
    "bodywork": _BODYWORK,
    "carrosserie": _BODYWORK,
}
"""What stands on screen for a tag, in the reader's language."""


def tag_word(tag: str) -> str:
    """The tag in words."""
    return str(TAG_WORDS.get(tag) or capital(tag.replace("-", " ")))


def say_tags(tags: Iterable[str]) -> str:
    """Several in one line: ``Lift, air conditioning``; empty for none."""
    first, *others = [tag_word(tag) for tag in tags] or [""]
    return ", ".join([first, *(word[:1].lower() + word[1:] for word in others)])


def tag_among(words: str, known: Iterable[str]) -> str:
    """The tag that plain words mean, one of ``known`` where it stands on screen by these words.

    Empty for words without a letter or digit.
    """
    tag = tag_of(words)
    return next((each for each in known if tag == tag_of(tag_word(each))), tag)


def tag_of(words: str) -> str:
    """The tag that plain words mean: ``Pont 4 colonnes`` is ``pont-4-colonnes``; empty for none."""
    letters = unicodedata.normalize("NFKD", words.casefold())
    plain = "".join(char for char in letters if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
