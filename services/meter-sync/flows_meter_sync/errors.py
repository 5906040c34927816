"""What can go wrong between us and a meter, beside what the protocol's own errors say."""

from collections.abc import Mapping, Sequence

from flows_meter_sync.emop import AnsweredWrongly, AskedWrongly
from flows_meter_sync.emop.errors import (
    ObjectUnknown,
    RecordLengthWrong,
    RecordValueWrong,
    SecurityNotGranted,
    SerialOfAnotherMeter,
)
from flows_shared.errors import ConflictError, FlowsError, InvalidError, NotFoundError
from flows_shared.idempotency import say_taken


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


class MeterReset(MeterError):
    """The meter, or the network on its behalf, reset the connection."""

    code = "meter.reset"

    def __init__(self, asked: str) -> None:
        super().__init__(f"the connection was reset before the meter answered {asked}")


class ProxyUnreachable(MeterError):
    """The community's proxy is away, and with it all of its meters."""

    code = "proxy.unreachable"

    def __init__(self, place: str, reason: object) -> None:
        super().__init__(f"no connection to the proxy {place}: {reason}")


class ProxyRefused(MeterError):
    """The proxy does not take us: user, password, or its rules."""

    code = "proxy.refused"

    def __init__(self, place: str, reason: object) -> None:
        super().__init__(f"the proxy {place} refused: {reason}")


class MeterWithoutAddress(MeterError):
    """The registry does not say where the meter is."""

    code = "meter.without_address"

    def __init__(self) -> None:
        super().__init__("the registry has no IP address for it")


class MeterOutOfBounds(MeterError):
    """The registry's address is in no network that meters may be in, or of our own servers."""

    code = "meter.out_of_bounds"

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"{host}:{port} is not talked to: FLOWS_METER_SYNC_NETWORKS says where meters may be")


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


class MeterBusy(MeterError):
    """Another visit holds the meter for longer than we wait."""

    code = "meter.busy"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"another visit to the meter lasts longer than {seconds:g} s")


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


class ReportRefused(FlowsError):
    """What a meter said cannot be stored, or there is no such meter any more."""

    code = "visit.refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"what the visit brought could not be stored: {reason}")


class WriteNotTaken(FlowsError):
    """The meter acknowledged a write, but reads back something else."""

    code = "command.not_taken"

    def __init__(self, wrong: Sequence[str]) -> None:
        super().__init__(f"the meter took the write but reads back another value of {', '.join(wrong)}")


class WriteImpossible(FlowsError):
    """No further try can change how this ends."""

    code = "command.impossible"


class TokenRefused(WriteImpossible):
    """The meter does not take the token: it is another meter's, or was used."""

    code = "command.token_refused"

    def __init__(self) -> None:
        super().__init__("the meter refused the token: it is not for this meter, or was used before")


class TokenUnclear(WriteImpossible):
    """Several payments reached the meter since the token was sent; whether it was among them cannot be told."""

    code = "command.token_unclear"

    def __init__(self, payments: int) -> None:
        super().__init__(f"{payments} payments reached the meter since this token was sent first: see which they are")


class WriteTooLate(WriteImpossible):
    """The time at which the tariff should have become active is over."""

    code = "command.too_late"

    def __init__(self, activation_at: object) -> None:
        super().__init__(f"the tariff should have become active at {activation_at}, which is over")


class MeterNotActive(WriteImpossible):
    """It is not ours to talk to any more."""

    code = "command.meter_not_active"

    def __init__(self) -> None:
        super().__init__("the meter is not an active one any more")


class Superseded(WriteImpossible):
    """The same was asked for anew while this was on its way."""

    code = "command.superseded"

    def __init__(self) -> None:
        super().__init__("asked for anew")


class CommandInvalid(InvalidError):
    """The values of a write cannot be right; the sentence names the field."""

    code = "command.invalid"


class KeyTaken(ConflictError):
    """The idempotency key stands for another write."""

    code = "command.key_taken"

    def __init__(self, key: str, first: Mapping[str, object], again: Mapping[str, object]) -> None:
        super().__init__(say_taken(key, first, again))


class TokenTaken(ConflictError):
    """Another command brings this token, or has brought it."""

    code = "command.token_taken"

    def __init__(self) -> None:
        super().__init__("this token is on its way to the meter already, or was taken by it")


# The meter is well, but this it has not, or its value makes no sense: asking again changes nothing.
REFUSALS = (ObjectUnknown, SecurityNotGranted, RecordValueWrong, RecordLengthWrong, AskedWrongly)


def is_worth_another_try(error: FlowsError) -> bool:
    """Whether the same request may be answered well the next time."""
    may_pass = isinstance(error, MeterError | AnsweredWrongly)
    return may_pass and not isinstance(error, (*REFUSALS, SerialOfAnotherMeter, MeterWithoutAddress, MeterOutOfBounds))
