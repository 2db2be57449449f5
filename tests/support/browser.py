"""Driving a real browser, and noticing whatever a page does that it must not do."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    Response,
    Route,
)

from tests.support.machine import find_browser
from tests.support.walls import is_home

AXE = Path(__file__).resolve().parents[1] / "journeys" / "vendor" / "axe.min.js"
SHOTS = "GARAGENDA_SHOTS"
HEIGHTS = {390: 844, 768: 1024, 1440: 900}
RULES_OF_LOOKS = (
    "color-contrast",
    "target-size",
    "scrollable-region-focusable",
    "link-in-text-block",
    "heading-order",
    "page-has-heading-one",
    "landmark-one-main",
    "label",
    "link-name",
    "button-name",
)
"""Those rules of axe whose verdict a width or colour scheme can change, what it hides included."""
# The last flag keeps the browser's own look-ups at home as well.
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)


@dataclass(frozen=True, slots=True)
class Look:
    """How a visitor sees the pages: width in CSS pixels, dark or light, language, with scripts or without.

    ``touch``: by fingers instead of a mouse.
    """

    width: int = 390
    dark: bool = False
    locale: str = "en"
    javascript: bool = True
    touch: bool = False

    def __str__(self) -> str:
        plain = "" if self.javascript else "-noscript"
        return f"{self.width}-{'dark' if self.dark else 'light'}-{self.locale}{plain}"


@dataclass
class Watch:
    """Collects what one visitor's pages did wrong; the fixture fails the test when there is any."""

    expected_statuses: frozenset[int]
    faults: list[str] = field(default_factory=list)

    def attach(self, context: BrowserContext) -> None:
        context.route(re.compile(".*"), self._route)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        context.on("response", self._response)

    def _route(self, route: Route, request: Request) -> None:
        host = urlsplit(request.url).hostname
        if is_home(host) or not request.url.startswith(("http", "ws")):
            route.continue_()
        else:
            self.faults.append(f"request to a foreign host: {request.url}")
            route.abort()

    def _console(self, message: ConsoleMessage) -> None:
        # A failed load is judged by its status, below. Breaches of the CSP come as errors.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _response(self, response: Response) -> None:
        status = response.status
        page_itself = response.request.is_navigation_request()
        if status >= 500 or (status >= 400 and not page_itself and status not in self.expected_statuses):
            self.faults.append(f"{status} for {response.request.method} {response.url}")


PageFor = Callable[..., Page]


@dataclass
class Visitors:
    """Opens pages as different visitors see them; ``page_for`` is its fixture."""

    browser: Browser
    _opened: list[tuple[BrowserContext, Watch]] = field(default_factory=list)

    def page(self, look: Look, *, base_url: str | None, expected_statuses: frozenset[int]) -> Page:
        context = self.browser.new_context(
            base_url=base_url,
            viewport={"width": look.width, "height": HEIGHTS.get(look.width, 900)},
            color_scheme="dark" if look.dark else "light",
            locale=look.locale,
            java_script_enabled=look.javascript,
            has_touch=look.touch,
            reduced_motion="reduce",
            service_workers="block",
        )
        context.set_default_timeout(10_000)
        watch = Watch(expected_statuses)
        watch.attach(context)
        self._opened.append((context, watch))
        return context.new_page()

    def close(self) -> list[str]:
        """End all visits; returns what went wrong in them."""
        for context, _ in self._opened:
            context.close()
        return [fault for _, watch in self._opened for fault in watch.faults]


def launch(playwright: Playwright) -> Browser:
    """Start the machine's Chromium."""
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()  # Chromium has no sandbox for root
    return playwright.chromium.launch(executable_path=find_browser(), args=[*FLAGS, *sandbox])


def change_look(page: Page, look: Look) -> None:
    """Show the page as it stands in another width and other colours; its language stays."""
    page.set_viewport_size({"width": look.width, "height": HEIGHTS.get(look.width, 900)})
    page.emulate_media(color_scheme="dark" if look.dark else "light", reduced_motion="reduce")


def assert_no_axe_violations(page: Page, rules: Sequence[str] = ()) -> None:
    """Run axe-core on the page as it stands, all its rules or some; the page needs scripts switched on.

    The size of targets (WCAG 2.2, 2.5.8) is judged as well, which axe leaves out by itself.

    The engine is handed over by the debugger, so the page's own CSP stays as strict as it is.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    asked: dict[str, object] = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
    if rules:
        asked["runOnly"] = list(rules)
    result = page.evaluate("asked => axe.run(document, asked)", asked)
    told = [
        "\n    ".join(
            [f"{found['impact']}: {found['id']}: {found['help']}", node["html"], str(node["target"])]
        )
        for found in result["violations"]
        for node in found["nodes"]
    ]
    assert not told, f"axe on {page.url}:\n" + "\n".join(told)


def shoot(page: Page, name: str, look: Look) -> None:
    """Keep a picture of the whole page in the folder named by ``GARAGENDA_SHOTS``, if it is set."""
    folder = os.environ.get(SHOTS)
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}-{look}.png", full_page=True)
