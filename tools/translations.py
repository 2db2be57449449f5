"""Keeps the French catalogue whole: collects new texts, or with ``--check`` fails on any gap.

English is the language of the texts themselves; French lives in ``app/translations``. The
compiled catalogue is committed, so that nothing is built at run time.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PO = ROOT / "app" / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
MO = PO.with_suffix(".mo")
PACKAGES = ("app", "booking", "calendars", "notifications", "demo")
ROOF = ROOT / "wsgi.py"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "_n": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
}
HEADER_COMMENT = "# French texts of Garagenda; English stands in the code."
STRAIGHT_APOSTROPHE = re.compile(r"\w'\w")
KEPT_HEADERS = (
    "Project-Id-Version:",
    "Language:",
    "Plural-Forms:",
    "MIME-Version:",
    "Content-Type:",
    "Content-Transfer-Encoding:",
)


class FrenchCatalog(Catalog):
    """A catalogue whose header names no dates, people and tools, so that it stays the same."""

    def __iter__(self) -> Iterator[Message]:
        """The header as gettext needs it, then every text."""
        header, *texts = super().__iter__()
        lines = str(header.string).splitlines(keepends=True)
        yield Message("", "".join(line for line in lines if line.startswith(KEPT_HEADERS)))
        yield from texts


def main() -> int:
    """Update the catalogue, or check it; the exit code tells whether it is whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail on any gap")
    check = parser.parse_args().check
    catalog = build_catalog()
    problems = list_gaps(catalog)
    if not check:
        write_catalog(catalog)
    elif not is_current(catalog):
        problems.append("the catalogue is out of date: run python tools/translations.py")
    print("\n".join(problems) or f"{len(catalog)} texts, all in French")
    return 1 if problems else 0


def build_catalog() -> FrenchCatalog:
    """Every text of the code and templates, with the French it has so far."""
    known = read_catalog()
    catalog = FrenchCatalog(
        locale="fr", project="Garagenda", version="1", header_comment=HEADER_COMMENT, fuzzy=False
    )
    for wanted in collect():
        if wanted.id:
            old = known.get(wanted.id, wanted.context)
            string = old.string if old and same_forms(old, wanted) else ""
            catalog.add(wanted.id, string, wanted.locations, wanted.flags, context=wanted.context)
    return catalog


def collect() -> Catalog:
    """Every text of the product that a person may see."""
    found = Catalog(locale="fr")
    for package in PACKAGES:
        for path, _line, text, _comments, context in extract_from_dir(
            str(ROOT / package), METHODS, OPTIONS, keywords=KEYWORDS
        ):
            # Line numbers change with every edit and say nothing.
            found.add(text, None, [(f"{package}/{path}".replace("\\", "/"), 0)], context=context)
    roof: list[Any] = extract_from_file("python", str(ROOF), keywords=KEYWORDS)
    for _line, text, _comments, context in roof:
        found.add(text, None, [(ROOF.name, 0)], context=context)
    return found


def read_catalog() -> Catalog:
    """The French catalogue as it stands; empty when there is none."""
    if not PO.is_file():
        return Catalog(locale="fr")
    with PO.open("rb") as file:
        return read_po(file, locale="fr")


def same_forms(old: Message, new: Message) -> bool:
    """Whether both have a plural, or neither."""
    return old.pluralizable == new.pluralizable


def list_gaps(catalog: Catalog) -> list[str]:
    """Texts without French, placeholders that differ between a text and its French, straight apostrophes."""
    texts = [message for message in catalog if message.id]
    missing = [f"missing French: {message.id!r}" for message in texts if not is_whole(message)]
    whole = [message for message in texts if is_whole(message)]
    differing = [f"{error}: {message.id!r}" for message in whole for error in message.check(catalog)]
    straight = [
        f"straight apostrophe, write ’: {form!r}"
        for form in forms_of(texts)
        if STRAIGHT_APOSTROPHE.search(form)
    ]
    return missing + differing + straight


def forms_of(texts: list[Message]) -> Iterator[str]:
    """Every form of every text, in English and in French."""
    for message in texts:
        for language in (message.id, message.string):
            yield from language if isinstance(language, tuple | list) else (language,)


def is_whole(message: Message) -> bool:
    """Whether every form of the text is translated."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(forms) and all(forms) and not message.fuzzy


def write_catalog(catalog: Catalog) -> None:
    """Write both files; a second run writes the same bytes."""
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(render(catalog))
    MO.write_bytes(compile_catalog(catalog))


def is_current(catalog: Catalog) -> bool:
    """Whether both files hold exactly this catalogue."""
    return (
        PO.is_file()
        and MO.is_file()
        and PO.read_bytes() == render(catalog)
        and MO.read_bytes() == compile_catalog(catalog)
    )


def render(catalog: Catalog) -> bytes:
    """The catalogue as a file, in the order of its texts."""
    out = io.BytesIO()
    write_po(out, catalog, sort_output=True, width=110, include_lineno=False)
    return out.getvalue()


def compile_catalog(catalog: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
