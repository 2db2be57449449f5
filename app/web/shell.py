"""What every page needs: its language, and for staff the rail and the garage in scope."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import get_locale, refresh
from flask_login import current_user

from app.auth.roles import Role
from app.db.unit_of_work import reading
from app.i18n import use_locale
from app.tenancy.scope import scoped_to
from app.web.registries import (
    NavEntry,
    find_desk_search,
    list_desk_alerts,
    list_desk_keys,
    list_nav_entries,
)


@dataclass(frozen=True, slots=True)
class RailEntry:
    """One entry of the rail as the template shows it."""

    label: Any
    icon: str
    href: str
    current: bool
    count: int = 0
    key: str = ""


class Glance:
    """What every page of the desk shows of the garage: the rail with its counts, and what is amiss.

    Read in one transaction of its own when a page first shows it, so other answers pay nothing.
    """

    @property
    def rail(self) -> list[RailEntry]:
        """The rail's entries that the member's role may open."""
        return self._read[0]

    @property
    def alerts(self) -> list[str]:
        """What the whole desk should know now."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[list[RailEntry], list[str]]:
        garage_id, role = current_user.garage.id, current_user.role
        entries = [entry for entry in list_nav_entries() if role.may_act_as(Role(entry.role))]
        with reading() as session:
            counts = [entry.count(session, garage_id) if entry.count else 0 for entry in entries]
            alerts = [alert(session, garage_id, role) for alert in list_desk_alerts()]
        rail = [
            _rail_entry(entry, count)
            for entry, count in zip(entries, counts, strict=True)
            if count is not None
        ]
        return rail, [alert for alert in alerts if alert]


def init_shell(app: Flask) -> None:
    """Give templates ``lang``, and staff pages ``glance``; close the scope with the request."""
    app.context_processor(_page_context)
    app.teardown_request(_close_scope)


def open_desk() -> None:
    """For a request of signed-in staff: their garage is in scope, their language is spoken.

    That is the member's own, else the best of Accept-Language, else the garage's.
    """
    stack = g.garage_scope = ExitStack()
    stack.enter_context(scoped_to(current_user.garage.id))
    g.garage_locale = current_user.garage.locale
    refresh()  # a language may have been chosen before the member was known
    use_locale(current_user.locale)


def _rail_entry(entry: NavEntry, count: int) -> RailEntry:
    workshop = (request.view_args or {}).get("workshop")
    return RailEntry(
        label=entry.label,
        icon=entry.icon,
        href=url_for(entry.here, workshop=workshop) if entry.here and workshop else url_for(entry.endpoint),
        current=_is_here(entry),
        count=count,
        key=entry.key,
    )


def _is_here(entry: NavEntry) -> bool:
    """Whether the page is the entry's own or, where it stands for all of its part, one of that part."""
    at = request.endpoint or ""
    if entry.here:
        return at == entry.here
    return at.startswith(entry.endpoint.rpartition(".")[0] + ".")


def _page_context() -> dict[str, Any]:
    context: dict[str, Any] = {"lang": str(get_locale() or "en")}
    if "garage_scope" in g:
        context |= {"glance": Glance(), "desk_href": "/desk/", "member": current_user}
        context["keys_off"] = current_user.keys_off
        context["search_href"] = _search_href()
        context["desk_keys"] = _desk_keys()
    return context


def _desk_keys() -> list[tuple[str, str]]:
    """Each key with its address; none from where one of them leads, for a form that is being filled in."""
    workshop = (request.view_args or {}).get("workshop")
    keys = [key for key in list_desk_keys() if current_user.role.may_act_as(Role(key.role))]
    if any(request.blueprint == key.endpoint.partition(".")[0] for key in keys):
        return []
    return [
        (key.key, url_for(key.endpoint, workshop=workshop) if workshop else url_for(key.anywhere))
        for key in keys
    ]


def _search_href() -> str:
    """Where the field of this page asks: its own workshop's search, else the garage's."""
    search, workshop = find_desk_search(), (request.view_args or {}).get("workshop")
    if search is None:
        return ""
    return url_for(search.endpoint, workshop=workshop) if workshop else url_for(search.anywhere)


def _close_scope(_error: BaseException | None) -> None:
    stack = g.pop("garage_scope", None)
    if stack is not None:
        stack.close()
