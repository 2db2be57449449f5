"""One page in one state, and the ways in which a browser gets there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from tests.journeys.prepared import Prepared

Reach = Callable[[Page, Prepared], object]


@dataclass(frozen=True, slots=True)
class Screen:
    """One page in one state: how it is reached, and what the server answers there.

    ``endpoint`` is the view that rendered it; empty where no route answers.
    """

    name: str
    endpoint: str
    reach: Reach
    status: int = 200


def press(button: Locator) -> None:
    """Press, and wait for the page it leads to: a click alone may return while the old one stands."""
    with button.page.expect_navigation():
        button.click()


def at(address: Callable[[Prepared], str]) -> Reach:
    return lambda page, prepared: page.goto(address(prepared))


def fixed(address: str) -> Reach:
    return at(lambda _prepared: address)


def sent(address: Callable[[Prepared], str]) -> Reach:
    """The form of that page, sent as it stands."""

    def reach(page: Page, prepared: Prepared) -> None:
        page.goto(address(prepared))
        press(page.locator("main form [type=submit]").last)

    return reach


def sign_in(page: Page, email: str, password: str) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    press(page.locator("main [type=submit]"))
