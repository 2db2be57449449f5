"""The browser's safety nets catch what they are for, shown on pages that misbehave on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser

from tests.support.browser import SHOTS, Look, PageFor, Visitors, assert_no_axe_violations, shoot

HEAD = '<!doctype html><html lang="en"><head><title>A page</title></head><body><main><h1>A page</h1>'
CSP = "default-src 'self'; script-src 'self' 'sha256-none'"
BODIES = {
    "/good": "<p>Fine.</p>",
    "/inline-script": "<script>document.title = 'changed'</script>",
    "/inline-style": '<p style="color: red">Red</p>',
    "/foreign-image": '<img src="http://tracker.example/pixel.gif" alt="">',
    "/throws": '<script src="/throws.js"></script>',
    "/missing-script": '<script src="/nowhere.js"></script>',
    "/no-alternative": '<img src="/picture.png">',
}
LOOSE = {"/foreign-image"}  # its fault must not be found by the CSP first


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # the name is http.server's
        if self.path in BODIES:
            self._send(200, "text/html", HEAD + BODIES[self.path] + "</main></body></html>")
        elif self.path == "/throws.js":
            self._send(200, "text/javascript", "throw new Error('broken')")
        elif self.path == "/broken":
            self._send(500, "text/html", HEAD)
        elif self.path == "/picture.png":
            self._send(200, "image/png", "")
        elif self.path == "/favicon.ico":
            self._send(204, "image/png", "")
        else:
            self._send(404, "text/html", HEAD)

    def _send(self, status: int, kind: str, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if self.path not in LOOSE:
            self.send_header("Content-Security-Policy", CSP)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    """The address of a server with the pages above."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def faults_at(browser: Browser, address: str, *, javascript: bool = True) -> list[str]:
    visitors = Visitors(browser)
    visitors.page(Look(javascript=javascript), base_url=None, expected_statuses=frozenset()).goto(address)
    return visitors.close()


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/inline-script", "Content Security Policy"),
        ("/inline-style", "Content Security Policy"),
        ("/foreign-image", "foreign host: http://tracker.example"),
        ("/throws", "script error"),
        ("/missing-script", "404 for GET"),
        ("/broken", "500 for GET"),
    ],
)
def test_a_misbehaving_page_is_noticed(browser: Browser, site: str, path: str, fault: str) -> None:
    assert any(fault in found for found in faults_at(browser, site + path))


def test_a_style_attribute_is_noticed_without_scripts_too(browser: Browser, site: str) -> None:
    assert any(
        "Content Security Policy" in found
        for found in faults_at(browser, site + "/inline-style", javascript=False)
    )


@pytest.mark.parametrize("path", ["/good", "/nowhere"])
def test_a_page_that_behaves_has_no_faults(browser: Browser, site: str, path: str) -> None:
    assert faults_at(browser, site + path) == []


def test_axe_finds_what_is_wrong(page_for: PageFor, site: str) -> None:
    page = page_for(base_url=site)
    page.goto("/no-alternative")
    with pytest.raises(AssertionError, match="image-alt"):
        assert_no_axe_violations(page)


def test_axe_is_content_with_a_good_page(page_for: PageFor, site: str) -> None:
    page = page_for(base_url=site)
    page.goto("/good")
    assert_no_axe_violations(page)


def test_a_visitor_sees_the_width_and_colours_asked_for(page_for: PageFor, site: str) -> None:
    page = page_for(width=390, dark=True, locale="fr", base_url=site)
    page.goto("/good")
    seen = page.evaluate(
        "[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches, navigator.language]"
    )
    assert seen == [390, True, "fr"]


def test_a_picture_is_kept_where_it_is_wanted(
    page_for: PageFor, site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SHOTS, str(tmp_path))
    look = Look(width=1440)
    page = page_for(look, base_url=site)
    page.goto("/good")
    shoot(page, "good", look)
    assert (tmp_path / "good-1440-light-en.png").stat().st_size > 0
