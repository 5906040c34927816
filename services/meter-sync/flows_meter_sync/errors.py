"""What can go wrong between us and a meter, beside what the protocol's own errors say."""

from collections.abc import Sequence

from flows_meter_sync.emop import AnsweredWrongly, AskedWrongly
from flows_meter_sync.emop.errors import (
    ObjectUnknown,
    RecordLengthWrong,
    RecordValueWrong,
    SecurityNotGranted,
    SerialOfAnotherMeter,
)
from flows_shared.errors import ConflictError, FlowsError, InvalidError, NotFoundError


class MeterError(FlowsError):
    """The meter could not be talked to; later may work."""

    code = "meter"


class MeterUnreachable(MeterError):
    """No connection to the meter's address."""

    code = "meter.unreachable"

    def __init__(self, place: str, reason: object) -> None:
        super().__init__(f"no connection to {place}: {reason}")


class MeterTimedOut(MeterError):
    """The meter took the request, and did not answer in time."""

    code = "meter.timed_out"

    def __init__(self, asked: str, seconds: float) -> None:
        super().__init__(f"no answer to {asked} within {seconds:g} s")


class MeterHungUp(MeterError):
    """The meter closed the connection without an answer."""

    code = "meter.hung_up"

    def __init__(self, asked: str) -> None:
        super().__init__(f"the meter closed the connection before it answered {asked}")


class MeterWithoutAddress(MeterError):
    """The registry does not say where the meter is."""

    code = "meter.without_address"

    def __init__(self) -> None:
        super().__init__("the registry has no IP address for it")


class MeterPassive(ConflictError):
    """A passive meter follows another database: its hardware is not ours to talk to."""

    code = "meter.passive"

    def __init__(self, serial: str) -> None:
        super().__init__(f"meter {serial} is passive: it is not read over the network")


class MeterUnknown(NotFoundError):
    """No meter in the registry has this serial."""

    code = "meter.unknown"

    def __init__(self, serial: str) -> None:
        super().__init__(f"no meter has the serial {serial}")


class MetricUnknown(InvalidError):
    """Nothing reads a metric of this name."""

    code = "metric.unknown"


class NoMeters(NotFoundError):
    """There is nothing to sync."""

    code = "meter.none"

    def __init__(self, esco: str | None) -> None:
        super().__init__("there is no active meter" + (f" of a community with the code {esco}" if esco else ""))


class MetersFailed(FlowsError):
    """Some meters of a sync failed; the sentence names each with its reason."""

    code = "meter.some_failed"

    def __init__(self, failed: Sequence[tuple[str, str]]) -> None:
        lines = "".join(f"\n  {serial}: {reason}" for serial, reason in sorted(failed))
        super().__init__(f"{len(failed)} meter{'s' if len(failed) > 1 else ''} failed:{lines}")


class LeaseLost(ConflictError):
    """Another worker may talk to the meter now, so this one must not."""

    code = "meter.lease_lost"


class VisitFailed(FlowsError):
    """A fault of ours; the log knows it."""

    code = "visit.failed"

    def __init__(self) -> None:
        super().__init__("the visit ended with a fault of this service; its log says which")


# The meter is well, but this it has not, or its value makes no sense: asking again changes nothing.
REFUSALS = (ObjectUnknown, SecurityNotGranted, RecordValueWrong, RecordLengthWrong, AskedWrongly)


def is_worth_another_try(error: FlowsError) -> bool:
    """Whether the same request may be answered well the next time."""
    may_pass = isinstance(error, MeterError | AnsweredWrongly)
    return may_pass and not isinstance(error, (*REFUSALS, SerialOfAnotherMeter, MeterWithoutAddress))
