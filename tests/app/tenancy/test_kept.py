"""What a process keeps: by key and version, and no more than it may."""

from __future__ import annotations

from flask import Flask

from app.tenancy.kept import Kept, forget_kept

FEW: Kept[str] = Kept("few", most=2)


def test_it_is_found_at_its_own_version_alone() -> None:
    with Flask("one").app_context():
        FEW.keep((1, 1), "first", version=7)
        assert [FEW.find((1, 1), version=each) for each in (6, 7, 8)] == [None, "first", None]
        FEW.keep((1, 1), "second", version=8)
        assert [FEW.find((1, 1), version=each) for each in (7, 8)] == [None, "second"]


def test_what_was_asked_for_longest_ago_gives_way() -> None:
    with Flask("one").app_context():
        for number in (1, 2):
            FEW.keep(number, str(number), version=0)
        FEW.find(1, version=0)
        FEW.keep(3, "3", version=0)
        assert [FEW.find(number, version=0) for number in (1, 2, 3)] == ["1", None, "3"]


def test_each_application_keeps_its_own_and_forgets_it() -> None:
    one, other = Flask("one"), Flask("other")
    with one.app_context():
        FEW.keep(1, "one", version=0)
    with other.app_context():
        assert FEW.find(1, version=0) is None
    with one.app_context():
        forget_kept()
        assert FEW.find(1, version=0) is None
