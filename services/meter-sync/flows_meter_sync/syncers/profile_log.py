"""Half-hourly energy, from the last half hour held and in every gap."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from flows_meter_sync.intervals.advance import Logged, derive
from flows_meter_sync.registry import KnownMeter, Register
from flows_meter_sync.syncers.base import Readings, Syncer, Talk
from flows_meter_sync.syncers.logs import Counted, Log, log_of
from flows_shared.time import DAY, HALF_HOUR, Period

BEFORE_THE_LOG: Final = "the meter's log does not go back so far"
NOT_LOGGED: Final = "the meter's log has no record of it"
# A meter whose clock is slow has the newest records later.
STILL_TO_COME: Final = DAY


class SyncerProfileLog(Syncer):
    """Fills `flows.register_interval_hh`. Where a visit ends before all is read, the next one goes on there."""

    def applies(self, known: KnownMeter) -> bool:
        return bool(known.registers)

    async def read(self, talk: Talk, readings: Readings) -> None:
        logs: defaultdict[Log, list[Register]] = defaultdict(list)
        for register in talk.known.registers:
            if register.id in talk.held.gaps:
                logs[log_of(register, talk.known.hardware)].append(register)
        for log, registers in logs.items():
            logged = {register.id: Logged(talk.known.hardware.steps) for register in registers}
            try:
                await _read_log(talk, log, registers, logged)
            finally:
                for id, said in logged.items():
                    derived = derive(id, talk.known.zone, said, talk.held.gaps[id])
                    readings.runs += derived.runs
                    readings.missing += derived.missing
                    readings.counts += derived.counts


async def _read_log(talk: Talk, log: Log, registers: list[Register], logged: Mapping[UUID, Logged]) -> None:
    channels = {register.id: log.channel(register) for register in registers}
    read_until: datetime | None = None
    for start in _instants(period for register in registers for period in talk.held.gaps[register.id]):
        if read_until is not None and start < read_until:
            continue
        if talk.is_over:
            return
        page = await log.page(talk, start)
        read_until = _end_of(page, start, log.half_hours)
        for entry in page:
            for register_id, channel in channels.items():
                logged[register_id].note(entry.at, entry.counts.get(channel), entry.reason, reset=entry.reset)
        for at, reason in _not_logged(page, Period(start, read_until), talk.clock() - STILL_TO_COME):
            for register_id in channels:
                logged[register_id].note(at, None, reason)


def _end_of(page: Sequence[Counted], start: datetime, half_hours: int) -> datetime:
    """Until when a page that was asked for from `start` says what there is."""
    if not page:
        return start + half_hours * HALF_HOUR
    # A clock that was put back fills a page with the same instants again.
    whole = min(half_hours * HALF_HOUR, page[-1].at + HALF_HOUR - start) if len(page) >= half_hours else None
    # A log that begins later answers with its first entries: nothing is to be had before them.
    return max(start + (whole or half_hours * HALF_HOUR), page[0].at)


def _not_logged(page: Sequence[Counted], asked: Period, until: datetime) -> Iterator[tuple[datetime, str]]:
    """The instants that a page leaves out of the time that it speaks of, and why, as far as it is settled."""
    logged = {entry.at for entry in page}
    for at in asked.half_hours():
        if at <= until and at not in logged:
            yield at, BEFORE_THE_LOG if page and at < page[0].at else NOT_LOGGED


def _instants(gaps: Iterable[Period]) -> list[datetime]:
    """The starts and ends of the half hours of the gaps, in order."""
    starts = {at for gap in gaps for at in gap.half_hours()}
    return sorted(starts | {at + HALF_HOUR for at in starts})
