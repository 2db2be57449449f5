"""From the text of a garage file to checked content; touches no database."""

from __future__ import annotations

import tomllib

from app.tenancy.garage_file.kinds import WRONG, Table, Tables, Values, report_unknown
from app.tenancy.garage_file.registry import Content, list_parts, list_sections
from app.tenancy.garage_file.report import GarageFileError, Report


def read_garage_file(text: str) -> Content:
    """The content of ``text``, every key checked; raises GarageFileError with all that is wrong."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise GarageFileError([f"not a TOML file: {error}"]) from error
    report = Report()
    content = _read(document, report)
    if not report.problems:
        for part in (*list_parts("garage"), *list_parts("workshop")):
            part.check(content, report)
    if report.problems:
        raise GarageFileError(report.problems)
    return content


def list_warnings(content: Content) -> list[str]:
    """What may be loaded but is hardly meant, by path."""
    warnings = [] if content["workshop"] else ["workshop: there is none, so nobody can book"]
    for part in (*list_parts("garage"), *list_parts("workshop")):
        warnings += part.advise(content)
    return warnings


def table_of(name: str) -> Table:
    """The shared table ``garage`` or ``workshop`` with everybody's keys."""
    return Table(tuple(key for part in list_parts(name) for key in part.keys))


def _read(document: Values, report: Report) -> Content:
    sections = {section.name: section.kind for section in list_sections()}
    report_unknown(document, names=["garage", "workshop", *sections], report=report)
    content: Content = {}
    if "garage" in document:
        content["garage"] = table_of("garage").read(document["garage"], report.at("garage"))
    else:
        report.at("garage").add("is required")
        content["garage"] = WRONG
    workshops = Tables(table_of("workshop"), unique="slug")
    for name, kind in {"workshop": workshops, **sections}.items():
        content[name] = kind.read(document.get(name, []), report.at(name))
    return content
