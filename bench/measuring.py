"""How a figure is taken: neighbouring samples, the ratio of each pair, its median with min and max.

Bare times are never compared across runs: a machine's speed drifts by two, a ratio of neighbours
does not. Both sides of a pair run in this process or against servers that stand side by side.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Goal:
    """What a ratio is held to: the bound, and whether it may not be passed from below or above."""

    bound: float
    at_least: bool = False

    def is_met(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        return f"{'>=' if self.at_least else '<='} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a ratio of ours to its anchor, taken in one run."""

    topic: str
    what: str
    anchor: str
    ratios: Sequence[float]
    database: str = ""
    goal: Goal | None = None
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.ratios)

    @property
    def verdict(self) -> str:
        """``met``, ``missed``, or nothing where there is no goal."""
        if self.goal is None:
            return ""
        return "met" if self.goal.is_met(self.median) else "missed"


@dataclass(frozen=True, slots=True)
class Curve:
    """How a cost grows with one size: the points, and the exponent that fits them."""

    what: str
    of: str
    sizes: Sequence[float]
    costs_ms: Sequence[float]
    database: str = ""
    goal: Goal | None = None

    @property
    def exponent(self) -> float:
        """The slope of the least squares line through the logarithms."""
        across = [math.log(size) for size in self.sizes]
        up = [math.log(cost) for cost in self.costs_ms]
        return statistics.linear_regression(across, up).slope


@dataclass(frozen=True, slots=True)
class Pace:
    """How long and how often to measure."""

    pairs: int = 9
    sample_seconds: float = 0.05


def compare(one: Work, other: Work, pace: Pace, *, on_the_wall: bool = False) -> list[float]:
    """Ratios one / other of neighbouring samples, the order turned round in every second pair.

    In processor time of this process; ``on_the_wall`` where another process, as a database server,
    does part of the work.
    """
    ratios = []
    for number in range(pace.pairs):
        order = (one, other) if number % 2 else (other, one)
        took = {work: sample(work, pace, on_the_wall=on_the_wall) for work in order}
        ratios.append(took[one] / took[other])
    return ratios


def sample(work: Work, pace: Pace, *, on_the_wall: bool = False) -> float:
    """Seconds of one call, over as many as fill the sample."""
    watch = time.perf_counter if on_the_wall else time.process_time
    calls, began = 0, watch()
    while (took := watch() - began) < pace.sample_seconds or not calls:
        work()
        calls += 1
    return took / calls


def round_robin(works: Sequence[Work], pace: Pace, *, on_the_wall: bool = False) -> list[float]:
    """Median seconds of each work, all sampled once a round, so that a drift reaches all alike."""
    rounds = [[sample(work, pace, on_the_wall=on_the_wall) for work in works] for _ in range(pace.pairs)]
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that ``percent`` of them do not pass."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
