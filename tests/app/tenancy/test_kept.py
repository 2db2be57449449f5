"""What a process keeps: by key and version, and no more than it may."""

from __future__ import annotations

import time
from threading import Thread

import pytest
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


def test_a_value_weighs_what_its_keeper_says() -> None:
    heavy: Kept[str] = Kept("heavy", most=10)
    with Flask("one").app_context():
        for number in (1, 2, 3):
            heavy.keep(number, str(number), version=0, weight=4)
        assert [heavy.find(number, version=0) for number in (1, 2, 3)] == [None, "2", "3"]
        heavy.keep(3, "three", version=0, weight=1)  # in place of four
        heavy.keep(4, "4", version=0, weight=5)
        assert [heavy.find(number, version=0) for number in (2, 3, 4)] == ["2", "three", "4"]


def test_what_weighs_more_than_all_may_is_not_kept() -> None:
    heavy: Kept[str] = Kept("heavy", most=10)
    with Flask("one").app_context():
        heavy.keep(1, "1", version=0, weight=11)
        assert heavy.find(1, version=0) is None
        heavy.keep(2, "2", version=0, weight=10)
        assert heavy.find(2, version=0) == "2"


def test_of_many_who_want_one_value_one_makes_it() -> None:
    app, made = Flask("one"), []

    def want(key: int) -> None:
        with app.app_context(), FEW.one_at_a_time(key):
            if FEW.find(key, version=0) is None:
                time.sleep(0.02)
                made.append(key)
                FEW.keep(key, str(key), version=0)

    threads = [Thread(target=want, args=(number % 2,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [0, 1]


def test_a_value_that_could_not_be_made_stands_in_nobodys_way() -> None:
    with Flask("one").app_context():
        with pytest.raises(ZeroDivisionError), FEW.one_at_a_time(1):
            raise ZeroDivisionError
        with FEW.one_at_a_time(1), FEW.one_at_a_time(2):
            FEW.keep(1, "1", version=0)
        assert FEW.find(1, version=0) == "1"
