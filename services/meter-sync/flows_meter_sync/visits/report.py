"""What a visit to a meter brought."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flows_meter_sync.registry import KnownMeter
from flows_meter_sync.syncers.base import Readings, Syncer
from flows_shared.errors import FlowsError
from flows_shared.vocabulary.meters import Health


@dataclass(frozen=True, slots=True)
class ReadAttempt:
    """How reading a metric went: the number of values that came, or why none did."""

    metric: str
    at: datetime
    duration_ms: int
    readings: int = 0
    error: FlowsError | None = None


@dataclass(slots=True)
class Report:
    """`attempts` are the metrics that came to an end, well or with a refusal.

    `failure` is why the meter could not be talked to, or not to the end; with `will_retry` that is not its last word.
    `reached` says that it had answered by then, `identified` that it told its serial and kind.
    """

    known: KnownMeter
    syncers: Sequence[Syncer]
    started_at: datetime
    readings: Readings = field(default_factory=Readings)
    attempts: list[ReadAttempt] = field(default_factory=list)
    failure: FlowsError | None = None
    reached: bool = False
    identified: bool = False
    duration_ms: int = 0
    keeps_open: bool = True
    will_retry: bool = False

    @property
    def refused(self) -> list[ReadAttempt]:
        """Metrics that a meter which is well did not give."""
        return [attempt for attempt in self.attempts if attempt.error is not None]

    @property
    def unread(self) -> list[Syncer]:
        """Syncers that the failure left without an end."""
        done = {attempt.metric for attempt in self.attempts}
        return [syncer for syncer in self.syncers if syncer.name not in done and syncer.applies(self.known)]

    def outcomes(self) -> list[ReadAttempt]:
        """How each metric went, as far as that is settled."""
        if self.failure is None or self.will_retry:
            return self.attempts
        failed = [
            ReadAttempt(syncer.name, self.started_at, self.duration_ms, error=self.failure) for syncer in self.unread
        ]
        return [*self.attempts, *failed]

    def health(self) -> dict[str, str | None]:
        """Columns of the shadow that say how the meter is."""
        if self.failure is None:
            return {"health": Health.HEALTHY, "health_details": "", "health_code": None}
        if self.will_retry:
            return {}
        failure = {"health_details": str(self.failure), "health_code": self.failure.code}
        return {"health": Health.UNHEALTHY, **failure, "csq": None}
