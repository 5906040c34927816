"""`flows meter`: what a person asks of one meter on the command line, through the whole house."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from builders import make_admin
from conftest import JWT_SECRET
from databases import RoleUrl
from flows_meter_sync.simulator.config import MeterConfig
from flows_meter_sync.simulator.prepay import vend
from flows_meter_sync.simulator.server import Simulator
from flows_shared.db import Database
from flows_shared.time import utc_now
from flows_shared.tokens import sign_token
from house import House
from meter_sync.community import register_meters

FLOWS = str(Path(sys.executable).with_name("flows"))


@dataclass(frozen=True)
class Shell:
    """Where an admin of the community types."""

    variables: dict[str, str]

    async def flows(self, *arguments: str) -> tuple[int, str, str]:
        """Exit status, and what came on stdout and stderr."""
        process = await asyncio.create_subprocess_exec(
            FLOWS,
            "meter",
            *arguments,
            env=self.variables,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(60):
            said, wrong = await process.communicate()
        return process.returncode or 0, said.decode(), wrong.decode()

    async def json(self, *arguments: str) -> Any:
        status, said, wrong = await self.flows(*arguments, "--json")
        assert status == 0, wrong
        return json.loads(said)


@pytest.fixture
async def shell(settings_env: dict[str, str], role_url: RoleUrl, tmp_path: Path, db: Database) -> AsyncIterator[Shell]:
    meter = MeterConfig("EML1", port=0, prepay=True, balance=Decimal(5), clock_drift_seconds=40)
    async with Simulator([meter]) as simulator:
        await register_meters(db, simulator, utc_now() - timedelta(days=1))
        async with db.connection() as connection:
            admin = await make_admin(connection)
            await connection.execute(
                "INSERT INTO flows.meter_registry (serial, esco) SELECT 'EML2', esco FROM flows.meter_registry"
            )
        token = sign_token(
            JWT_SECRET,
            subject=str(admin),
            role="admin",
            lifetime=timedelta(hours=1),
            now=utc_now(),
            audience="authenticated",
            issuer="flows",
        )
        with House(settings_env, role_url, tmp_path) as house:
            await asyncio.to_thread(house.serve, "api", "meter-sync")
            await asyncio.to_thread(house.work, "meter-sync")
            yield Shell({"FLOWS_GATEWAY_URL": house.url("api"), "FLOWS_GATEWAY_TOKEN": token})


@pytest.mark.timeout(400)  # a process for each of twenty commands
async def test_person_reads_and_writes_a_meter(shell: Shell) -> None:
    status, said, wrong = await shell.flows("read", "EML1", "--now")
    assert status == 0, wrong
    assert "import_a" in said
    assert "healthy" in said
    assert (await shell.json("csq", "EML1", "--now"))["csq"] > 0
    assert (await shell.json("clock", "EML1", "--now"))["clock_time_diff_seconds"] >= 38
    assert (await shell.json("clock", "EML1", "--set"))["status"] == "confirmed"
    assert (await shell.json("token", "EML1", vend("EML1", 1_000, 1)))["after"]["transaction_count"] == 1
    assert Decimal((await shell.json("balance", "EML1"))["balance"]) > 10
    prices = ["--unit-rate", "0.21", "--standing-charge", "0.4", "--activate-at", "2099-01-01T00:00:00Z"]
    assert (await shell.json("tariff", "EML1", *prices))["status"] == "confirmed"
    assert (await shell.json("tariff", "EML1"))["tariffs_future"]["unit_rate_element_a"] == "0.21"
    synced = await shell.json("sync", "EML1", "--metric", "EventLog")
    assert "SyncerEventLog" in {row["metric"] for row in synced["metrics"]}
    assert (await shell.json("events", "EML1"))[0]["name"]
    assert await shell.json("profile", "EML1") == []

    exchanged = ["exchange", "EML1", "EML2", "--at", (utc_now() - timedelta(hours=1)).isoformat()]
    [register] = (await shell.json(*exchanged, "--closing", "12000.5", "--opening", "SINGLE=0.1"))["registers"]
    assert (register["element"], register["nature"]) == ("SINGLE", "power")

    for arguments, reason in (
        (exchanged, "meter EML1 was replaced at"),
        (["read", "EML9"], "there is no meter 'EML9'"),
        (["token", "EML1", "12"], "token"),
        (["token", "EML1", vend("EML2", 500, 1)], "refused the token"),
    ):
        status, _, wrong = await shell.flows(*arguments)
        assert status == 1
        assert reason in wrong


async def test_command_without_a_login_says_what_to_set() -> None:
    status, _, wrong = await Shell({}).flows("read", "EML1")
    assert status == 1
    assert "FLOWS_GATEWAY_TOKEN" in wrong
