"""Keeps the French catalogue whole: ``update`` collects new texts, ``--check`` fails on any gap.

English is the language of the texts themselves; French lives in ``app/translations``. The
compiled catalogue is committed, so that nothing is built at run time.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.checkers import checkers
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PO = ROOT / "app" / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
MO = PO.with_suffix(".mo")
PACKAGES = ("app", "booking", "calendars", "notifications", "demo")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "_n": (1, 2),
    "lazy_ngettext": (1, 2),
}


def main() -> int:
    """Update the catalogue, or check it; the exit code tells whether it is whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail on any gap")
    check = parser.parse_args().check
    catalog = read_catalog()
    wanted = collect()
    before = render(catalog)
    catalog.update(wanted, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    problems = [f"missing French: {message.id!r}" for message in catalog if message.id and not is_whole(message)]
    problems += [f"{error}: {message.id!r}" for message in catalog if message.id for error in faults(message)]
    compiled = compile_catalog(catalog)
    if not check:
        PO.parent.mkdir(parents=True, exist_ok=True)
        PO.write_bytes(render(catalog))
        MO.write_bytes(compiled)
    elif render(catalog) != before or not MO.is_file() or MO.read_bytes() != compiled:
        problems.append("the catalogue is out of date: run python tools/translations.py")
    print("\n".join(problems) or f"{len(catalog)} texts, all in French")
    return 1 if problems else 0


def collect() -> Catalog:
    """Every text of the product that a person may see."""
    found = Catalog(locale="fr", project="Garagenda", charset="utf-8")
    for package in PACKAGES:
        for path, line, text, comments, context in extract_from_dir(
            str(ROOT / package), METHODS, OPTIONS, keywords=KEYWORDS
        ):
            place = f"{package}/{path}".replace("\\", "/")
            found.add(text, None, [(place, 0)], auto_comments=comments, context=context)
            del line  # line numbers change with every edit and say nothing
    return found


def read_catalog() -> Catalog:
    """The French catalogue as it stands."""
    if not PO.is_file():
        return Catalog(locale="fr", charset="utf-8", fuzzy=False)
    with PO.open("rb") as file:
        catalog = read_po(file, locale="fr")
    catalog.fuzzy = False
    catalog.project, catalog.version = "Garagenda", "1"
    catalog.header_comment = "# French texts of Garagenda; English stands in the code."
    return catalog


def is_whole(message: Message) -> bool:
    """Whether every form of the text is translated."""
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    return bool(forms) and all(forms) and not message.fuzzy


def faults(message: Message) -> list[str]:
    """Placeholders that differ between the text and its translation."""
    found = []
    for checker in checkers:
        try:
            checker(None, message)
        except Exception as error:  # noqa: BLE001  # Babel's checkers raise their own TranslationError
            found.append(str(error))
    return found if is_whole(message) else []


def render(catalog: Catalog) -> bytes:
    """The catalogue as a file, in the order of its texts, without dates and line numbers."""
    out = io.BytesIO()
    write_po(out, catalog, sort_output=True, omit_header=False, width=110, include_lineno=False)
    lines = out.getvalue().decode().splitlines(keepends=True)
    dated = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team", "Generated-By", "Report-Msgid")
    return "".join(line for line in lines if not line.startswith(tuple(f'"{name}' for name in dated))).encode()


def compile_catalog(catalog: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
