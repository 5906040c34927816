"""Half-hourly energy, from the last half hour held and in every gap."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from flows_meter_sync.intervals.advance import derive_runs
from flows_meter_sync.registry import KnownMeter, Register
from flows_meter_sync.syncers.base import Readings, Syncer, Talk
from flows_meter_sync.syncers.logs import Log, log_of
from flows_shared.time import HALF_HOUR, Period


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
            counts: dict[UUID, dict[datetime, int]] = {register.id: {} for register in registers}
            try:
                await _read_log(talk, log, registers, counts)
            finally:
                for id, counted in counts.items():
                    wanted = talk.held.gaps[id]
                    readings.runs += derive_runs(id, talk.known.zone, counted, talk.known.hardware.steps, wanted)


async def _read_log(talk: Talk, log: Log, registers: list[Register], counts: dict[UUID, dict[datetime, int]]) -> None:
    channels = {register.id: log.channel(register) for register in registers}
    read_until: datetime | None = None
    for start in _instants(period for register in registers for period in talk.held.gaps[register.id]):
        if read_until is not None and start < read_until:
            continue
        if talk.is_over:
            return
        page = await log.page(talk, start)
        # A log that begins later answers with its first entries: nothing is to be had before them.
        read_until = max(start + log.half_hours * HALF_HOUR, page[0].at if page else start)
        for at, counted in page:
            for register_id, channel in channels.items():
                if channel in counted:
                    counts[register_id][at] = counted[channel]


def _instants(gaps: Iterable[Period]) -> list[datetime]:
    """The starts and ends of the half hours of the gaps, in order."""
    starts = {at for gap in gaps for at in gap.half_hours()}
    return sorted(starts | {at + HALF_HOUR for at in starts})
