"""Who may call a route: said on the view itself. A route that says nothing is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

Kind = Literal["public", "link", "entrance", "staff", "machine"]
ATTRIBUTE = "__garagenda_policy__"


@dataclass(frozen=True, slots=True)
class Policy:
    """``public``: anyone, no cookie. ``link``: the holder of a token, no cookie. ``entrance``:
    sign-in and out. ``staff``: a signed-in member with ``role`` or more. ``machine``: probes."""

    kind: Kind
    role: str = ""


def declare(kind: Kind, *, role: str = "") -> Callable[[F], F]:
    """Mark a view with its policy."""

    def mark(view: F) -> F:
        setattr(view, ATTRIBUTE, Policy(kind=kind, role=role))
        return view

    return mark


def public(view: F) -> F:
    """Anyone may call it; it touches no session."""
    return declare("public")(view)


def by_link(view: F) -> F:
    """The token in the address is the right to call it; it touches no session."""
    return declare("link")(view)


def entrance(view: F) -> F:
    """Sign-in and sign-out: a session and a CSRF token, no account needed."""
    return declare("entrance")(view)


def staff(role: str) -> Callable[[F], F]:
    """Only a signed-in member of the garage with this role or a higher one."""
    return declare("staff", role=role)


def machine(view: F) -> F:
    """Probes and metrics."""
    return declare("machine")(view)


def policy_of(view: Callable[..., Any]) -> Policy | None:
    """The policy declared on a view, looking through decorators."""
    current: Any = view
    while current is not None:
        found = getattr(current, ATTRIBUTE, None)
        if found is not None:
            return found  # type: ignore[no-any-return]  # set by declare() alone
        current = getattr(current, "__wrapped__", None)
    return None
