"""Files as spreadsheets and strangers write them: any encoding and separator, a table or a refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.customers.importing.columns import TARGETS, guess_columns, read_columns
from booking.customers.importing.reading import MOST_COLUMNS, MOST_OF_A_CELL, MOST_ROWS, read_table

NAMES = 'Nom{0}Prénom{0}Téléphone\n"Roche{0} dite Inès"{0}Inès{0}0639981427\n\nPerrot{0}Élodie{0}\n'


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_separators_and_line_ends_make_no_difference(
    separator: str, encoding: str, end: str
) -> None:
    table = read_table(NAMES.format(separator).replace("\n", end).encode(encoding))
    assert table.header == ("Nom", "Prénom", "Téléphone")
    said = " ".join(f"Roche{separator} dite Inès".split())
    assert table.rows == ((said, "Inès", "0639981427"), ("Perrot", "Élodie", ""))


def test_a_row_is_as_long_as_the_header_and_a_cell_is_cut() -> None:
    table = read_table(b"name;phone\na;1;2;3\nb\n" + b"x" * 1000 + b";\n")
    assert table.rows == (("a", "1"), ("b", ""), ("x" * MOST_OF_A_CELL, ""))


def test_the_separator_is_the_one_that_parts_the_lines_alike() -> None:
    table = read_table(b"name,notes\nRoche,a;b;c;d\nPerrot,e;f")
    assert table.header == ("name", "notes")
    assert read_table(b"name\nRoche\n").rows == (("Roche",),)


REFUSED = [
    (b"", "empty"),
    (b"\xef\xbb\xbf", "empty"),
    (b"\n;;\n  \n", "empty"),
    (b"name;phone\n", "only one line"),
    (b"PK\x03\x04rest", "workbook"),
    (b"\xd0\xcf\x11\xe0rest", "workbook"),
    (b"name\x00;phone\nx;y\n", "not a list of text"),
    (bytes(range(256)) * 4, "not a list of text"),
    (b";".join([b"c"] * (MOST_COLUMNS + 1)) + b"\nx\n", "At most 60 columns"),
    (b"name\n" + b"x\n" * (MOST_ROWS + 1), "At most 10000 lines"),
    (b'name;phone\n"' + b"x" * 200_000, "quotation mark"),
]


@pytest.mark.parametrize(("data", "said"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_list_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_table(data)


@given(st.binary(max_size=600) | st.text(alphabet='ab;,\t"\n\r\x00é', max_size=300).map(str.encode))
def test_any_bytes_are_a_table_or_refused_in_words(data: bytes) -> None:
    said, widths = "", {1}
    try:
        table = read_table(data)
    except ValueError as refusal:
        said = str(refusal)
    else:
        widths = {len(row) for row in (table.header, *table.rows)}
    assert len(widths) == 1
    assert not said or said.endswith((".", "?"))


def test_columns_are_guessed_from_french_and_english_headers() -> None:
    assert guess_columns(["Nom", "Prénom", "Tél.", "E-mail", "Immat."]) == [
        *("last_name", "first_name", "phone", "email", "plate"),
    ]
    assert guess_columns(["Nom", "Portable", "Téléphone", "Remarque"]) == [
        "name",
        "phone",
        "second_phone",
        "",
    ]
    assert guess_columns(["Customer name", "Mobile", "Registration", "Make", "Model", "Name"]) == [
        *("name", "phone", "plate", "make", "model", ""),
    ]


def test_a_choice_of_columns_counts_once_and_only_for_what_there_is() -> None:
    form = {"column_0": "name", "column_1": "name", "column_2": "garage_id", "column_9": "phone"}
    assert read_columns(form, width=4) == ["name", "", "", ""]
    assert "garage_id" not in TARGETS
