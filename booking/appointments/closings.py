"""Closings as the desk enters them, cut from the hours that stand beneath. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from booking.availability.engine.model import DatedException, Hours, Span, Spans
from booking.availability.engine.opening import ONE_DAY, spans_on

DAY: Span = (0, 24 * 60)


def exceptions_of(
    standing: Hours, *, first_on: date, last_on: date, spans: Sequence[Span]
) -> list[DatedException]:
    """The exceptions that close it, to stand behind those of ``standing``.

    Without ``spans`` the dates are closed whole. Of one date each span is closed; of several it is one
    stretch, from its first minute on the first date to its last minute on the last.
    """
    if not spans:
        return [DatedException(first_on, last_on, ())]
    if first_on == last_on:
        return [_cut(standing, first_on, spans)]
    (opens, closes), found = spans[0], []
    if opens > DAY[0]:
        found.append(_cut(standing, first_on, [(opens, DAY[1])]))
        first_on += ONE_DAY
    if closes < DAY[1]:
        found.append(_cut(standing, last_on, [(DAY[0], closes)]))
        last_on -= ONE_DAY
    if first_on <= last_on:
        found.append(DatedException(first_on, last_on, ()))
    return found


def _cut(standing: Hours, on: date, spans: Sequence[Span]) -> DatedException:
    left: Spans = spans_on(standing, on)
    for span in spans:
        left = tuple(part for each in left for part in _without(each, span))
    return DatedException(on, on, left)


def _without(span: Span, cut: Span) -> list[Span]:
    parts = [(span[0], min(span[1], cut[0])), (max(span[0], cut[1]), span[1])]
    return [(opens, closes) for opens, closes in parts if opens < closes]
