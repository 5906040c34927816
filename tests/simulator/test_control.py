"""Meters that are changed over HTTP while they run, as a tester in another language does."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows_meter_sync.emop import errors, objects, read, write
from flows_meter_sync.simulator import MeterConfig, Simulator
from flows_meter_sync.simulator.control import controlled
from flows_meter_sync.simulator.errors import PlaceTaken
from simulator.client import ask, connected
from simulator.conftest import Clock, Simulate

SERIAL, OTHER = "EML2100000001", "EML2100000002"
ASK = read(objects.SERIAL)
DEADLINE_SECONDS = 30


@asynccontextmanager
async def control(simulator: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    async with controlled(simulator, 0) as url, httpx.AsyncClient(base_url=url) as client:
        yield client


async def changed(client: httpx.AsyncClient, change: dict[str, Any], path: str = f"/meters/{SERIAL}") -> Any:
    answer = await client.patch(path, json=change)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_meter_is_shown_with_its_place_and_counters(simulate: Simulate) -> None:
    simulator = await simulate(MeterConfig(SERIAL), MeterConfig(OTHER))
    async with control(simulator) as client:
        await ask(simulator.place(SERIAL), ASK)
        shown = (await client.get(f"/meters/{SERIAL}")).json()
        assert (shown["address"], shown["port"]) == simulator.place(SERIAL)
        assert shown["counters"] == {"connections": 1, "requests": 1, "refused": 0}
        assert [meter["serial"] for meter in (await client.get("/meters")).json()] == [SERIAL, OTHER]
        assert (await client.get("/meters/EML9")).status_code == 404


@pytest.mark.parametrize("code", range(8))
async def test_every_refusal_can_be_had_and_ends(code: int, simulate: Simulate) -> None:
    simulator = await simulate(MeterConfig(SERIAL))
    async with control(simulator) as client:
        await changed(client, {"faults": {"nak": 1, "nak_code": code}})
        with pytest.raises(errors.NotAcknowledged) as caught:
            await ask(simulator.place(SERIAL), ASK)
        assert caught.value.nak == code
        assert (await changed(client, {"faults": {}}))["faults"]["nak"] == 0
        assert await ask(simulator.place(SERIAL), ASK) == SERIAL


async def test_latency_changes_for_all_meters_at_once(simulate: Simulate) -> None:
    simulator = await simulate(MeterConfig(SERIAL), MeterConfig(OTHER))
    async with control(simulator) as client:
        assert [meter["latency_ms"] for meter in await changed(client, {"latency_ms": 40}, "/meters")] == [40, 40]
        began = asyncio.get_running_loop().time()
        await ask(simulator.place(OTHER), ASK)
        assert asyncio.get_running_loop().time() - began >= 0.04


async def test_power_is_cut_and_comes_back_and_the_log_shows_it(simulate: Simulate, clock: Clock) -> None:
    simulator = await simulate(MeterConfig(SERIAL))
    async with control(simulator) as client:
        assert not (await changed(client, {"power": False}))["power"]
        with pytest.raises((EOFError, ConnectionError)):
            await ask(simulator.place(SERIAL), ASK)
        began = clock.now
        clock.forward(hours=1)
        assert (await changed(client, {"power": True}))["power"]
        assert await ask(simulator.place(SERIAL), ASK) == SERIAL
        meter = simulator.meters[SERIAL]
        dark = meter.half_hours(began + timedelta(minutes=20), began + timedelta(minutes=50))
        assert [half.import_wh for half in dark] == [0]


async def test_clock_and_registers_are_changed(simulate: Simulate, clock: Clock) -> None:
    simulator = await simulate(MeterConfig(SERIAL))
    place = simulator.place(SERIAL)
    async with control(simulator) as client:
        assert (await changed(client, {"clock_drift_seconds": -90}))["clock_drift_seconds"] == -90
        assert await ask(place, read(objects.CLOCK)) == clock.now - timedelta(seconds=90)
        assert (await ask(place, read(objects.READING_A))).import_active > 0
        assert (await client.post(f"/meters/{SERIAL}/reset-registers")).status_code == 200
        assert (await ask(place, read(objects.READING_A))).import_active == 0


async def test_token_that_is_sold_raises_the_balance_once(simulate: Simulate) -> None:
    simulator = await simulate(MeterConfig(SERIAL, prepay=True), MeterConfig(OTHER, prepay=True))
    place = simulator.place(SERIAL)
    async with control(simulator) as client, connected(place) as meter:
        before = await meter.ask(read(objects.PREPAY_BALANCE))
        sales = [await client.post(f"/meters/{SERIAL}/tokens", json={"amount_pence": 2000}) for _ in range(2)]
        tokens = [sale.json()["token"] for sale in sales]
        for token in tokens:
            await meter.ask(write(objects.PREPAY_TOKEN, token))
            with pytest.raises(errors.SecurityNotGranted):
                await meter.ask(write(objects.PREPAY_TOKEN, token))
        assert await meter.ask(read(objects.PREPAY_BALANCE)) == before + 40
        assert await meter.ask(read(objects.TRANSACTION_COUNT)) == 2
        with pytest.raises(errors.SecurityNotGranted):
            await ask(simulator.place(OTHER), write(objects.PREPAY_TOKEN, tokens[0]))


@pytest.mark.parametrize(
    "change",
    [
        {"faults": {"drop": 2}},
        {"faults": {"dorp": 1}},
        {"latency_ms": -1},
        {"clock_drift_seconds": 10**12},
        {"colour": "red"},
        {"power": "?"},
    ],
)
async def test_change_that_cannot_be_is_refused_and_changes_nothing(change: Any, simulate: Simulate) -> None:
    simulator = await simulate(MeterConfig(SERIAL))
    async with control(simulator) as client:
        before = (await client.get(f"/meters/{SERIAL}")).json()
        answer = await client.patch(f"/meters/{SERIAL}", json=change)
        assert answer.status_code == 422
        assert str(next(iter(change))) in answer.text
        assert (await client.get(f"/meters/{SERIAL}")).json() == before
        assert (await client.post(f"/meters/{SERIAL}/tokens", json={"amount_pence": 0})).status_code == 422


async def test_command_serves_a_file_of_meters_and_their_control(tmp_path: Path) -> None:
    file = tmp_path / "meters.yaml"
    file.write_text(f"one_address: true\naddress: 127.0.0.1\nport: 0\nmeters: [{{serial: {SERIAL}, count: 2}}]\n")
    program = "from flows_meter_sync.simulator.cli import commands; commands()"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, "--config", str(file), "--control-port", "0"),
        stdout=asyncio.subprocess.PIPE,
        env={key: value for key, value in os.environ.items() if not key.startswith("FLOWS_")},
    )
    assert process.stdout is not None
    async with asyncio.timeout(DEADLINE_SECONDS):
        lines = [(await process.stdout.readline()).decode() for _ in range(4)]
        host, port = lines[0].split()[0].split(":")
        url = lines[2].removeprefix("Control at ").strip()
        async with httpx.AsyncClient(base_url=url) as client:
            await changed(client, {"faults": {"drop": 1, "times": 1}})
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(ask((host, int(port)), ASK), 0.2)
            assert await ask((host, int(port)), ASK) == SERIAL
            schema = (await client.get("/openapi.json")).json()
            assert json.dumps(schema).count("slow_byte_seconds") > 0
        process.terminate()
        assert await process.wait() == 0


async def test_control_port_that_is_taken_is_named() -> None:
    async with Simulator([MeterConfig(SERIAL, port=0)]) as simulator:
        _, port = simulator.place(SERIAL)
        with pytest.raises(PlaceTaken, match=f"cannot listen at 127.0.0.1:{port}"):
            async with controlled(simulator, port):
                pass
