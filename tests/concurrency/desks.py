"""Receptionists at real servers, each with a browser's cookies."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from tests.concurrency.at_once import Answer, Request
from tests.factories.staff import PASSWORD, csrf_token


class Desk:
    """A receptionist's browser, signed in: it reads pages, and sends forms at the same moment as others."""

    def __init__(self, url: str, email: str) -> None:
        self.url = url
        self._jar = CookieJar()
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(self._jar))
        form = {"csrf_token": csrf_token(self.read("/sign-in")), "email": email, "password": PASSWORD}
        with self._opener.open(url + "/sign-in", urlencode(form).encode()) as answer:
            assert "/sign-in" not in answer.url

    def read(self, path: str) -> str:
        with self._opener.open(self.url + path) as answer:
            text: str = answer.read().decode()
            return text

    def follow(self, answer: Answer, path: str) -> str:
        """The page that the answer leads to, with what the answer gave along in cookies."""
        for cookie in self._jar:
            cookie.value = answer.cookies.get(cookie.name, cookie.value)
        return self.read(path)

    def step(self, path: str, target: str) -> Request:
        """The form on the page as it stands, not yet sent."""
        page = self.read(path)
        version = re.findall(r'name="version" value="(\d+)"', page)[0]
        form = {"csrf_token": csrf_token(page), "version": version, "target": target}
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
        return Request(f"{path}/status", urlencode(form), headers)

    def send(self, path: str, form: dict[str, str]) -> tuple[int, str]:
        """Send what a script of the open page sends; status and part of the page."""
        headers = {"X-Garagenda-Part": "1"}
        order = urllib.request.Request(self.url + path, urlencode(form).encode(), headers)
        try:
            with self._opener.open(order) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
