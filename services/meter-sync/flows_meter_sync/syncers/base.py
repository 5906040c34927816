"""What a syncer is: it reads one metric of a meter, and says which columns that fills."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from time import perf_counter
from typing import Any, ClassVar, NamedTuple, TypeAlias, TypeVar
from uuid import UUID

from flows_meter_sync.emop import Request, read
from flows_meter_sync.emop.objects import Object
from flows_meter_sync.intervals.advance import MissingHalfHour, RegisterCount
from flows_meter_sync.intervals.series import MISSING, IntervalSeries
from flows_meter_sync.meter import Meter
from flows_meter_sync.registry import KnownMeter
from flows_shared.time import Period

T = TypeVar("T")


@cache
def _request(wanted: Object[T]) -> Request[T]:
    """The same for every meter, so it is made once."""
    return read(wanted)


class EventRow(NamedTuple):
    """A row of `flows.meter_event_log`, without its meter."""

    timestamp: datetime
    event_type: int
    event_set: int


Columns: TypeAlias = dict[str, Any]  # values by their column


@dataclass(slots=True)
class Readings:
    """What was read, by where it goes: columns of the shadow and of the registry, events, half hours.

    `missing` are half hours that the meter has no reading of, `counts` what its registers had counted around them.
    """

    shadow: Columns = field(default_factory=dict)
    registry: Columns = field(default_factory=dict)
    events: list[EventRow] = field(default_factory=list)
    runs: list[IntervalSeries] = field(default_factory=list)
    missing: list[MissingHalfHour] = field(default_factory=list)
    counts: list[RegisterCount] = field(default_factory=list)

    @property
    def half_hours(self) -> int:
        return sum(len(run.energy) - run.energy.count(MISSING) for run in self.runs)

    def __len__(self) -> int:
        return len(self.shadow) + len(self.registry) + len(self.events) + self.half_hours

    def add(self, other: "Readings") -> None:
        self.shadow.update(other.shadow)
        self.registry.update(other.registry)
        self.events += other.events
        self.runs += other.runs
        self.missing += other.missing
        self.counts += other.counts


@dataclass(frozen=True, slots=True)
class LogProgress:
    """How far a meter's logs are stored, so that a visit goes on from there: the last event, and the gaps."""

    last_event_at: datetime | None = None
    gaps: dict[UUID, list[Period]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MeterSession:
    """A meter, and what is known of it; `hardware` is what it said of that in this visit.

    Its first question has one try: who is away is visited again.
    """

    meter: Meter
    known: KnownMeter
    progress: LogProgress
    clock: Callable[[], datetime]
    ends_at: float
    hardware: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether the visit has lasted long enough: what takes many requests goes on the next time."""
        return perf_counter() >= self.ends_at

    async def read(self, wanted: Object[T]) -> T:
        """The value of an object."""
        return await self.ask(_request(wanted))

    async def ask(self, request: Request[T]) -> T:
        """The value that answers a request."""
        return await self.meter.ask(request, None if self.meter.has_answered else 1)


class Syncer(ABC):
    """Reads one metric, which has the name of the class in `flows.meter_metrics` or `flows.own_meter_metrics`.

    `fills` names columns of the shadow, `registers` columns of the registry. What `is_passing` is told again within
    the hour and by no bill: a meter is believed for it to be the one that it was.
    """

    fills: ClassVar[tuple[str, ...]] = ()
    registers: ClassVar[tuple[str, ...]] = ()
    is_passing: ClassVar[bool] = False

    @property
    def name(self) -> str:
        return type(self).__name__

    def applies(self, known: KnownMeter) -> bool:
        """Whether a meter of this kind has the metric at all."""
        return True

    @abstractmethod
    async def read(self, session: MeterSession, readings: Readings) -> None:
        """Read from the meter into `readings`; what is there when this raises was read well."""
