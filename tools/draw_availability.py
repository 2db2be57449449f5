"""Developers' script: draws the example of docs/availability.md from what the engine answers.

`python tools/draw_availability.py` writes docs/pictures/availability.svg and the tables between the marks
in docs/availability.md; with `--check` it writes nothing and exits 1 when one is not what the engine says.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from booking.availability.engine.model import Placement  # noqa: E402 - after the path above
from booking.availability.engine.why import REASONS  # noqa: E402
from tools.availability_example import (  # noqa: E402 - after the path above
    BAY_1,
    BAY_2,
    BRAKES,
    EARLY_DAY,
    GRID_MINUTES,
    KARIM,
    NADIA,
    NAMES,
    OIL,
    OPEN_DAY,
    TAKEN,
    Answer,
    ask,
    at,
    clock,
    said,
)

PAGE = ROOT / "docs" / "availability.md"
PICTURE = ROOT / "docs" / "pictures" / "availability.svg"

WORDS = {
    "notice": "Notice: the workshop wants two hours' warning",
    "no_bay": "No bay: each lift is taken for part of the work",
    "no_technician": "No technician: nobody at work is free throughout",
    "both_busy": "No bay and no technician is free throughout",
    "never_together": "A bay is free, a technician is free, but never at the same time",
    "not_in_time": "The work would not be done before the workshop closes",
    "reception": "Reception: another car arrives then, and the desk takes one at a time",
    "drop_off_time": "Cars to be left are taken in until 10:30",
}

WIDTH, LEFT, RIGHT, TOP = 960, 92, 16, 48
LANE, GAP, CHIP = 34, 8, 30
FIRST, LAST = clock("08:00"), clock("18:00")
SCALE = (WIDTH - LEFT - RIGHT) / (LAST - FIRST)
LANES = (NADIA, KARIM, BAY_1, BAY_2)
SHOWN = "10:30"
LEGEND = (
    "Green: at work and free. Blue: cars booked. Amber: leave, blocked. Grey: not at work.",
    f"Dashed: where an oil change at {SHOWN} would go. Filled times are offered, dashed ones are not.",
)
STYLE = """
  .page{fill:#ffffff}.lane{fill:#e1f5e8}.off{fill:#ebeef3}.job{fill:#e9effe;stroke:#2c5fe0}
  .leave,.block{fill:#fff3da;stroke:#b86e00}
  .new{fill:#ffffff;stroke:#17864a;stroke-width:2;stroke-dasharray:5 3}
  .yes{fill:#17864a}.no{fill:none;stroke:#7f8a99;stroke-dasharray:3 3}.line{stroke:#dde2e9}
  text{font:13px system-ui,sans-serif;fill:#11151b}.dim{fill:#5d6875}.on{fill:#ffffff;font-weight:600}
  .title{font-size:14px;font-weight:600}.chip{font-size:12px}
  @media (prefers-color-scheme:dark){
  .page{fill:#141920}.lane{fill:#12331f}.off{fill:#212833}.job{fill:#1a2748;stroke:#5f8bff}
  .leave,.block{fill:#3a2b0c;stroke:#d99a2b}.new{fill:#141920;stroke:#3fc47b}.yes{fill:#17864a}
  .no{stroke:#6d7a8c}.line{stroke:#29313d}text{fill:#edf1f5}.dim{fill:#929ead}.on{fill:#ffffff}}
"""


def main() -> int:
    """Write picture and tables, or with --check say what is stale; return the exit code."""
    parser = argparse.ArgumentParser(description="Draw the example of docs/availability.md.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail when something is stale")
    check = parser.parse_args().check
    oil, brakes = ask(OIL), ask(BRAKES)
    page = PAGE.read_text(encoding="utf-8")
    check_reasons(page)
    texts = {PICTURE: draw(oil), PAGE: fill(fill(page, "wait", table(oil)), "drop-off", table(brakes))}
    stale = False
    for path, text in texts.items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale = True
        if not check:
            path.write_text(text, encoding="utf-8")
        print(f"{path.name}: {'stale, run tools/draw_availability.py' if check else 'written'}")
    return 1 if check and stale else 0


def check_reasons(page: str) -> None:
    """Stop where the page's list of reasons is not the engine's, in its order."""
    listed = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    if listed != list(REASONS):
        raise SystemExit(f"{PAGE.name} lists {listed}, the engine says {list(REASONS)}")


def fill(page: str, name: str, text: str) -> str:
    """The page with what stands between the marks of ``name`` replaced."""
    start, end = f"<!-- {name}: written by tools/draw_availability.py -->", f"<!-- {name} ends -->"
    pattern = re.compile(re.escape(start) + ".*?" + re.escape(end), re.DOTALL)
    found, count = pattern.subn(lambda _: f"{start}\n{text}\n{end}", page)
    if count != 1:
        raise SystemExit(f"{PAGE.name} has no place for {name}")
    return found


def table(answers: list[Answer]) -> str:
    """One row an offered arrival, with place and promise, and one a run of arrivals with one reason."""
    rows = ["| arrival | offered? | why, or where |", "|---|---|---|"]
    for reason, run in groupby(answers, key=lambda answer: answer.reason):
        same = list(run)
        if reason:
            times = "–".join(dict.fromkeys((said(same[0].arrives_at), said(same[-1].arrives_at))))
            rows.append(f"| {times} | no | {WORDS[reason]} (`{reason}`) |")
        else:
            rows += [_offered(each.placement) for each in same if each.placement]
    return "\n".join(rows)


def _offered(placed: Placement) -> str:
    where = f"{NAMES[placed.technician.resource_id]}, {NAMES[placed.bay.resource_id]}"
    work = f"{said(placed.work_starts_at)}–{said(placed.work_ends_at)}"
    return f"| {said(placed.arrives_at)} | **yes** | {where}, work {work}, ready {said(placed.ready_at)} |"


def draw(answers: list[Answer]) -> str:
    """The day as an SVG picture that follows the reader's light or dark theme."""
    height = TOP + len(LANES) * (LANE + GAP) + 2 * CHIP + 54
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="title">\n<title id="title">{_title(answers)}</title>\n<style>{STYLE}</style>\n'
        f'<rect class="page" width="{WIDTH}" height="{height}" rx="12"/>\n'
    )
    parts = [*_hours(height), *_lanes(), *_taken(), *_example(answers), *_chips(answers)]
    return head + "\n".join(parts) + "\n</svg>\n"


def _title(answers: list[Answer]) -> str:
    times = [said(answer.arrives_at) for answer in answers if answer.placement]
    return "Which arrivals are offered for an oil change with waiting: " + ", ".join(times)


def _x(minute: int) -> float:
    return round(LEFT + (minute - FIRST) * SCALE, 1)


def _y(resource_id: int) -> int:
    return TOP + LANES.index(resource_id) * (LANE + GAP)


def _minute(instant: int) -> int:
    return instant - at(0)


def _box(kind: str, span: tuple[int, int], y: int) -> str:
    x, width = _x(span[0]), round((span[1] - span[0]) * SCALE, 1)
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{LANE}" rx="5"/>'


def _hours(height: int) -> Iterator[str]:
    for minute in range(FIRST, LAST + 1, 60):
        yield f'<line class="line" x1="{_x(minute)}" x2="{_x(minute)}" y1="{TOP - 8}" y2="{height - 106}"/>'
        anchor = "end" if minute == LAST else "middle"
        yield _text("dim", (_x(minute), TOP - 16), f"{minute // 60}:00", anchor=anchor)


def _lanes() -> Iterator[str]:
    for resource_id in LANES:
        y = _y(resource_id)
        yield f'<text class="title" x="16" y="{y + 22}">{NAMES[resource_id]}</text>'
        yield _box("off", (FIRST, LAST), y)
        spans = EARLY_DAY if resource_id == NADIA else OPEN_DAY
        yield from (_box("lane", span, y) for span in spans)


def _taken() -> Iterator[str]:
    for row in TAKEN:
        y = _y(row.resource_id)
        yield _box(row.kind, (row.starts, row.ends), y)
        yield f'<text x="{_x(row.starts) + 7}" y="{y + 22}">{escape(row.label)}</text>'


def _example(answers: list[Answer]) -> Iterator[str]:
    """The rows that the visit of ``SHOWN`` would take: technician and bay, turnaround included."""
    placed = next(each.placement for each in answers if said(each.arrives_at) == SHOWN)
    assert placed is not None
    for row in (placed.technician, placed.bay):
        y = _y(row.resource_id)
        yield _box("new", (_minute(row.starts_at), _minute(row.ends_at)), y)
        yield f'<text x="{_x(_minute(row.starts_at)) + 7}" y="{y + 22}">oil</text>'


def _chips(answers: list[Answer]) -> Iterator[str]:
    """Every arrival of the grid: filled where it is offered, dashed where not."""
    top = TOP + len(LANES) * (LANE + GAP) + 22
    yield f'<text class="title" x="16" y="{top + 20}">Arrivals</text>'
    width = round(GRID_MINUTES * SCALE - 4, 1)
    for answer in answers:
        x, y = _x(_minute(answer.arrives_at)) + 2, top
        on = answer.placement is not None
        kind = "yes" if on else "no"
        yield f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{CHIP}" rx="6"/>'
        middle, look = round(x + width / 2, 1), "on" if on else "dim"
        yield _text(f"chip {look}", (middle, y + 19), said(answer.arrives_at), anchor="middle")
    for number, words in enumerate(LEGEND):
        yield _text("dim", (LEFT, top + CHIP + 26 + 18 * number), words)


def _text(look: str, place: tuple[float, int], words: str, *, anchor: str = "start") -> str:
    x, y = place
    return f'<text class="{look}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'


if __name__ == "__main__":
    raise SystemExit(main())
