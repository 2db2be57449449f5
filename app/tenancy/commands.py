"""Commands for garages and their files, under ``flask --app wsgi garage``; in English, for operators."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import AppGroup

from app.db.unit_of_work import reading, unit_of_work
from app.errors import DomainError, InvalidInputError
from app.tenancy.garage_file.operations import Loaded, load_garage, loading_scope
from app.tenancy.garage_file.reading import read_garage_file
from app.tenancy.garage_file.report import GarageFileError
from app.tenancy.garage_file.writing import dump_garage
from app.tenancy.queries import GarageView, find_garage, list_garages, list_workshops
from app.tenancy.scope import scoped_to

garage_commands = AppGroup("garage", help="Garages and the files that describe them.")


@contextmanager
def refusals_told() -> Iterator[None]:
    """A refusal ends the command with exit code 1 and one line per reason."""
    try:
        yield
    except DomainError as error:
        for line in _lines(error):
            click.echo(f"error: {line}", err=True)
        raise SystemExit(1) from error


def load_text(text: str, *, over_desk: bool = False) -> Loaded:
    """Load a garage file's text in one transaction; raises GarageFileError with all that is wrong."""
    content = read_garage_file(text)
    with loading_scope(content["garage"]["slug"]), unit_of_work() as session:
        return load_garage(session, content=content, over_desk=over_desk)


def require_garage(slug: str) -> GarageView:
    """The garage called ``slug``; raises GarageFileError that says so if there is none."""
    with reading() as session:
        garage = find_garage(session, slug)
    if garage is None:
        raise GarageFileError([f"there is no garage {slug!r}; see: flask --app wsgi garage list"])
    return garage


@garage_commands.command("load")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--over-desk", is_flag=True, help="Also where it undoes what was set at the desk.")
def load(file: Path, *, over_desk: bool) -> None:
    """Create or update the garage that FILE describes."""
    with refusals_told():
        loaded = load_text(_read(file), over_desk=over_desk)
    for warning in loaded.warnings:
        click.echo(f"warning: {warning}", err=True)
    if loaded.is_new:
        click.echo(f"{loaded.slug}: created")
        return
    for change in loaded.changes:
        click.echo(change)
    click.echo(f"{loaded.slug}: {'updated' if loaded.changes else 'nothing changed'}")


@garage_commands.command("dump")
@click.argument("slug")
def dump(slug: str) -> None:
    """Write the garage file of the garage called SLUG."""
    with refusals_told():
        garage = require_garage(slug)
        with scoped_to(garage.id), reading() as session:
            text = dump_garage(session, slug=slug)
    click.echo(text, nl=False)


@garage_commands.command("list")
def list_all() -> None:
    """List every garage with its workshops."""
    with reading() as session:
        garages = list_garages(session)
    for garage in garages:
        with scoped_to(garage.id), reading() as session:
            workshops = ", ".join(workshop.slug for workshop in list_workshops(session, garage.id))
        click.echo(f"{garage.slug}\t{garage.name}\t{workshops}")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise GarageFileError([f"{file}: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise GarageFileError([f"{file}: must be UTF-8 text"]) from error


def _lines(error: DomainError) -> list[str]:
    if isinstance(error, GarageFileError):
        return error.problems
    if isinstance(error, InvalidInputError):
        return [f"{field}: {text}" for field, text in error.errors.items()]
    return [str(error.message)]
