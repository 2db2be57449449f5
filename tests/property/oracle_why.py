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

Row = tuple[Tick, Tick]


class WhyOracle(Oracle):
    """One question asked of one workshop at one moment, and the reasons for what is refused."""

    def __init__(self, workshop: Workshop, demand: Demand, now: Instant) -> None:
        super().__init__(workshop, demand, now)
        self.ends: dict[tuple[int, Tick, Tick], Tick | None] = {}

    def reason(self, arrives_at: Instant) -> Reason | None:
        """Ask one rule after the other, in the order in which they bind; None for what is offered."""
        tick = arrives_at // MINUTES_A_TICK
        on = self.date_of(tick)
        if arrives_at not in self.candidates(on):
            return "no_slot_time" if self.is_open(tick) else "closed"
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
        bays = [bay for bay in self.workshop.bays if self.demand.equipment <= bay.equipment]
        staff = [one for one in self.workshop.technicians if self.demand.skills <= one.skills]
        if not bays:
            return "no_bay"
        if not staff:
            return "no_technician"
        rows = {one.id: self.rows(one, arrives_at // MINUTES_A_TICK) for one in staff}
        every = {row for own in rows.values() for row in own}
        manned = {row for id_, own in rows.items() for row in own if self.is_clear(id_, *row)}
        housed = {
            (start, end)
            for start, end in every
            if any(self.is_clear(bay.id, start, end + self.turnaround_ticks) for bay in bays)
        }
        if every and not manned & housed:
            return self.reason_of_rows(manned, housed)
        if not every:
            return "not_in_time"
        return None if self.place(arrives_at) else "courtesy_car"

    def reason_of_rows(self, manned: set[Row], housed: set[Row]) -> Reason:
        if manned and housed:
            return "never_together"
        if not manned and not housed:
            return "both_busy"
        return "no_bay" if manned else "no_technician"

    def rows(self, technician: Technician, first: Tick) -> list[Row]:
        """Return every row that the technician's working time allows, taken or not."""
        waits = self.demand.mode == "wait"
        until = 0 if waits else self.must_end_by(self.date_of(first))
        found: list[Row] = []
        for start in [first] if waits else range(first, until):
            end = self.end(technician, start, until)
            if end is not None:
                found.append((start, end))
        return found

    def end(self, technician: Technician, start: Tick, until: Tick) -> Tick | None:
        key = technician.id, start, until
        if key not in self.ends:
            works = self.works(technician, start)
            self.ends[key] = self.end_of_work(technician, start, until) if works else None
        return self.ends[key]
