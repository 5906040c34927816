"""Half-hourly energy, from the last half hour held and in every gap."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from flows_meter_sync.emop.units import EPOCH
from flows_meter_sync.intervals.advance import Logged, derive
from flows_meter_sync.intervals.gaps import merge
from flows_meter_sync.registry import KnownMeter, Register
from flows_meter_sync.syncers.base import MeterSession, Readings, Syncer
from flows_meter_sync.syncers.logs import Log, LogEntry, log_of
from flows_shared.time import DAY, HALF_HOUR, ceil_half_hour

BEFORE_THE_LOG: Final = "the meter's log does not go back so far"
NOT_LOGGED: Final = "the meter's log has no record of it"
# A meter whose clock is slow has the newest records later.
STILL_TO_COME: Final = DAY


class SyncerProfileLog(Syncer):
    """Fills `flows.register_interval_hh`. Where a visit ends before all is read, the next one goes on there."""

    def applies(self, known: KnownMeter) -> bool:
        return bool(known.registers)

    async def read(self, session: MeterSession, readings: Readings) -> None:
        logs: defaultdict[Log, list[Register]] = defaultdict(list)
        for register in session.known.registers:
            if register.id in session.progress.gaps:
                logs[log_of(register, session.known.hardware)].append(register)
        for log, registers in logs.items():
            hardware = session.known.hardware
            most = hardware.counter(session.known.amperes).most
            logged = {register.id: Logged(hardware.steps, most=most) for register in registers}
            try:
                await _read_log(session, log, registers, logged)
            finally:
                for id, said in logged.items():
                    derived = derive(id, session.known.zone, said, session.progress.gaps[id])
                    readings.runs += derived.runs
                    readings.missing += derived.missing
                    readings.counts += derived.counts


async def _read_log(session: MeterSession, log: Log, registers: list[Register], logged: Mapping[UUID, Logged]) -> None:
    channels = [(log.channel(register), logged[register.id]) for register in registers]
    settled_at = session.clock() - STILL_TO_COME
    start = EPOCH
    for gap in merge([gap for register in registers for gap in session.progress.gaps[register.id]]):
        start, last = ceil_half_hour(max(start, gap.start)), ceil_half_hour(gap.end)
        while start <= last:
            if session.is_over:
                return
            page = await log.page(session, start)
            end = _end_of(page, start, log.half_hours)
            for at, counts, reason, reset in page:
                for channel, register in channels:
                    register.note(at, counts[channel] if counts else None, reason, reset=reset)
            for at, reason in _not_logged(page, start, min(end, settled_at)):
                for _, register in channels:
                    register.note(at, None, reason)
            start = end


def _end_of(page: Sequence[LogEntry], start: datetime, half_hours: int) -> datetime:
    """Until when a page that was asked for from `start` says what there is, or where the log begins."""
    whole = start + half_hours * HALF_HOUR
    if not page:
        return whole
    # A clock that was put back fills a page with the same instants again.
    until = min(whole, page[-1].at + HALF_HOUR) if len(page) >= half_hours else whole
    # A log that begins later answers with its first entries: nothing is to be had before them.
    return max(start + HALF_HOUR, ceil_half_hour(until), ceil_half_hour(page[0].at))


def _not_logged(page: Sequence[LogEntry], start: datetime, end: datetime) -> Iterator[tuple[datetime, str]]:
    """The instants of `[start, end)` that a page leaves out, and why."""
    logged = {entry.at for entry in page}
    at = start
    while at < end:
        if at not in logged:
            yield at, BEFORE_THE_LOG if page and at < page[0].at else NOT_LOGGED
        at += HALF_HOUR
