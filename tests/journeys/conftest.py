"""Fixtures of the browser journeys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browser import Look, PageFor, Visitors, launch


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys of this process."""
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def page_for(browser: Browser) -> Iterator[PageFor]:
    """Opens a page for a visitor of its own, without cookies, given a look:

    ``page_for(width=390, dark=False, locale="en", javascript=True, touch=False, base_url=None,
    expected_statuses=())``. Afterwards the test fails if any of its pages asked a foreign host,
    broke the CSP, wrote an error to the console, threw, or got an error status it did not expect
    (of its own address below 500: none; of what a script fetched: ``expected_statuses``).
    """
    visitors = Visitors(browser)

    def open_page(
        look: Look | None = None,
        *,
        base_url: str | None = None,
        expected_statuses: tuple[int, ...] = (),
        **parts: object,
    ) -> Page:
        seen = look or Look(**parts)  # type: ignore[arg-type]  # checked by Look's own names
        return visitors.page(seen, base_url=base_url, expected_statuses=frozenset(expected_statuses))

    yield open_page
    faults = visitors.close()
    assert not faults, "\n".join(faults)
