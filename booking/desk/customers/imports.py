"""A list of customers from a file: send it, say what its columns mean, look at what comes of it, store it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.security.policy import staff
from booking.appointments.operations.import_customers import import_customers
from booking.customers.importing.candidates import Person, Wrong, read_people
from booking.customers.importing.columns import TARGETS, guess_columns, read_columns
from booking.customers.importing.matching import Outcome, fingerprint, match_people
from booking.customers.importing.reading import MOST_BYTES, MOST_ROWS, read_table
from booking.customers.importing.uploads import get_upload, is_over, keep_upload
from booking.customers.models import CustomerImport
from booking.desk.customers.page import target_words
from booking.errors import ImportChangedError

UPLOAD = "upload"
"""The endpoint that takes more bytes than any other form."""

SAMPLES = 3
WRONG_SHOWN = 50
PEOPLE_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Looked:
    """A file as its columns are read: who is in it, what cannot be taken, what storing would do."""

    people: list[Person]
    wrong: list[Wrong]
    outcomes: list[Outcome]

    def of(self, kind: str) -> list[Outcome]:
        """Those of one kind, in the order of the file."""
        return [outcome for outcome in self.outcomes if outcome.kind == kind]

    @property
    def doubles(self) -> int:
        """How many lines name somebody whom another line has named."""
        return sum(len(person.lines) - 1 for person in self.people)


def allow_large_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A list of ten thousand customers is longer than any other form."""
    if (endpoint or "").endswith(f".{UPLOAD}"):
        request.max_content_length = MOST_BYTES


@staff("receptionist")
def start() -> ResponseReturnValue:
    """Where a file is chosen."""
    return _start()


@staff("receptionist")
def upload() -> ResponseReturnValue:
    """Keep the file to be looked at; nothing of it is a customer yet."""
    sent = request.files.get("file")
    data = sent.read() if sent is not None else b""
    if sent is None or not sent.filename:
        return _start(_("Choose a file.")), 422
    try:
        table = read_table(data)
    except ValueError as refusal:
        return _start(str(refusal)), 422
    name = sent.filename

    def keep() -> int:
        with unit_of_work() as session:
            return keep_upload(
                session,
                garage_id=current_user.garage.id,
                file_name=name,
                table=table,
                user_id=current_user.user_id,
            ).id

    return redirect(url_for(".check", import_id=retrying_once(keep)), 303)


@staff("receptionist")
def check(import_id: int) -> ResponseReturnValue:
    """What the columns mean by their names, and what would come of it; afterwards, what came of it."""
    row = _load(import_id)
    if row.stored_at is not None:
        return render_template("booking/desk/customer_import_done.html", upload=row)
    return _gone() if is_over(row) else _look(row, guess_columns(row.header))


@staff("receptionist")
def store(import_id: int) -> ResponseReturnValue:
    """Look again with other columns; or store what was looked at, and nothing else."""
    row = _load(import_id)
    if row.stored_at is not None:
        return redirect(url_for(".check", import_id=import_id), 303)
    if is_over(row):
        return _gone()
    columns = read_columns(request.form, width=len(row.header))
    if request.form.get("do") != "store":
        return _look(row, columns)
    people, _wrong = read_people(row.rows, columns, garage=current_user.garage)

    def carry_out() -> None:
        with unit_of_work() as session:
            import_customers(
                session,
                garage_id=current_user.garage.id,
                import_id=import_id,
                people=people,
                columns=columns,
                seen=request.form.get("seen", ""),
                user_id=current_user.user_id,
            )

    try:
        retrying_once(carry_out)
    except ImportChangedError as refusal:
        return _look(row, columns, said=str(refusal.message)), refusal.status
    return redirect(url_for(".check", import_id=import_id), 303)


def _load(import_id: int) -> CustomerImport:
    with reading() as session:
        return get_upload(session, current_user.garage.id, import_id)


def _gone() -> ResponseReturnValue:
    flash(_("The file was kept for two hours. Please choose it again."), "error")
    return redirect(url_for(".start"), 303)


def _start(error: str = "") -> str:
    return render_template("booking/desk/customer_import.html", error=error, most=MOST_ROWS)


def _look(row: CustomerImport, columns: Sequence[str], *, said: str = "") -> str:
    """The columns with samples, and what storing would do; ``said``: why it is shown again."""
    garage = current_user.garage
    people, wrong = read_people(row.rows, columns, garage=garage)
    with reading() as session:
        outcomes = match_people(session, garage.id, people)
    looked = Looked(people, wrong, outcomes)
    words = target_words()
    return render_template(
        "booking/desk/customer_import_check.html",
        upload=row,
        columns=columns,
        samples=[_samples(row, number) for number in range(len(row.header))],
        targets=[("", _("Leave out")), *((name, words[name]) for name in TARGETS)],
        looked=looked,
        groups=[(kind, looked.of(kind)) for kind in ("new", "completed", "same")],
        has_name={"name", "last_name", "first_name"} & set(columns),
        seen=fingerprint(columns, outcomes),
        most_people=PEOPLE_SHOWN,
        most_wrong=WRONG_SHOWN,
        country=garage.country,
        said=said,
    )


def _samples(row: CustomerImport, number: int) -> str:
    cells = list(dict.fromkeys(cells[number] for cells in row.rows[:50] if cells[number]))
    return " · ".join(cells[:SAMPLES])
