"""The life of visits as DESIGN §5 tells it, written a second time and without a database.

Every visit works from its arrival for less than the hour that lies between two arrivals, on the one
bay and by the one technician there are; so a place is an arrival, and it is taken or it is not.
Nothing here uses the product's own table of moves.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

Change = tuple[str, str | None, str, str]
"""A row of the history: kind, from, to, who."""

TABLE = """
requested      > confirmed declined expired cancelled
confirmed      > arrived in_progress cancelled no_show
arrived        > in_progress ready
in_progress    > waiting_parts ready
waiting_parts  > in_progress
ready          > collected
no_show        > arrived
collected      >
cancelled      >
declined       >
expired        >
"""
MOVES = {line.split()[0]: line.split()[2:] for line in TABLE.strip().splitlines()}
STATES = tuple(MOVES)
GIVES_BACK = {"cancelled", "declined", "expired", "no_show"}
UNDO_SECONDS = 15  # ten, and five for the way
WORK = timedelta(minutes=45)
FIVE_MINUTES = timedelta(minutes=5)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
FREE_TO_MOVE = {"requested", "confirmed"}
HERE = {"arrived", "in_progress", "waiting_parts"}
ANSWERS = {"confirmed", "declined"}
A_DAY, TWO_HOURS = timedelta(hours=24), timedelta(hours=2)


class Refused(Exception):  # noqa: N818  # what it says is enough
    """The product must refuse this, with the error of this name, and change nothing."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: ``place`` is the arrival whose resources it holds, None while it holds nothing.

    ``until`` is when they are free again where the car was ready early, None for the planned end.
    ``asked_at`` is when its customer asked for it; ``answer_by`` ends a request's time.
    """

    status: str
    arrives_at: datetime
    place: datetime | None
    until: datetime | None = None
    asked_at: datetime = FIRST
    answer_by: datetime | None = None
    version: int = 1
    history: tuple[Change, ...] = ()
    before: Visit | None = None  # as it was before its last step or move, if that can be undone
    changed_at: datetime | None = None


@dataclass
class Garage:
    """All visits by their number, under one clock."""

    now: datetime
    approval: bool
    visits: dict[int, Visit] = field(default_factory=dict)

    def book(self, number: int, arrives_at: datetime, *, by: str) -> None:
        """A visit that came online waits for approval where the workshop asks for it."""
        self.check_free_online(arrives_at)
        status = "requested" if self.approval and by != "desk" else "confirmed"
        history = (("booked", None, status, "customer"),)
        visit = Visit(status, arrives_at, arrives_at, asked_at=self.now, history=history)
        self.visits[number] = self._timed(visit)

    def _timed(self, visit: Visit) -> Visit:
        """A request is to be answered a day after it was made, or two hours before the arrival.

        Where that is past already, at the arrival. Nothing else has such a time.
        """
        if visit.status != "requested":
            return replace(visit, answer_by=None)
        latest = visit.arrives_at - TWO_HOURS
        latest = latest if latest > self.now else visit.arrives_at
        return replace(visit, answer_by=min(visit.asked_at + A_DAY, latest))

    def is_overdue(self, visit: Visit) -> bool:
        return visit.answer_by is not None and visit.answer_by <= self.now

    def check_free_online(self, arrives_at: datetime, *, number: int | None = None) -> None:
        if arrives_at < self.now or self.is_taken(arrives_at, number):
            raise Refused("SlotTakenError")

    def is_taken(self, place: datetime, number: int | None) -> bool:
        """Whether another visit than ``number`` holds the place."""
        return any(visit.place == place for other, visit in self.visits.items() if other != number)

    def step(self, number: int, target: str, *, by: str = "staff") -> None:
        visit = self.visits[number]
        if visit.status == target == "cancelled":
            return
        if target not in MOVES[visit.status]:
            raise Refused("MoveNotAllowedError")
        if target in ANSWERS and self.is_overdue(visit):
            raise Refused("RequestExpiredError")
        if target == "no_show" and self.now < visit.arrives_at:
            raise Refused("NotDueYetError")
        place = None if target in GIVES_BACK or visit.status == "no_show" else visit.place
        changed = self._timed(replace(visit, status=target, place=place))
        self._change(number, self._ready(changed) if target == "ready" else changed, kind="status", by=by)

    def _ready(self, visit: Visit) -> Visit:
        """From the next five minutes on nothing is held any more; that may be before the work's turn."""
        ends_at = self.now + (FIRST - self.now) % FIVE_MINUTES
        if visit.place is None or ends_at >= (visit.until or visit.place + WORK):
            return visit
        return replace(visit, place=None) if ends_at <= visit.place else replace(visit, until=ends_at)

    def cancel_online(self, number: int) -> None:
        if self.visits[number].status != "cancelled":
            self._check_customer_in_time(number)
        self.step(number, "cancelled", by="customer")

    def move_online(self, number: int, arrives_at: datetime) -> None:
        self._check_customer_in_time(number)
        if arrives_at != self.visits[number].arrives_at:
            if self.is_overdue(self.visits[number]):
                raise Refused("TooLateToCancelError")
            self.check_free_online(arrives_at, number=number)
            self._move(number, arrives_at, place=arrives_at, by="customer")

    def move_at_desk(
        self, number: int, arrives_at: datetime, *, today_at: datetime, agrees: bool = False
    ) -> None:
        """``today_at``: when the local day began; the desk also writes down what is past of today.

        To an earlier arrival that is past it moves only where it ``agrees``. Of a car that is here and has
        its place the work is moved, until it begins; its arrival stands.
        """
        visit = self.visits[number]
        is_here_unplaced = visit.status in HERE and visit.place is None
        is_work_ahead = visit.status in FREE_TO_MOVE | {"arrived"}
        if not is_work_ahead and not is_here_unplaced:
            raise Refused("MoveNotAllowedError")
        if arrives_at == visit.place:
            return
        if self.is_overdue(visit):
            raise Refused("RequestExpiredError")
        if arrives_at < today_at or self.is_taken(arrives_at, number):
            raise Refused("InTheWayError")
        if arrives_at < min(self.now, visit.arrives_at) and not agrees:
            raise Refused("SoftRulesError")
        stands = visit.status == "arrived" and visit.place is not None
        self._move(number, visit.arrives_at if stands else arrives_at, place=arrives_at, by="staff")

    def undo(self, number: int, *, by: str, is_manager: bool = False) -> None:
        visit = self.visits[number]
        if visit.before is None or visit.changed_at is None:
            raise Refused("UndoNotAllowedError")
        in_time = self.now - visit.changed_at <= timedelta(seconds=UNDO_SECONDS)
        if not is_manager and not (in_time and visit.history[-1][3] == by):
            raise Refused("UndoNotAllowedError")
        back, until = visit.before.place, visit.before.until
        if back is not None and self.is_taken(back, number):
            if visit.status != "ready":
                raise Refused("PlaceGoneError")
            back, until = visit.place, visit.until  # it goes on in what is left
        was = replace(
            visit, status=visit.before.status, arrives_at=visit.before.arrives_at, place=back, until=until
        )
        self._change(number, self._reopened(was), kind="undone", by=by)
        self.visits[number] = replace(self.visits[number], before=None)

    def _reopened(self, visit: Visit) -> Visit:
        """What is to be decided again has the time that it had, or another day where that is over."""
        timed = self._timed(visit)
        if not self.is_overdue(timed):
            return timed
        again = self._timed(replace(visit, asked_at=self.now))
        return replace(timed, answer_by=again.answer_by)

    def late(self, number: int) -> str:
        """How a desk is refused whose page was old."""
        return "RequestExpiredError" if self.visits[number].status == "expired" else "StaleVersionError"

    def _check_customer_in_time(self, number: int) -> None:
        visit = self.visits[number]
        if visit.status not in FREE_TO_MOVE or self.now > visit.arrives_at:
            raise Refused("TooLateToCancelError")

    def _move(self, number: int, arrives_at: datetime, *, place: datetime, by: str) -> None:
        visit = self.visits[number]
        asked_at = self.now if by == "customer" else visit.asked_at
        moved = replace(visit, arrives_at=arrives_at, place=place, until=None, asked_at=asked_at)
        self._change(number, self._timed(moved), kind="moved", by=by)

    def _change(self, number: int, changed: Visit, *, kind: str, by: str) -> None:
        before = self.visits[number]
        line = (kind, before.status, changed.status, by)
        self.visits[number] = replace(
            changed,
            version=before.version + 1,
            history=(*before.history, line),
            before=replace(before, before=None),
            changed_at=self.now,
        )
