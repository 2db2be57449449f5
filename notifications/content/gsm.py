"""Plain letters for text messages: one accent beyond GSM-7 would more than halve what fits."""

from __future__ import annotations

import unicodedata

from notifications.content.segments import LETTERS

REPLACEMENTS = {
    **dict.fromkeys("\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009", " "),
    **dict.fromkeys("\u200a\u202f\u205f\u3000\t", " "),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),
    **dict.fromkeys("‘’‚‛′`´ʼ‹›", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("\u2010\u2011\u2012–—―−", "-"),
    **dict.fromkeys("•·", "-"),
    "…": "...",
    "×": "x",
    "µ": "u",
    "œ": "oe",
    "Œ": "OE",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "Ð": "D",
    "þ": "th",
    "Þ": "Th",
    "ı": "i",
    "ħ": "h",
    "Ħ": "H",
    "ŧ": "t",
    "Ŧ": "T",
    "ŋ": "n",
    "Ŋ": "N",
    "ĸ": "k",
    "ẞ": "SS",
}
"""What has no GSM-7 letter inside it, yet reads the same: spaces, quotes, dashes, ligatures."""


def to_gsm_letters(text: str) -> str:
    """``text`` in GSM-7 letters as far as they can stand for it.

    Letters of the alphabet stay (é è à ù Ç); other accented ones lose their accent (ê ë ï ç À);
    what has no likeness, such as Greek small letters or emoji, stays as it is and costs UCS-2.
    """
    return "".join(_letter(char) for char in unicodedata.normalize("NFC", text))


def _letter(char: str) -> str:
    if char in LETTERS:
        return char
    if char in REPLACEMENTS:
        return REPLACEMENTS[char]
    parts = [part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part)]
    base = "".join(REPLACEMENTS.get(part, part) for part in parts)
    return base if base and LETTERS.issuperset(base) else char
