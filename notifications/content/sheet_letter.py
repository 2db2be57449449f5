"""Tomorrow's day sheet as an e-mail to the workshop: the same rows in text and in HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from app.i18n import pick, speaking
from app.tenancy.queries import WorkshopView
from app.web.filters import capital, dateformat
from app.web.filters import phone as show_phone
from booking.appointments.life_cycle import Status
from booking.customers.plates import show_plate
from calendars.board.sheet import DaySheet, SheetRow
from notifications.content.context import tidy, typed
from notifications.content.rendering import LINK


@dataclass(frozen=True, slots=True)
class CarLines:
    """One car in words: when and which, the work, who to phone, what hands must know."""

    arrives: str
    plate: str
    plate_country: str
    model: str
    work: str
    clocks: str
    customer: str
    phone: str
    remarks: str


@dataclass(frozen=True, slots=True)
class SheetPartLines:
    """A heading with its cars."""

    name: str
    cars: tuple[CarLines, ...]


@dataclass(frozen=True, slots=True)
class SheetLetter:
    """A day's sheet ready to be written; ``said`` stands in for rows when nobody comes."""

    title: str
    subject: str
    figures: str
    parts: tuple[SheetPartLines, ...]
    said: str
    label: str

    @property
    def text(self) -> str:
        """The letter without HTML; ``{link}`` stays."""
        parts = ["\n".join([part.name, *_text_of(part.cars)]) for part in self.parts]
        head = f"{self.title}\n{self.figures or self.said}"
        return "\n\n".join([head, *parts, f"{self.label}:\n{LINK}"]) + "\n"


def compose_sheet(sheet: DaySheet, workshop: WorkshopView, *, country: str, locale: str) -> SheetLetter:
    """The letter of a sheet in ``locale``; ``country`` is that of whoever phones."""
    with speaking(locale):
        day = dateformat(sheet.on, "EEEE d MMMM")
        empty = _("Nobody is booked in.") if sheet.is_open else _("The workshop is closed.")
        cars = f"{sheet.figures[0].value} {sheet.figures[0].word}" if sheet.figures else _("no cars")
        return SheetLetter(
            title=capital(day),
            subject=_(
                "Tomorrow, %(day)s: %(cars)s (%(workshop)s)", day=day, cars=cars, workshop=tidy(workshop.name)
            ),
            figures=", ".join(f"{figure.value} {figure.word}" for figure in sheet.figures),
            parts=tuple(
                SheetPartLines(
                    part.name, tuple(_car(row, country=country, locale=locale) for row in part.rows)
                )
                for part in sheet.parts
                if part.rows
            ),
            said=empty,
            label=_("Print the sheet"),
        )


def _car(row: SheetRow, *, country: str, locale: str) -> CarLines:
    visit, car, who = row.view.appointment, row.view.vehicle, row.view.customer
    undecided = [_("To confirm.")] if visit.status == Status.REQUESTED else []
    ready = _("ready %(time)s", time=row.ready).replace(" ", "\u00a0") if row.ready.time else ""
    return CarLines(
        arrives=str(row.arrives),
        plate=show_plate(car.plate, car.plate_country),
        plate_country=car.plate_country,
        model=typed(f"{car.make} {car.model}"),
        work=", ".join(tidy(pick(line.name, locale)) for line in row.view.lines),
        clocks=", ".join(filter(None, (row.work, row.technician, ready))),
        customer=typed(who.name),
        phone=show_phone(who.phone, country) if who.phone else "",
        remarks=" ".join([*undecided, *(typed(remark) for remark in row.remarks)]),
    )


def _text_of(cars: Iterable[CarLines]) -> Iterable[str]:
    """A car in three lines, the later ones set in below the first."""
    for car in cars:
        yield "  ".join(filter(None, (car.arrives, car.plate, car.model)))
        for line in (f"{car.work}, {car.clocks}", ", ".join(filter(None, (car.customer, car.phone)))):
            yield f"    {line}"
        if car.remarks:
            yield f"    {car.remarks}"
