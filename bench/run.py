"""``python -m bench.run``: measures what is promised of speed, ours and its anchor in one run.

``--quick`` takes fewer pairs and smaller sizes; ``--database`` one kind of database; words name
single parts. Prints one table, writes one JSON file, and ends with 1 if an answer was wrong.
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import structlog

from bench.beside_peer import measure_beside_peer
from bench.counts import measure_counts
from bench.engine import measure_cold, measure_engine
from bench.garages import measure_garages
from bench.growth import measure_growth
from bench.measuring import Pace
from bench.over_http import measure_booking, measure_reading, measure_rush
from bench.report import Report
from bench.stage import Stage, open_stages
from tests.support.databases import Kind

ON_DATABASES: dict[str, Callable[[Report, Stage], None]] = {
    "peer": measure_beside_peer,
    "reading": measure_reading,
    "cold": measure_cold,
    "rush": measure_rush,
    "booking": measure_booking,
    "counts": measure_counts,
    "garages": measure_garages,
    "growth": measure_growth,
}
PARTS = ("engine", *ON_DATABASES)


def main() -> None:
    """Measure the parts that were asked for, all of them by default."""
    asked = _read_arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    report = Report(quick=asked.quick)
    gc.disable()  # it would strike one of a pair; each part collects before it begins
    with open_stages(asked.database or get_args(Kind), quick=asked.quick) as stages:
        if "engine" in asked.parts:
            measure_engine(report, Pace(pairs=7) if asked.quick else Pace(sample_seconds=0.1))
        for part, measure in ON_DATABASES.items():
            for stage in stages if part in asked.parts else ():
                gc.collect()
                measure(report, stage)
                report.write(asked.json)
    report.write(asked.json)
    print(f"every ratio: {asked.json}")


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Benchmarks of Garagenda, as ratios.")
    parser.add_argument("parts", nargs="*", default=list(PARTS), metavar="part", help=", ".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="fewer pairs, smaller sizes")
    parser.add_argument("--database", action="append", choices=get_args(Kind))
    parser.add_argument("--json", type=Path, default=Path("var/bench.json"))
    asked = parser.parse_args()
    unknown = set(asked.parts) - set(PARTS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    return asked


if __name__ == "__main__":
    main()
