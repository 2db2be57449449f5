"""Counting the parts of a text message, letter by letter and against a slow second opinion."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifications.content.segments import BASIC, EXTENSION, Segments, count_segments

# The default alphabet as 3GPP TS 23.038 §6.2.1 tabulates it, by code point; 0x1B is the escape.
TABLE = (
    "\u0040\u00a3\u0024\u00a5\u00e8\u00e9\u00f9\u00ec\u00f2\u00c7\u000a\u00d8\u00f8\u000d\u00c5\u00e5"
    "\u0394\u005f\u03a6\u0393\u039b\u03a9\u03a0\u03a8\u03a3\u0398\u039e\u00c6\u00e6\u00df\u00c9"
    "\u0020\u0021\u0022\u0023\u00a4\u0025\u0026\u0027\u0028\u0029\u002a\u002b\u002c\u002d\u002e\u002f"
    "\u0030\u0031\u0032\u0033\u0034\u0035\u0036\u0037\u0038\u0039\u003a\u003b\u003c\u003d\u003e\u003f"
    "\u00a1\u0041\u0042\u0043\u0044\u0045\u0046\u0047\u0048\u0049\u004a\u004b\u004c\u004d\u004e\u004f"
    "\u0050\u0051\u0052\u0053\u0054\u0055\u0056\u0057\u0058\u0059\u005a\u00c4\u00d6\u00d1\u00dc\u00a7"
    "\u00bf\u0061\u0062\u0063\u0064\u0065\u0066\u0067\u0068\u0069\u006a\u006b\u006c\u006d\u006e\u006f"
    "\u0070\u0071\u0072\u0073\u0074\u0075\u0076\u0077\u0078\u0079\u007a\u00e4\u00f6\u00f1\u00fc\u00e0"
)
ESCAPED = "\u000c\u005e\u007b\u007d\u005c\u005b\u007e\u005d\u007c\u20ac"


def test_the_default_alphabet_is_the_standards() -> None:
    assert (len(TABLE), frozenset(TABLE)) == (127, BASIC)


def test_the_extension_table_is_the_standards() -> None:
    assert set(ESCAPED) == EXTENSION


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments("gsm7", 0, 0)),
        ("a", Segments("gsm7", 1, 1)),
        ("a" * 160, Segments("gsm7", 160, 1)),
        ("a" * 161, Segments("gsm7", 161, 2)),
        ("a" * 306, Segments("gsm7", 306, 2)),
        ("a" * 307, Segments("gsm7", 307, 3)),
        ("€" * 80, Segments("gsm7", 160, 1)),
        ("a" + "€" * 80, Segments("gsm7", 161, 2)),
        ("a" * 152 + "€" + "a" * 153, Segments("gsm7", 307, 3)),  # the pair does not fit behind 152
        ("ê" + "a" * 69, Segments("ucs2", 70, 1)),
        ("ê" + "a" * 70, Segments("ucs2", 71, 2)),
        ("ê" + "a" * 133, Segments("ucs2", 134, 2)),
        ("ê" + "a" * 134, Segments("ucs2", 135, 3)),
        ("🚗" * 35, Segments("ucs2", 70, 1)),
        ("🚗" * 36, Segments("ucs2", 72, 2)),
        ("a" * 66 + "🚗" + "a" * 66, Segments("ucs2", 134, 3)),  # no half of a pair at a message's end
    ],
)
def test_the_count_of_a_text(text: str, expected: Segments) -> None:
    assert count_segments(text) == expected


LETTERS = st.one_of(
    st.sampled_from(TABLE), st.sampled_from(ESCAPED), st.sampled_from("êôçœ’…🚗🔧λÀ"), st.characters()
)


def slowly(text: str) -> int:
    """Messages built one letter at a time, as bits and code units, sharing nothing with the product."""
    plain = all(letter in TABLE or letter in ESCAPED for letter in text)
    pieces = (
        [7 * (2 if letter in ESCAPED else 1) for letter in text]
        if plain
        else [8 * len(letter.encode("utf-16-be", "surrogatepass")) for letter in text]
    )
    whole = 140 * 8  # bits of one message; those of several carry a header of 6 bytes
    if sum(pieces) <= whole:
        return 1 if pieces else 0
    room = whole - 6 * 8
    room -= room % (7 if plain else 16)
    messages: list[list[int]] = [[]]
    for piece in pieces:
        if sum(messages[-1]) + piece > room:
            messages.append([])
        messages[-1].append(piece)
    return len(messages)


@settings(max_examples=500, deadline=None)
@given(st.text(LETTERS, max_size=420))
@example("€" * 77 + "a" * 8)
@example("🚗" * 34)
def test_every_text_takes_what_the_slow_count_says(text: str) -> None:
    assert count_segments(text).count == slowly(text)
