"""What names, numbers and plates are found by, and what a slip is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.customers.search.question import MOST_TYPED, Question, read_question
from booking.customers.search.terms import (
    fold,
    fold_plate,
    is_slip,
    list_name_terms,
    list_phone_terms,
    list_plate_terms,
    list_slips,
    split_words,
)

LETTERS = st.text("abcde", min_size=4, max_size=8)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Quéméner", "quemener"),
        ("STRAUSS", "strauss"),
        ("Strauß", "strauss"),
        ("Łukasz", "lukasz"),
        ("Søren Ægir", "soren aegir"),
        ("Ελένη", "ελενη"),
        ("Νίκος", fold("ΝΊΚΟΣ")),
        ("İpek", "ipek"),
    ],
)
def test_accents_and_capitals_make_no_difference(text: str, folded: str) -> None:
    assert fold(text) == folded


def pairs_of(name: str) -> set[tuple[str, str]]:
    return {(term.term, term.rest) for term in list_name_terms(name) if term.kind == "name"}


def test_a_name_is_found_by_its_words_in_either_order() -> None:
    assert pairs_of("Camille Perrot") == {("camille", "perrot"), ("perrot", "camille")}
    assert pairs_of("Garagiste") == {("garagiste", "")}


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        ("Yann Le Bozec", ("lebozec", "yann")),
        ("Yann Le Bozec", ("yann", "lebozec")),
        ("Yann Le Bozec", ("bozec", "yann")),
        ("Sean O’Brien", ("obrien", "sean")),  # as people write it
        ("Jean-Pierre Riou", ("jeanpierre", "riou")),
        ("Jean-Pierre Riou", ("riou", "pierre")),
        ("Ludo van der Berg", ("vanderberg", "ludo")),
        ("Le Bozec", ("lebozec", "")),
    ],
)
def test_compound_names_are_found_as_one_word_and_as_several(name: str, pair: tuple[str, str]) -> None:
    assert pair in pairs_of(name)


@given(st.text(max_size=80))
def test_no_name_has_more_than_a_few_hundred_terms(name: str) -> None:
    terms = list_name_terms(name)
    assert len(terms) == len(set(terms)) <= 400


def test_a_plate_is_found_by_any_part() -> None:
    terms = [term for _, term in list_plate_terms("GA482QT")]
    assert all(
        any(term.startswith(fold_plate(part)) for term in terms) for part in ("482", "qt", "a-4", "GA 482")
    )
    assert list_plate_terms("") == []


def test_letters_taken_for_digits_find_the_plate() -> None:
    assert fold_plate("BO12 OIL") == fold_plate("b012-01l")


def test_a_number_is_found_from_either_end() -> None:
    assert list_phone_terms("+33639981427") == [("phone", "33639981427"), ("phone_end", "72418993633")]


@pytest.mark.parametrize(
    ("typed", "word", "expected"),
    [
        ("perot", "perrot", True),
        ("perrrot", "perrot", True),
        ("perrat", "perrot", True),
        ("perrto", "perrot", True),
        ("errot", "perrot", True),
        ("perro", "perrot", True),
        ("perrot", "perrot", False),
        ("pero", "perrot", False),
        ("eprrto", "perrot", False),
        ("prerto", "perrot", False),
    ],
)
def test_one_slip_is_a_letter_more_less_another_or_two_changed_about(
    typed: str, word: str, expected: bool
) -> None:
    assert is_slip(typed, word) is expected


@given(LETTERS, LETTERS)
def test_a_slip_is_what_the_textbook_says_and_always_shares_a_spelling(one: str, other: str) -> None:
    assert is_slip(one, other) is (distance(one, other) == 1)
    if is_slip(one, other):
        assert set(list_slips(one)) & set(list_slips(other))


@given(
    LETTERS, st.integers(0, 7), st.sampled_from("abcde"), st.sampled_from(["more", "less", "other", "about"])
)
def test_every_single_slip_is_one(word: str, at: int, letter: str, way: str) -> None:
    at %= len(word)
    slipped = {
        "more": word[:at] + letter + word[at:],
        "less": word[:at] + word[at + 1 :],
        "other": word[:at] + letter + word[at + 1 :],
        "about": word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
    }[way]
    assert slipped == word or is_slip(slipped, word)


def distance(one: str, other: str) -> int:
    """Damerau and Levenshtein's table, for adjacent letters, as textbooks have it."""
    table = {(row, -1): row + 1 for row in range(-1, len(one))} | {
        (-1, column): column + 1 for column in range(-1, len(other))
    }
    for row, left in enumerate(one):
        for column, right in enumerate(other):
            best = min(
                table[row - 1, column] + 1,
                table[row, column - 1] + 1,
                table[row - 1, column - 1] + (left != right),
            )
            if row and column and left == other[column - 1] and one[row - 1] == right:
                best = min(best, table[row - 2, column - 2] + 1)
            table[row, column] = best
    return table[len(one) - 1, len(other) - 1]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("ga-482 qt", Question(plate="GA482QT", words=("ga", "qt"))),
        ("482", Question(plate="482", phone=("33482",), phone_end="482")),
        ("06 39 98", Question(plate="063998", phone=("3363998", "33063998"), phone_end="63998")),
        ("+33 (0)6 39 98 14 27", Question("330639981427", ("33639981427",), "33639981427")),
        ("0033.6.39", Question(plate="0033639", phone=("33639",), phone_end="33639")),
        ("Pérrot", Question(plate="PERR0T", words=("perrot",))),
        ("d’Artagnan Charles", Question(words=("d", "artagnan", "charles"))),  # as people write it
        ("1", Question()),
        ("é", Question()),
        ("  --  ", Question()),
        ("\x00", Question()),
        ("a" * 500, Question(words=("a" * MOST_TYPED,))),
    ],
)
def test_what_is_typed_may_mean_several_things(text: str, question: Question) -> None:
    assert read_question(text, country="FR") == question


def test_without_numbers_only_plates_and_names_are_meant() -> None:
    assert read_question("0639981427", country="FR", by_phone=False) == Question(plate="0639981427")


@given(st.text(max_size=200))
def test_anything_may_be_typed(text: str) -> None:
    question = read_question(text, country="FR")
    assert "\x00" not in repr(question)
    assert len(split_words(text)) <= 6
