"""Stretches of time as big integers, held against plain lists of ticks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from booking.availability.engine.masks import (
    Window,
    count,
    cut,
    erode,
    has,
    highest,
    lowest,
    mask_of,
    window_over,
)

MASKS = st.integers(0, 2**40 - 1)
TICKS = range(40)


def ticks_of(mask: int) -> list[int]:
    return [tick for tick in TICKS if has(mask, tick)]


def test_a_window_starts_and_ends_on_whole_ticks() -> None:
    assert window_over(7, 23) == Window(starts_at=5, size=4)


def test_an_instant_lies_in_the_tick_that_it_belongs_to() -> None:
    window = window_over(100, 200)
    assert [window.tick(at) for at in (100, 104, 105)] == [0, 0, 1]


def test_a_tick_begins_at_its_instant() -> None:
    assert window_over(100, 200).instant(3) == 115


def test_a_span_is_rounded_outward() -> None:
    assert window_over(100, 200).span(104, 111) == (0, 3)


def test_a_span_is_cut_to_the_window() -> None:
    assert window_over(100, 200).span(50, 500) == (0, 20)


def test_a_span_outside_the_window_sets_nothing() -> None:
    window = window_over(100, 200)
    assert window.mask([(0, 100), (200, 300)]) == 0


def test_spans_that_overlap_are_set_once() -> None:
    assert ticks_of(mask_of([(1, 4), (3, 6)])) == [1, 2, 3, 4, 5]


@given(mask=MASKS, length=st.integers(1, 20))
def test_erosion_keeps_the_starts_of_long_enough_runs(mask: int, length: int) -> None:
    starts = [tick for tick in TICKS if all(has(mask, tick + more) for more in range(length))]
    assert ticks_of(erode(mask, length)) == starts


@given(mask=MASKS, first=st.integers(0, 40), end=st.integers(0, 40))
def test_a_cut_keeps_the_ticks_of_a_span(mask: int, first: int, end: int) -> None:
    assert ticks_of(cut(mask, (first, end))) == [tick for tick in ticks_of(mask) if first <= tick < end]


@given(mask=MASKS, first=st.integers(0, 40), end=st.integers(0, 40))
def test_a_count_is_that_of_the_cut(mask: int, first: int, end: int) -> None:
    assert count(mask, (first, end)) == len(ticks_of(cut(mask, (first, end))))


@given(mask=MASKS, tick=st.integers(0, 40))
def test_the_lowest_is_the_first_set_tick_from_there_on(mask: int, tick: int) -> None:
    assert lowest(mask, tick) == next((each for each in ticks_of(mask) if each >= tick), None)


@given(mask=MASKS)
def test_the_highest_is_the_last_set_tick(mask: int) -> None:
    assert highest(mask) == max(ticks_of(mask), default=None)
