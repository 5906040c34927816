"""What the worker does with readings every day, from the cron job to the tables."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from arq.connections import ArqRedis

from builders import make_meter
from databases import RoleUrl
from flows_meter_sync.readings.jobs import check_readings, enqueue_readings_work, estimate_readings
from flows_meter_sync.settings import MeterSyncSettings
from flows_shared.jobs import Worker
from flows_shared.settings import load_settings
from flows_shared.time import floor_half_hour, utc_now
from meter_sync.readings import Home

JOBS: dict[str, Callable[..., Awaitable[None]]] = {
    "check_readings": check_readings,
    "estimate_readings": estimate_readings,
}


@pytest.mark.usefixtures("settings_env")
async def test_every_day_the_last_days_are_checked_and_what_is_missing_for_long_is_estimated(
    home: Home, redis: ArqRedis, role_url: RoleUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = floor_half_hour(utc_now())
    begin = now - timedelta(days=20)
    await home.execute("UPDATE flows.meter_registers SET start_time = $1", begin)
    await home.add(begin, *[1_000] * (48 * 14))
    await home.add(now - timedelta(days=1), 500_000)
    monkeypatch.setenv("FLOWS_DATABASE_URL", role_url("flows_meter_sync"))
    worker = Worker("meter-sync", load_settings(MeterSyncSettings), home.own, redis)
    await enqueue_readings_work(worker)
    await enqueue_readings_work(worker)  # a job that is undone from the last time is not queued twice
    jobs = await home.fetch("SELECT job, arguments FROM flows.outbox ORDER BY job")
    assert [job for job, _ in jobs] == ["check_readings", "estimate_readings"]
    for name, arguments in jobs:
        await JOBS[name](worker, *arguments)
    estimated = [at for at, (_, source) in (await home.values()).items() if source == "estimated"]
    assert (min(estimated), max(estimated)) == (begin + timedelta(days=14), now - timedelta(days=3, minutes=30))
    assert await home.fetch("SELECT DISTINCT rule FROM flows.register_interval_flags ORDER BY 1") == [
        ("above_fuse",),
        ("spike",),
    ]


@pytest.mark.usefixtures("settings_env")
async def test_register_since_before_christ_stops_no_check_and_no_estimate(
    home: Home, redis: ArqRedis, role_url: RoleUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a database from before the guards of columns may hold it, beside a register that lives for ten minutes."""
    now = floor_half_hour(utc_now())
    async with home.admin.transaction() as transaction:
        esco = await transaction.fetchval("SELECT id FROM flows.escos")
        old, short = await make_meter(transaction, esco), await make_meter(transaction, esco)
        await transaction.execute(
            "ALTER TABLE flows.meter_registers DROP CONSTRAINT start_time_from_2000_to_2199;"
            "SET LOCAL session_replication_role = replica"
        )
        change = "UPDATE flows.meter_registers SET start_time = $2, end_time = $3 WHERE meter_id = $1"
        await transaction.execute(
            "UPDATE flows.meter_registers SET start_time = '4713-01-01 BC' WHERE meter_id = $1", old.id
        )
        begin = now - timedelta(days=5) + timedelta(minutes=10)
        await transaction.execute(change, short.id, begin, begin + timedelta(minutes=10))
    await home.execute(
        "UPDATE flows.meter_registers SET start_time = $1 WHERE register_id = $2", begin, home.register_id
    )
    await home.add(now - timedelta(days=1), 500_000)
    monkeypatch.setenv("FLOWS_DATABASE_URL", role_url("flows_meter_sync"))
    worker = Worker("meter-sync", load_settings(MeterSyncSettings), home.own, redis)
    await enqueue_readings_work(worker)
    for name, arguments in await home.fetch("SELECT job, arguments FROM flows.outbox ORDER BY job"):
        await JOBS[name](worker, *arguments)
    assert ("above_fuse",) in await home.fetch("SELECT DISTINCT rule FROM flows.register_interval_flags")
