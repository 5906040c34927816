"""One stay at a meter: see that it is the right one unless that is known, then read what is wanted of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from time import perf_counter

from flows_meter_sync.emop import check_serial, objects, read
from flows_meter_sync.emop.errors import ObjectUnknown
from flows_meter_sync.errors import REFUSALS, LeaseLost
from flows_meter_sync.hardware import UNKNOWN, hardware_of
from flows_meter_sync.meter import Meter
from flows_meter_sync.registry import KnownMeter
from flows_meter_sync.syncers.base import LogProgress, MeterSession, Readings, Syncer
from flows_meter_sync.syncers.hardware import ask_hardware
from flows_meter_sync.visits.report import ReadAttempt, Report
from flows_shared.errors import FlowsError

Clock = Callable[[], datetime]
Reach = Callable[[KnownMeter], Meter]


async def visit(
    known: KnownMeter,
    progress: LogProgress,
    syncers: Sequence[Syncer],
    reach: Reach,
    ends_after: float,
    clock: Clock,
    *,
    believed: bool = False,
) -> Report:
    """Read the metrics that the meter has, no new page of a log after `ends_after` seconds.

    A meter that is `believed` is not asked who it is. `LeaseLost` where another worker took the meter over meanwhile.
    """
    report, started = Report(known, syncers, clock()), perf_counter()
    try:
        await _read_metrics(report, progress, reach, ends_after, clock, believed)
    except LeaseLost:
        raise
    except FlowsError as error:
        report.failure = error
    report.duration_ms = _milliseconds(started)
    return report


async def _read_metrics(
    report: Report, progress: LogProgress, reach: Reach, ends_after: float, clock: Clock, believed: bool
) -> None:
    meter = reach(report.known)
    try:
        if not believed:
            report.known = await identify(meter, report.known, report.readings)
            report.identified = True
        hardware = report.readings.registry.get("hardware")
        session = MeterSession(meter, report.known, progress, clock, perf_counter() + ends_after, hardware)
        for syncer in report.unread:
            report.attempts.append(await read_metric(syncer, session, report.readings))
    finally:
        report.reached, report.keeps_open = meter.has_answered, meter.keeps_open
        meter.close()


async def identify(meter: Meter, known: KnownMeter, readings: Readings) -> KnownMeter:
    """The meter with its hardware, once its serial is seen to be right. One try: one that is away is visited again."""
    first, second = objects.SERIAL, objects.THREE_PHASE_SERIAL
    if known.hardware.three_phase:
        first, second = second, first
    try:
        serial = await meter.ask(read(first), attempts=1)
    except ObjectUnknown:
        serial = await meter.ask(read(second))
    check_serial(known.serial, serial)
    if known.hardware is not UNKNOWN:
        return known
    readings.registry["hardware"] = name = await ask_hardware(meter)
    return replace(known, hardware=hardware_of(name))


async def read_metric(syncer: Syncer, session: MeterSession, readings: Readings) -> ReadAttempt:
    """Read one metric; a meter that is well may refuse it."""
    at, started, own, refusal = session.clock(), perf_counter(), Readings(), None
    try:
        await syncer.read(session, own)
    except REFUSALS as error:
        refusal = error
    finally:
        readings.add(own)
    return ReadAttempt(syncer.name, at, _milliseconds(started), len(own), refusal)


def _milliseconds(started: float) -> int:
    return round((perf_counter() - started) * 1000)
