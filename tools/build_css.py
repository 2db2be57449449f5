"""Developers' script: joins app/static/css/src/*.css into the served sheets and makes the board's positions.

`python tools/build_css.py` writes app/static/css/*.css; with `--check` it writes nothing and exits 1 when a
served sheet is not what its sources make.
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

CSS = Path(__file__).resolve().parents[1] / "app" / "static" / "css"
SOURCES = CSS / "src"

EVERYWHERE = ("tokens", "dark", "base", "plate", "controls")
SHARED = ("fields", "states", "surfaces")
SHEETS = {
    "public": (*EVERYWHERE, *SHARED, "public", "steps", "slots", "ticket", "choices"),
    "desk": (
        *EVERYWHERE,
        *SHARED,
        *("desk", "bars", "grid", "events", "agenda", "day", "drawer", "visit", "call", "slots", "settings"),
        *(
            "feeds",
            "closings",
            "phone",
            "signin",
            "choices",
            "tophone",
            "people",
            "search",
            "week",
            "carry",
            "load",
            "month",
            "keys",
        ),
    ),
    "print": (*EVERYWHERE, "print"),
    "screen": (*EVERYWHERE, "states", "screen"),
}

BOARD_STEP_MINUTES = 5
LONGEST_DAY_HOURS = 25
BOARD_STEPS_A_DAY = LONGEST_DAY_HOURS * 60 // BOARD_STEP_MINUTES
BOARD_STEPS_AN_HOUR = 60 // BOARD_STEP_MINUTES
MOST_COLUMNS = 24

_QUOTED_OR_COMMENT = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|/\*.*?\*/""", re.DOTALL)


def both_darks(rule: str) -> str:
    """Return the dark theme's `:root` rule twice: for dark systems and for pages that ask for dark.

    A page that asks for light keeps light on a dark system.
    """
    unless_light = rule.replace(":root {", ':root:where(:not([data-theme="light"])) {')
    on_request = rule.replace(":root {", '[data-theme="dark"] {')
    return f"@media (prefers-color-scheme: dark) {{\n{unless_light}}}\n{on_request}"


def squeeze(css: str) -> str:
    """Return the sheet without comments, indents and needless spaces, one rule a line; strings stay."""
    css = _QUOTED_OR_COMMENT.sub(lambda found: found.group(1) or "", css)
    css = re.sub(r"\s*\n\s*", " ", css).strip()
    css = re.sub(r"\s*([{}])\s*", r"\1", css)
    css = re.sub(r";\s*", ";", css).replace(";}", "}")
    return css.replace("}", "}\n").replace("}\n}", "}}") + "\n"


def sheet(name: str) -> str:
    """Return the served text of one sheet of SHEETS."""
    texts = []
    for part in SHEETS[name]:
        text = (SOURCES / f"{part}.css").read_text(encoding="utf-8")
        texts.append(both_darks(text) if part == "dark" else text)
    return squeeze("\n".join(texts))


def _hours(steps: int) -> str:
    return f"{steps / BOARD_STEPS_AN_HOUR:.4f}".rstrip("0").rstrip(".")


def board_rules() -> Iterator[str]:
    """Yield the classes that place things on the board and fill meters, since pages may not use `style=`.

    `.aN`, `.dN`: start and length in N steps of 5 minutes (`--a`, `--d`, in hours) · `.hN`: hour N (`--h`) ·
    `.span-N`: the board's height in N quarters of an hour (`--span`, in hours) · `.vN`: N percent (`--v`) ·
    `.colsN`: N columns (`--cols`).
    """
    for steps in range(BOARD_STEPS_A_DAY + 1):
        yield f".a{steps}{{--a:{_hours(steps)}}}"
    for steps in range(1, BOARD_STEPS_A_DAY + 1):
        yield f".d{steps}{{--d:{_hours(steps)}}}"
    for hour in range(25):
        yield f".h{hour}{{--h:{hour}}}"
    for quarters in range(1, LONGEST_DAY_HOURS * 4 + 1):
        yield f".span-{quarters}{{--span:{_hours(quarters * 3)}}}"
    for percent in range(101):
        yield f".v{percent}{{--v:{percent}}}"
    for columns in range(1, MOST_COLUMNS + 1):
        yield f".cols{columns}{{--cols:{columns}}}"


def built() -> dict[Path, str]:
    """Return every served sheet's path and text."""
    texts = {CSS / f"{name}.css": sheet(name) for name in SHEETS}
    texts[CSS / "board.css"] = "\n".join(board_rules()) + "\n"
    return texts


def main() -> int:
    """Write the sheets, or with --check say which are stale; return the exit code."""
    parser = argparse.ArgumentParser(description="Build the served style sheets from their sources.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a sheet is stale")
    check = parser.parse_args().check
    stale = False
    for path, text in built().items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale = True
        if not check:
            path.write_text(text, encoding="utf-8")
        print(f"{path.name}: {'stale, run tools/build_css.py' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
