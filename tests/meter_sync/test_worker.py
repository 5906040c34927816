"""The service as an operator runs it: its worker, its web app and its command."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest
from arq.connections import ArqRedis

from databases import RoleUrl
from flows_local.servers import free_port
from flows_meter_sync.fleet import open_fleet
from flows_meter_sync.jobs import MeterSyncWorker, create_worker, enqueue_daily, enqueue_hourly
from flows_meter_sync.settings import MeterSyncSettings
from flows_meter_sync.simulator.config import Faults, MeterConfig
from flows_meter_sync.simulator.prepay import vend
from flows_shared.auth import service_headers
from flows_shared.contracts.jobs import PREPARE_TIME, SYNC_METERS
from flows_shared.outbox import enqueue
from flows_shared.settings import SettingsError, load_settings
from flows_shared.time import utc_now
from flows_shared.tokens import sign_token
from meter_sync.community import Community
from meter_sync.conftest import MakeCommunity
from meter_sync.relay import Hold, relayed
from processes import FlowsProcess
from waiting import until

FLOWS = str(Path(sys.executable).with_name("flows"))
QUICK = {
    "FLOWS_OUTBOX_POLL_SECONDS": "0.1",
    "FLOWS_OUTBOX_RESEND_SECONDS": "1",
    "FLOWS_OUTBOX_LEASE_SECONDS": "1",
    "FLOWS_OUTBOX_HEARTBEAT_SECONDS": "0.2",
    "FLOWS_METER_SYNC_PACE_SECONDS": "0",
    "FLOWS_METER_SYNC_LEASE_SECONDS": "1",
    "FLOWS_METER_SYNC_READ_TIMEOUT_SECONDS": "1",
    "FLOWS_METER_SYNC_ATTEMPTS": "2",
    "FLOWS_METER_SYNC_PROFILE_DAYS": "3",
}
Start: TypeAlias = Callable[..., FlowsProcess]

OUTBOX = "SELECT * FROM flows.outbox WHERE service = 'meter-sync' ORDER BY job, key"
SYNCS = "SELECT * FROM flows.outbox WHERE job = 'sync_meters' ORDER BY key"


@pytest.fixture
def variables(settings_env: dict[str, str], role_url: RoleUrl, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    found = {**settings_env, **QUICK, "FLOWS_DATABASE_URL": role_url("flows_meter_sync")}
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    return found


@pytest.fixture
def start(variables: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Start `flows ARGUMENTS` as a process."""
    started: list[FlowsProcess] = []

    def start_flows(*arguments: str, **more: str) -> FlowsProcess:
        log = tmp_path / f"{len(started)}.log"
        started.append(FlowsProcess([FLOWS, *arguments], {**variables, **more}, log))
        return started[-1]

    yield start_flows
    for process in started:
        process.__exit__()


async def run_flows(start: Start, *arguments: str) -> tuple[int, str]:
    """Exit status and all that was said."""
    process = start(*arguments)
    status = await asyncio.to_thread(process.process.wait, 60)
    return status, process.log.read_text()


async def add_job(lab: Community, *serials: str, metrics: list[str] | None = None) -> None:
    async with lab.admin.transaction() as transaction:
        ids: Any = [str(lab.ids[serial]) for serial in serials]
        names: Any = metrics
        await enqueue(transaction, SYNC_METERS(ids, names, False))


async def all_done(lab: Community) -> bool:
    return await lab.fetch(OUTBOX) == []


