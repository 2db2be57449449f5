"""Every page in every look: the right answer, title and language, nothing for axe, nothing cut off."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page, Response
from werkzeug.exceptions import HTTPException

from tests.journeys.pages import SCREENS
from tests.journeys.prepared import prepare
from tests.journeys.reaching import Screen
from tests.support.browser import (
    RULES_OF_LOOKS,
    Look,
    PageFor,
    assert_no_axe_violations,
    change_look,
    shoot,
)
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql
from tests.support.servers import Servers

FRENCH = [Look(320, locale="fr"), Look(390, dark=True, locale="fr"), Look(1440, locale="fr")]
"""The narrowest screen speaks French, whose words are the longer ones."""
OTHER_FRENCH = [Look(390, locale="fr"), Look(1440, dark=True, locale="fr")]
ENGLISH = [Look(width, dark=dark) for width in (390, 1440) for dark in (False, True)]
VISITS = [
    pytest.param(FRENCH, id="fr"),
    pytest.param(OTHER_FRENCH, id="fr otherwise", marks=pytest.mark.long),
    pytest.param(ENGLISH, id="en", marks=pytest.mark.long),
]
"""The looks in which one visitor sees each page, all judged; the first of them is judged as loaded, by
every rule, the others by what a look can change."""


@on_postgresql
@pytest.mark.parametrize("looks", VISITS)
def test_every_page_is_whole_and_open_to_everybody(
    database: Database, clock: MovableClock, servers: Servers, page_for: PageFor, looks: list[Look]
) -> None:
    first, *others = looks
    with database.app.app_context():
        prepared = prepare(clock, first.locale)
    page = page_for(first, base_url=servers.web(database).url)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer) if is_page(answer) else None)
    findings = []
    for screen in SCREENS:
        answers.clear()
        change_look(page, first)
        screen.reach(page, prepared)
        found = [*judge_answer(database.app, screen, answers[-1]), *judge_page(page, first)]
        shoot(page, screen.name, first)
        for look in others:
            change_look(page, look)
            found += [f"{each} ({look})" for each in judge_look(page)]
            shoot(page, screen.name, look)
        findings += [f"{screen.name}: {each}" for each in found]
    assert not findings, "\n".join(findings)


def is_page(answer: Response) -> bool:
    """Whether this is a page itself, and not a way to one."""
    return answer.request.is_navigation_request() and not 300 <= answer.status < 400


def judge_answer(app: Flask, screen: Screen, answer: Response) -> Iterator[str]:
    if answer.status != screen.status:
        yield f"answers {answer.status} at {answer.url}"
    endpoint = endpoint_of(app, answer)
    if endpoint != screen.endpoint:
        yield f"was shown by {endpoint!r} at {answer.url}"


def endpoint_of(app: Flask, answer: Response) -> str:
    try:
        path = urlsplit(answer.url).path
        return str(app.url_map.bind("").match(path, method=answer.request.method)[0])
    except HTTPException:
        return ""


def judge_page(page: Page, look: Look) -> Iterator[str]:
    if not page.title().strip():
        yield "has no title"
    language = page.locator("html").get_attribute("lang")
    if language != look.locale:
        yield f"speaks {language}"
    if page.locator("h1").count() != 1:
        yield f"has {page.locator('h1').count()} main headings"
    yield from judge_look(page, all_rules=True)


def judge_look(page: Page, *, all_rules: bool = False) -> Iterator[str]:
    wide = page.evaluate("document.scrollingElement.scrollWidth")
    if wide > page.evaluate("innerWidth"):
        yield f"is {wide} pixels wide"
    try:
        assert_no_axe_violations(page, rules=() if all_rules else RULES_OF_LOOKS)
    except AssertionError as violations:
        yield str(violations)
