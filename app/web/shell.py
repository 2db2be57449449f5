"""What every page needs: its language, and for staff the rail and the garage in scope."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import get_locale, refresh
from flask_login import current_user

from app.auth.roles import Role
from app.i18n import use_locale
from app.tenancy.scope import scoped_to
from app.web.registries import list_nav_entries


@dataclass(frozen=True, slots=True)
class RailEntry:
    """One entry of the rail as the template shows it."""

    label: Any
    icon: str
    href: str
    current: bool
    count: int = 0


def init_shell(app: Flask) -> None:
    """Give templates ``lang``, and staff pages ``nav_entries``; close the scope with the request."""
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


def rail() -> list[RailEntry]:
    """The rail's entries that the member's role may open."""
    return [
        RailEntry(
            label=entry.label,
            icon=entry.icon,
            href=url_for(entry.endpoint),
            current=(request.endpoint or "").startswith(entry.endpoint.rpartition(".")[0] + "."),
        )
        for entry in list_nav_entries()
        if current_user.role.may_act_as(Role(entry.role))
    ]


def _page_context() -> dict[str, Any]:
    context: dict[str, Any] = {"lang": str(get_locale() or "en")}
    if "garage_scope" in g:
        context |= {"nav_entries": rail(), "desk_href": "/desk/", "member": current_user}
    return context


def _close_scope(_error: BaseException | None) -> None:
    stack = g.pop("garage_scope", None)
    if stack is not None:
        stack.close()
