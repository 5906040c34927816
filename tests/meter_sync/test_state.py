"""What Prometheus is told of the fleet: by community and metric, never by meter."""

import re

from prometheus_client import CollectorRegistry, generate_latest

from flows_meter_sync.simulator.config import Faults, MeterConfig
from flows_meter_sync.state import FleetState
from flows_meter_sync.writes.store import add_command
from flows_shared.telemetry.metrics import exposition
from meter_sync.conftest import MakeCommunity


async def test_state_of_the_fleet_is_counted_by_community(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"), MeterConfig("EML2"), MeterConfig("EML3", faults=Faults(refuse=1)))
    await lab.sync("Reads", attempts=1)
    await lab.execute(
        "UPDATE flows.meter_sync_status SET last_success_at = now() - interval '3 hours' WHERE meter_id = $1",
        lab.ids["EML2"],
    )
    async with lab.db.transaction() as transaction:
        await add_command(transaction, lab.ids["EML1"], "prepay", {"enabled": True}, "key")
    state, registry = FleetState(), CollectorRegistry()
    registry.register(state)
    async with lab.db.connection() as connection:
        await state.measure(connection)
    said = generate_latest(registry).decode()
    assert 'flows_meters{esco="LAB",health="healthy",mode="active"} 2.0' in said
    assert 'flows_meters{esco="LAB",health="unhealthy",mode="active"} 1.0' in said
    assert 'flows_meter_commands{esco="LAB",kind="prepay",status="pending"} 1.0' in said
    ages = dict(re.findall(r'age_seconds_bucket{esco="LAB",le="([^"]+)",metric="SyncerReads"} ([\d.]+)', said))
    assert (ages["3600.0"], ages["7200.0"], ages["21600.0"], ages["+Inf"]) == ("1.0", "1.0", "2.0", "2.0")
    assert "EML" not in said


async def test_half_hours_are_as_old_as_the_newest_one_however_well_the_log_was_read(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"), MeterConfig("EML2"), MeterConfig("EML3", faults=Faults(refuse=1)))
    await lab.sync("ProfileLog", attempts=1)
    await lab.execute(
        "DELETE FROM flows.register_interval_hh WHERE register_id = $1 AND timestamp > now() - interval '30 hours'",
        lab.registers["EML2", "SINGLE"],
    )
    state, registry = FleetState(), CollectorRegistry()
    registry.register(state)
    async with lab.db.connection() as connection:
        await state.measure(connection)
    said = generate_latest(registry).decode()
    ages = dict(re.findall(r'age_seconds_bucket{esco="LAB",le="([^"]+)",metric="SyncerProfileLog"} ([\d.]+)', said))
    hours = {float(limit) / 3600: float(count) for limit, count in ages.items() if limit != "+Inf"}
    assert (hours[1], hours[25], hours[49], ages["+Inf"]) == (1, 1, 2, "2.0")


async def test_tries_are_counted_with_what_went_wrong(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"), MeterConfig("EML2", faults=Faults(refuse=1)))
    await lab.execute("UPDATE flows.escos SET code = 'TRIED'")
    await lab.sync("Csq", attempts=1)
    said = exposition().decode()
    assert 'flows_meter_metric_tries_total{esco="TRIED",metric="SyncerCsq",outcome="read"} 1.0' in said
    assert 'flows_meter_metric_tries_total{esco="TRIED",metric="SyncerCsq",outcome="meter.reset"} 1.0' in said
    assert 'flows_meter_metric_seconds_count{esco="TRIED",metric="SyncerCsq"} 2.0' in said