async def test_worker_syncs_slices_of_meters_and_a_dead_meter_fails_no_job(
    community: MakeCommunity, start: Start, redis: ArqRedis
) -> None:
    lab = await community(*(MeterConfig(f"EML{number}") for number in range(1, 7)))
    lab.meter("EML3").faults = Faults(drop=1)
    start("work", "meter-sync", FLOWS_METER_SYNC_READ_TIMEOUT_SECONDS="0.2").wait_for("started")
    await add_job(lab, "EML1", "EML2", "EML3", metrics=["SyncerCsq"])
    await add_job(lab, "EML4", "EML5", "EML6")
    await until(lambda: all_done(lab))
    health = {serial: (await lab.shadow(serial))["health"] for serial in lab.ids}
    assert health == {serial: "unhealthy" if serial == "EML3" else "healthy" for serial in lab.ids}
    assert set(await lab.status("EML1")) == {"Csq"}
    assert {"Reads", "ProfileLog", "TariffsActive"} <= set(await lab.status("EML4"))
    assert len(await lab.half_hours("EML4")) == 96


async def test_meters_of_a_worker_that_was_killed_are_synced_by_the_next(
    community: MakeCommunity, start: Start, redis: ArqRedis
) -> None:
    lab = await community(*(MeterConfig(f"EML{number}", latency_ms=30) for number in range(30)))
    worker = start("work", "meter-sync", FLOWS_METER_SYNC_CONCURRENCY="3")
    worker.wait_for("started")
    await add_job(lab, *lab.ids, metrics=["SyncerCsq", "SyncerReads"])

    async def half_way() -> bool:
        return sum(meter.counters.requests for meter in lab.simulator.meters.values()) > 40

    await until(half_way)
    worker.kill()
    start("work", "meter-sync").wait_for("started")
    await until(lambda: all_done(lab))
    [[healthy]] = await lab.fetch("SELECT count(*) FROM flows.meter_shadows WHERE health = 'healthy'")
    assert healthy == 30
    assert lab.simulator.refused == 0


async def test_token_of_a_topup_is_taken_once_though_its_worker_is_killed(
    community: MakeCommunity, start: Start, redis: ArqRedis
) -> None:
    lab = await community(MeterConfig("EML1", prepay=True))
    first = start("work", "meter-sync")
    first.wait_for("started")
    async with relayed(*lab.simulator.place("EML1")) as (relay, port):
        await lab.execute("UPDATE flows.meter_registry SET port = $1", port)
        relay.hold = Hold(5, "answer")  # of the token: the meter has taken it, and nobody knows
        await lab.execute(
            """INSERT INTO public.topups (meter, amount_pence, status, source, token)
               VALUES ($1, 1000, 'wait_token_push', 'payment', $2)""",
            lab.ids["EML1"],
            vend("EML1", 1_000, 1),
        )
        async with asyncio.timeout(20):
            await relay.held.wait()
        first.kill()
        start("work", "meter-sync").wait_for("started")

        async def completed() -> bool:
            return bool(await lab.fetch("SELECT FROM public.topups WHERE status = 'completed'"))

        await until(completed)
    [command] = await lab.fetch("SELECT status, tries FROM flows.meter_commands")
    assert (command["status"], command["tries"]) == ("confirmed", 2)
    assert lab.meter("EML1").state.prepay.count == 1


async def test_worker_told_to_stop_ends_cleanly_and_what_is_left_goes_back(
    community: MakeCommunity, start: Start, redis: ArqRedis
) -> None:
    lab = await community(*(MeterConfig(f"EML{number}", latency_ms=100) for number in range(30)))
    worker = start("work", "meter-sync", FLOWS_METER_SYNC_CONCURRENCY="2", FLOWS_WORKER_GRACE_SECONDS="0.2")
    worker.wait_for("started")
    await add_job(lab, *lab.ids, metrics=["SyncerCsq"])

    async def begun() -> bool:
        return bool(await lab.fetch("SELECT FROM flows.meter_shadows WHERE health = 'healthy'"))

    await until(begun)
    assert await asyncio.to_thread(worker.terminate) == 0
    [row] = await lab.fetch(OUTBOX)
    assert (row["job"], row["lease_until"], row["failed_at"]) == ("sync_meters", None, None)
    assert await lab.fetch("SELECT FROM flows.meter_leases WHERE expires_at > now()") == []


