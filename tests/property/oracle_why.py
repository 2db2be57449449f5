"""The slow second opinion on rule 13: why an arrival or a date is not offered, row by row over ticks."""

from __future__ import annotations

from datetime import date

from booking.availability.engine.model import Demand, Instant, Reason, Technician, Workshop
from tests.property.oracle import Oracle
from tests.property.oracle_time import MINUTES_A_TICK, Tick, wall

ORDER: tuple[Reason, ...] = (
    "closed",
    "no_slot_time",
    "drop_off_time",
    "horizon",
    "notice",
    "reception",
    "cap",
    "online_share",
    "no_bay",
    "no_technician",
    "both_busy",
    "never_together",
    "not_in_time",
    "courtesy_car",
)
"""Rule 13 as it is written, from the first that binds on."""


class WhyOracle(Oracle):
    """One question asked of one workshop at one moment, and the reasons for what is refused."""

    def __init__(self, workshop: Workshop, demand: Demand, now: Instant) -> None:
        super().__init__(workshop, demand, now)
        self.bays = [bay for bay in workshop.bays if demand.equipment <= bay.equipment]
        self.staff = [one for one in workshop.technicians if demand.skills <= one.skills]
        self.seen: dict[tuple[Tick, Tick], frozenset[str]] = {}

    def reason(self, arrives_at: Instant) -> Reason | None:
        """Ask one rule after the other, in the order in which they bind; None for what is offered."""
        tick = arrives_at // MINUTES_A_TICK
        on = self.date_of(tick)
        if arrives_at not in self.candidates(on):
            return "no_slot_time" if tick in self.open_ticks(on) else "closed"
        until = self.rules.drop_off_until
        if self.demand.mode == "drop_off" and until is not None and wall(self.timezone, tick)[1] > until:
            return "drop_off_time"
        if (on - self.date_of(self.now // MINUTES_A_TICK)).days > self.rules.horizon_days:
            return "horizon"
        if arrives_at - self.now < self.demand.notice_minutes:
            return "notice"
        return self.reason_of_limits(arrives_at, on) or self.reason_of_resources(arrives_at)

    def reason_of_day(self, on: date) -> Reason | None:
        """Collect the reasons of all candidates; the last of them in the list tells of the day."""
        reasons = [self.reason(arrives_at) for arrives_at in self.candidates(on)]
        if None in reasons:
            return None
        told = [reason for reason in ORDER if reason in reasons]
        return told[-1] if told else "closed"

    def reason_of_limits(self, arrives_at: Instant, on: date) -> Reason | None:
        if not self.has_reception(arrives_at):
            return "reception"
        if not self.is_under_caps(on):
            return "cap"
        return None if self.has_online_share(arrives_at, on) else "online_share"

    def reason_of_resources(self, arrives_at: Instant) -> Reason | None:
        """Look at every row that somebody able could work, once for the people, once for the bays."""
        if not self.bays:
            return "no_bay"
        if not self.staff:
            return "no_technician"
        first = arrives_at // MINUTES_A_TICK
        if self.demand.mode == "wait":
            seen = self.seen_at(first, 0)
        else:
            seen = self.seen_from(first, self.must_end_by(self.date_of(first)))
        if not seen:
            return "not_in_time"
        if "manned and housed" not in seen:
            return self.reason_of_rows(seen)
        return None if self.place(arrives_at) else "courtesy_car"

    def reason_of_rows(self, seen: frozenset[str]) -> Reason:
        if {"manned", "housed"} <= seen:
            return "never_together"
        if "manned" in seen:
            return "no_bay"
        return "no_technician" if "housed" in seen else "both_busy"

    def seen_from(self, first: Tick, until: Tick) -> frozenset[str]:
        """Return what is seen of the rows that start on any tick from ``first`` on, from the last to it."""
        known = first
        while known < until and (known, until) not in self.seen:
            known += 1
        seen = self.seen.get((known, until), frozenset())
        anew = [(start, self.seen_at(start, until)) for start in range(first, known)]
        for start, here in reversed(anew):
            seen |= here
            self.seen[start, until] = seen
        return seen

    def seen_at(self, start: Tick, until: Tick) -> frozenset[str]:
        """Return what is seen of the rows that start here, taken or not; nothing where there is none."""
        seen: set[str] = set()
        for technician in self.staff:
            end = self.end(technician, start, until)
            if end is None:
                continue
            manned = self.is_clear(technician.id, start, end)
            housed = any(self.is_clear(bay.id, start, end + self.turnaround_ticks) for bay in self.bays)
            marks = {"row": True, "manned": manned, "housed": housed, "manned and housed": manned and housed}
            seen.update(mark for mark, is_true in marks.items() if is_true)
        return frozenset(seen)

    def end(self, technician: Technician, start: Tick, until: Tick) -> Tick | None:
        return self.end_of_work(technician, start, until) if self.works(technician, start) else None
