"""The navigation of the settings: every page that parts of the house have given them, under its heading."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from app.auth.roles import Role
from app.web.registries import SettingsPage, list_settings_pages

GROUPS = {
    "workshop": _l("Workshop"),
    "team": _l("Team"),
    "customers": _l("Customers"),
    "garage": _l("Garage"),
}
"""The headings in their order."""


@dataclass(frozen=True, slots=True)
class SettingsLink:
    """One page of the settings, as it stands in a list."""

    label: Any
    note: Any
    icon: str
    href: str
    current: bool


def init_settings_nav(app: Flask) -> None:
    """Give templates ``settings_groups``."""
    app.jinja_env.globals["settings_groups"] = list_settings_groups


def list_settings_groups() -> list[tuple[Any, list[SettingsLink]]]:
    """Headings with the pages of this workshop that the member's role may open."""
    order = list(GROUPS)
    pages = [page for page in list_settings_pages() if current_user.role.may_act_as(Role(page.role))]
    pages.sort(key=lambda page: order.index(page.group))
    return [
        (GROUPS[group], [_link(page) for page in of_group])
        for group, of_group in groupby(pages, key=lambda page: page.group)
    ]


def _link(page: SettingsPage) -> SettingsLink:
    workshop = (request.view_args or {})["workshop"]
    href = url_for(page.endpoint, **{"workshop": workshop, **dict(page.values)})
    is_here = request.path == href or request.path.startswith(f"{href}/")
    return SettingsLink(page.label, page.note, page.icon, href, is_here)