async def test_request_id_follows_to_the_meter_in_the_log(
    community: MakeCommunity, start: Start, redis: ArqRedis, variables: dict[str, str]
) -> None:
    lab = await community(MeterConfig("EML1", faults=Faults(wrong_serial=1)))
    worker, port = start("work", "meter-sync"), free_port()
    start("serve", "meter-sync", "--port", str(port)).wait_until_served(port)
    worker.wait_for("started")
    headers = service_headers(load_settings(MeterSyncSettings), "api", utc_now()) | {"X-Request-Id": "asked-by-ada"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
        response = await client.post("/internal/meters/EML1/sync", json={"metrics": ["Reads"]})
        assert response.status_code == 202
        assert response.json()["meter_id"] == str(lab.ids["EML1"])
        await until(lambda: all_done(lab))
        metrics = (await client.get("/metrics")).text
        assert "flows_http_request_seconds" in metrics
    [failed] = worker.events("meter_failed")
    assert (failed["request_id"], failed["serial"]) == ("asked-by-ada", "EML1")
    assert failed["code"] == "emop.serial_of_another_meter"
    assert failed["job_id"] == response.json()["job_id"]


async def test_internal_route_refuses_what_cannot_be(
    community: MakeCommunity, start: Start, redis: ArqRedis, variables: dict[str, str]
) -> None:
    lab = await community(MeterConfig("EML1"), MeterConfig("EML2"))
    await lab.execute("UPDATE flows.meter_registry SET mode = 'passive' WHERE serial = 'EML2'")
    port = free_port()
    start("serve", "meter-sync", "--port", str(port)).wait_until_served(port)
    settings = load_settings(MeterSyncSettings)
    secret, minute = variables["FLOWS_JWT_SECRET"], timedelta(minutes=1)
    user = sign_token(secret, subject="ada", role="admin", lifetime=minute, now=utc_now())
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/internal/meters") as client:

        async def ask(serial: str, metrics: list[str] | None = None, **headers: str) -> tuple[int, str]:
            given = headers or service_headers(settings, "api", utc_now())
            response = await client.post(f"/{serial}/sync", json={"metrics": metrics}, headers=given)
            return response.status_code, response.json().get("code", "")

        assert await ask("EML9") == (404, "meter.unknown")
        assert await ask("EML2") == (409, "meter.passive")
        assert await ask("EML1", ["Mood"]) == (422, "metric.unknown")
        assert await ask("EML1", []) == (422, "request.invalid")
        assert await ask("EML1", Authorization="") == (401, "auth.token_missing")
        assert await ask("EML1", Authorization=f"Bearer {user}") == (401, "auth.token_audience")
        assert await lab.fetch(OUTBOX) == []
        assert (await ask("EML1"))[0] == (await ask("EML1"))[0] == 202
        assert len(await lab.fetch(OUTBOX)) == 1  # asked twice before it was done is asked once


async def test_crons_hand_out_what_is_due_when_they_run(
    community: MakeCommunity, variables: dict[str, str], redis: ArqRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWS_METER_SYNC_SLICE", "2")
    lab = await community(*(MeterConfig(f"EML{number}") for number in range(1, 6)))
    await lab.execute("UPDATE flows.meter_registry SET mode = 'passive' WHERE serial = 'EML2'")
    await lab.execute("UPDATE flows.meter_registry SET installation_status = 'disabled' WHERE serial = 'EML4'")
    settings = load_settings(MeterSyncSettings)
    async with open_fleet(lab.db, settings) as fleet:
        worker = MeterSyncWorker("meter-sync", settings, lab.db, redis, fleet)
        await enqueue_hourly(worker)
        jobs = await lab.fetch(SYNCS)
        assert [row["key"] for row in jobs] == ["hourly 0", "hourly 1"]
        serials = {str(id): serial for serial, id in lab.ids.items()}
        assert [[serials[id] for id in row["arguments"][0]] for row in jobs] == [["EML1", "EML3"], ["EML5"]]
        hourly = {"SyncerCsq", "SyncerVoltage", "SyncerPrepayBalance", "SyncerEventLog"}
        assert set(jobs[0]["arguments"][1]) == hourly

        await lab.execute("UPDATE flows.meter_metrics SET enabled = false WHERE name = 'SyncerCsq'")
        await lab.execute("UPDATE flows.meter_metrics SET run_frequency = 'hourly' WHERE name = 'SyncerReads'")
        await enqueue_hourly(worker)
        jobs = await lab.fetch(SYNCS)
        assert len(jobs) == 2  # still undone from the last hour, now with this hour's metrics
        assert set(jobs[0]["arguments"][1]) == hourly - {"SyncerCsq"} | {"SyncerReads"}

        await enqueue_daily(worker)
        assert [(row["job"], row["key"]) for row in await lab.fetch(OUTBOX)] == [
            ("prepare_time", "daily"),
            ("send_tariffs", "hourly"),
            ("sync_meters", "daily 0"),
            ("sync_meters", "daily 1"),
            ("sync_meters", "hourly 0"),
            ("sync_meters", "hourly 1"),
        ]


async def test_worker_makes_the_partitions_of_the_months_ahead(
    community: MakeCommunity, start: Start, redis: ArqRedis
) -> None:
    lab = await community()
    newest = "SELECT max(relname) FROM pg_class WHERE relname ~ '^register_interval_hh_...._..$'"
    [[before]] = await lab.fetch(newest)
    await lab.execute(f"DROP TABLE flows.{before}")
    async with lab.admin.transaction() as transaction:
        await enqueue(transaction, PREPARE_TIME())
    start("work", "meter-sync").wait_for("started")
    await until(lambda: all_done(lab))
    [[after]] = await lab.fetch(newest)
    assert after == before


def test_wrong_setting_names_its_variable(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWS_METER_SYNC_CONCURRENCY", "0")
    with pytest.raises(SettingsError, match=r"FLOWS_METER_SYNC_CONCURRENCY: .* not '0'"):
        create_worker()


async def test_flows_sync_reads_now_and_says_what_came(community: MakeCommunity, start: Start) -> None:
    lab = await community(MeterConfig("EML1"), MeterConfig("EML2"))
    status, said = await run_flows(start, "sync", "--serial", "EML1", "--metric", "Reads", "--metric", "SyncerCsq")
    assert (status, "1 meter read, 5 values" in said) == (0, True)
    assert (await lab.shadow("EML1"))["import_a"] > 0
    assert lab.meter("EML2").counters.connections == 0
    status, said = await run_flows(start, "sync", "--esco", "lab", "--metric", "Csq")
    assert (status, "2 meters read, 2 values" in said) == (0, True)


async def test_flows_sync_names_the_meters_that_failed(community: MakeCommunity, start: Start) -> None:
    await community(MeterConfig("EML1", faults=Faults(wrong_serial=1)), MeterConfig("EML2"))
    status, said = await run_flows(start, "sync", "--metric", "Csq")
    assert status == 1
    assert "1 meter failed:\n  EML1: expected meter EML1, but EML0000000000 answered" in said


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        (["--serial", "EML9"], 1, "no meter has the serial EML9"),
        (["--esco", "NONE"], 1, "there is no active meter of a community with the code NONE"),
        (["--metric", "Mood"], 2, "no metric is called SyncerMood"),
        (["--serial", "EML1", "--esco", "LAB"], 2, "give --serial or --esco, not both"),
    ],
)
async def test_flows_sync_says_what_is_wrong(
    community: MakeCommunity, start: Start, arguments: list[str], status: int, reason: str
) -> None:
    await community(MeterConfig("EML1"))
    found, said = await run_flows(start, "sync", *arguments)
    assert found == status
    assert reason in " ".join(said.replace("│", " ").split())
