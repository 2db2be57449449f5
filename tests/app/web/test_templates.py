"""Templates are compiled once a process, and anew when their text changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, FileSystemLoader

from app.web.templates import CompiledTemplates, compile_templates, init_templates


def test_two_applications_share_what_one_has_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "page.html").write_text("{{ 6 * 7 }}")
    first, second = (Flask("app", template_folder=str(tmp_path)) for _ in range(2))
    init_templates(first)
    init_templates(second)
    compile_templates(first)
    monkeypatch.setattr(Environment, "compile", _refuse)
    assert second.jinja_env.get_template("page.html").render() == "42"


def test_a_changed_text_is_compiled_anew(tmp_path: Path) -> None:
    kept = CompiledTemplates()
    for text in ("before", "after"):
        (tmp_path / "page.html").write_text(text)
        environment = Environment(loader=FileSystemLoader(tmp_path), bytecode_cache=kept, autoescape=True)
        assert environment.get_template("page.html").render() == text


def _refuse(*_: object, **__: object) -> None:
    raise AssertionError("compiled again")
