"""Developers' script: renders every macro on static pages, to be looked at without the product's data.

`python -m tools.kit_preview FOLDER [--locale fr]` writes one page per template of tools/kit/ into FOLDER.
"""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, render_template
from flask_babel import Babel, get_locale
from jinja2 import ChoiceLoader, FileSystemLoader

from app.web.accent import accent_sheet
from app.web.icons import init_icons

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "app" / "static"
PAGES = ROOT / "tools" / "kit"
SHOWN_ACCENT = "#a63a12"

STATES = (
    *("requested", "confirmed", "arrived", "in_progress", "waiting_parts", "ready", "collected"),
    *("cancelled", "declined", "expired", "no_show"),
)


def demo_app(locale: str) -> Flask:
    """An application that can render templates in ``locale`` and nothing else."""
    app = Flask("kit", template_folder=str(ROOT / "app" / "templates"), static_folder=None)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "app" / "translations")
    app.secret_key = "only for looking"  # noqa: S105 - signs nothing that leaves this process
    Babel(app, locale_selector=lambda: locale)
    init_icons(app)
    app.jinja_loader = ChoiceLoader([FileSystemLoader(ROOT / "app" / "templates"), FileSystemLoader(PAGES)])
    app.jinja_env.globals.update(
        asset=lambda name: (STATIC / name).as_uri(),
        csrf_token=lambda: "token",
        lang=locale,
        states=STATES,
    )
    return app


def sample_days() -> list[dict[str, Any]]:
    """A week of the day strip: every level, a full and a closed day."""
    kinds = [(2, "open"), (3, "open"), (1, "open"), (0, "full"), (3, "open"), (0, "closed"), (3, "open")]
    first = date(2026, 11, 24)
    days = []
    for offset, (level, state) in enumerate(kinds):
        day = first + timedelta(days=offset)
        days.append(
            {
                "weekday": f"{day:%a}",
                "number": day.day,
                "level": level,
                "state": state,
                "current": offset == 0,
            }
            | {"href": f"#{day}" if state == "open" else ""}
        )
    return days


def sample_slots() -> list[dict[str, Any]]:
    """A morning with a time that has just gone, and an afternoon with more than twelve."""
    morning = ["8:30", "9:15", "10:00", "11:30"]
    afternoon = [f"{hour}:{minute:02}" for hour in range(13, 18) for minute in (0, 20, 40)]
    return [
        {
            "title": "Morning",
            "note": "Tuesday 24 November",
            "slots": [_slot(at, gone=at == "9:15") for at in morning],
        },
        {"title": "Afternoon", "slots": [_slot(at) for at in afternoon]},
    ]


def _slot(at: str, *, gone: bool = False) -> dict[str, Any]:
    return {"value": at, "label": at, "said": f"Tue 24 Nov at {at}", "gone": gone}


def sample_nav() -> list[dict[str, Any]]:
    """The desk's rail as an owner sees it."""
    rows = [
        ("Day", "cal", 0),
        ("List", "list", 0),
        ("Waitlist", "hour", 3),
        ("Calls", "callback", 2),
        ("People", "users", 0),
    ]
    entries = [{"label": label, "icon": name, "href": "#", "count": count} for label, name, count in rows]
    entries[0]["current"] = True
    return [*entries, {"label": "Settings", "icon": "sliders", "href": "#", "at_end": True}]


def sample_brand() -> dict[str, str]:
    """The garage of the pictures."""
    return {
        "name": "Garage des Tilleuls",
        "initials": "GT",
        "address": "12 rue des Tilleuls, Rennes",
        "phone": "+33261910012",
        "phone_shown": "02 61 91 00 12",
        "home_href": "#",
    }


def main() -> None:
    """Write the pages."""
    parser = argparse.ArgumentParser(description="Render the kit to static pages.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--locale", default="en")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    accent = asked.folder / "accent.css"
    accent.write_text(accent_sheet(SHOWN_ACCENT), encoding="utf-8")
    app = demo_app(asked.locale)
    for page in sorted(PAGES.glob("*.html")):
        with app.test_request_context():
            text = render_template(
                page.name,
                brand=sample_brand(),
                languages=[{"code": "fr", "name": "Français", "href": "#"}],
                footer_links=[{"label": "Your data", "href": "#"}, {"label": "Accessibility", "href": "#"}],
                glance={"rail": sample_nav(), "alerts": []},
                days=sample_days(),
                groups=sample_slots(),
                accent_sheet_href=accent.as_uri(),
                locale=str(get_locale()),
            )
        (asked.folder / page.name).write_text(text, encoding="utf-8")
        print(asked.folder / page.name)


if __name__ == "__main__":
    main()
