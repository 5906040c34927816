"""What the worker does with readings by the clock and on demand: check what came, estimate what did not."""

from datetime import datetime, timedelta
from uuid import UUID

from flows_meter_sync.estimation.methods import Method
from flows_meter_sync.intervals.registers import load_registers
from flows_meter_sync.readings.estimate import estimate_missing
from flows_meter_sync.readings.validate import validate_readings
from flows_meter_sync.registry import slices
from flows_meter_sync.settings import MeterSyncSettings
from flows_shared.contracts.jobs import CHECK_READINGS, ESTIMATE_READINGS
from flows_shared.jobs import Worker
from flows_shared.logs import get_logger
from flows_shared.outbox import enqueue_many
from flows_shared.time import DAY, Period, floor_half_hour

READ_METERS = "SELECT id FROM flows.meter_registry WHERE installation_status <> 'deleted' ORDER BY serial"

log = get_logger()


async def check_readings(worker: Worker[MeterSyncSettings], meter_ids: list[str], since: str, until: str) -> None:
    """Flag what is wrong with readings of these meters in `[since, until)`."""
    async with worker.db.connection() as connection:
        registers = await load_registers(
            connection,
            meter_ids=[UUID(id) for id in meter_ids],
            amperes=worker.settings.readings_meter_amperes,
        )
    flagged = await validate_readings(worker.db, registers, _period(since, until), worker.settings)
    log.info("readings_checked", registers=len(registers), flags=len(flagged))


async def estimate_readings(
    worker: Worker[MeterSyncSettings], meter_ids: list[str], since: str, until: str, method: str
) -> None:
    """Estimate what is missing of these meters in `[since, until)`."""
    async with worker.db.connection() as connection:
        registers = await load_registers(
            connection,
            meter_ids=[UUID(id) for id in meter_ids],
            amperes=worker.settings.readings_meter_amperes,
        )
    found = await estimate_missing(worker.db, registers, _period(since, until), Method(method))
    missing, estimated = sum(each.missing for each in found), sum(len(each.estimates) for each in found)
    log.info("readings_estimated", registers=len(found), missing=missing, estimated=estimated)


async def enqueue_readings_work(worker: Worker[MeterSyncSettings]) -> None:
    """Hand out the day's checks, and estimates for what has been missing long enough."""
    settings, now = worker.settings, floor_half_hour(worker.now())
    checked = now - settings.readings_check_days * DAY
    asked_for = now - timedelta(days=settings.meter_sync_profile_days)
    given_up = max(asked_for, now - settings.readings_estimate_after_days * DAY)
    async with worker.db.transaction() as transaction:
        meters = [str(row["id"]) for row in await transaction.fetch(READ_METERS)]
        parts = slices(meters, settings.meter_sync_slice)
        keys = [f"daily {number}" for number in range(len(parts))]
        checks = [CHECK_READINGS(list(part), checked.isoformat(), now.isoformat()) for part in parts]
        await enqueue_many(transaction, checks, keys=keys)
        method = settings.readings_estimate_method.value
        gap = asked_for.isoformat(), given_up.isoformat()
        await enqueue_many(transaction, [ESTIMATE_READINGS(list(part), *gap, method) for part in parts], keys=keys)


def _period(since: str, until: str) -> Period:
    return Period(datetime.fromisoformat(since), datetime.fromisoformat(until))
