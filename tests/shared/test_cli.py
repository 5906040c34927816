"""The `flows` command as a person runs it: what it prints and its exit status."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import httpx
import pytest
from typer.core import TyperGroup
from typer.main import get_command

from databases import Databases
from flows_local.servers import free_port
from flows_shared.contracts.job import Call
from flows_shared.db import Database
from flows_shared.outbox import enqueue
from processes import FlowsProcess
from waiting import until

FLOWS = str(Path(sys.executable).with_name("flows"))
SERVED_APP = str(Path(__file__).with_name("served_app.py"))
SERVED = 'flows_http_request_seconds_count{method="GET",route="/healthz",service="billing",status="2xx"}'


def flows(*arguments: str, variables: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FLOWS_")}
    environment = {**kept, "COLUMNS": "200", **(variables or {})}
    return subprocess.run([FLOWS, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_help_lists_every_command() -> None:
    result = flows("--help")
    assert result.returncode == 0
    for command in (
        "serve",
        "work",
        "migrate",
        "outbox",
        "billing",
        "meter",
        "readings",
        "emop",
        "demo",
        "seed",
        "simulate",
    ):
        assert f" {command} " in result.stdout


@pytest.mark.parametrize("command", [["serve"], ["work"], ["migrate"], ["outbox"], ["outbox", "list"]])
def test_every_command_explains_itself(command: list[str]) -> None:
    result = flows(*command, "--help")
    assert result.returncode == 0
    assert "Usage: flows" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nonsense"], "No such command"),
        (["serve"], "Missing argument"),
        (["serve", "nonsense"], "unknown service 'nonsense'; installed: api, billing, meter-sync, notify"),
        (["work", "api"], "unknown service 'api'; installed: billing, meter-sync, notify"),
        (["serve", "api", "--port", "high"], "'--port': Input should be a valid integer"),
        (["serve", "api", "--workers", "0"], "'--workers': Input should be greater than or equal to 1"),
        (["outbox", "retry"], "name the jobs by their ids, or give --all"),
        (["outbox", "retry", "7"], "'ids': Input should be a valid UUID"),
    ],
)
def test_wrong_use_exits_with_2_and_says_what_is_wrong(arguments: list[str], reason: str) -> None:
    result = flows(*arguments)
    assert result.returncode == 2
    assert reason in result.stderr


@pytest.mark.parametrize(
    ("arguments", "variables", "reason"),
    [
        (["serve", "billing"], {}, "FLOWS_JWT_SECRET: is missing"),
        (["serve", "billing"], {"FLOWS_PORT": "0"}, "FLOWS_PORT: input should be greater than or equal to 1, not '0'"),
        (["work", "billing"], {"FLOWS_JWT_SECRET": "short"}, "FLOWS_JWT_SECRET: value should have at least 32"),
        (["migrate"], {"FLOWS_LOG_FORMAT": "xml"}, "FLOWS_LOG_FORMAT: input should be 'json' or 'text', not 'xml'"),
    ],
)
def test_wrong_setting_exits_with_2_and_names_the_variable(
    arguments: list[str], variables: dict[str, str], reason: str
) -> None:
    result = flows(*arguments, variables=variables)
    assert result.returncode == 2
    assert reason in result.stderr
    assert "Traceback" not in result.stderr


def test_unreachable_database_exits_with_1_and_says_which() -> None:
    result = flows("migrate", variables={"FLOWS_DATABASE_URL": "postgresql://flows:hunter2@127.0.0.1:1/flows"})
    assert result.returncode == 1
    assert result.stderr.startswith("flows: cannot use PostgreSQL at 127.0.0.1:1/flows: ")
    assert "hunter2" not in result.stderr


def test_migrate_applies_and_check_tells(databases: Databases) -> None:
    name = databases.create("template0")
    variables = {"FLOWS_DATABASE_URL": databases.url_of(name)}
    try:
        missing = flows("migrate", "--check", variables=variables)
        assert missing.returncode == 1
        assert "flows: the database misses 0013" in missing.stderr
        assert flows("migrate", variables=variables).stdout.startswith("Applied: 0013")
        assert flows("migrate", variables=variables).stdout == "The database is up to date\n"
        assert flows("migrate", "--check", variables=variables).returncode == 0
    finally:
        databases.drop(name)


async def test_failed_jobs_are_listed_and_queued_again(db: Database, database_url: str) -> None:
    async with db.transaction() as transaction:
        job_id = await enqueue(transaction, Call("billing", "bill_month", ("2025-03",)))
        await transaction.execute("UPDATE flows.outbox SET failed_at = now(), last_error = 'no tariff', attempts = 1")
    variables = {"FLOWS_DATABASE_URL": database_url}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return flows("outbox", *arguments, variables=variables)

    listed = (await asyncio.to_thread(run, "list")).stdout
    assert str(job_id) in listed
    assert "billing  bill_month('2025-03')" in listed
    assert "attempt 1: no tariff" in listed
    assert (await asyncio.to_thread(run, "list", "--service", "notify")).stdout == ""
    assert (await asyncio.to_thread(run, "retry", str(job_id))).stdout == "Queued again: 1\n"
    assert (await asyncio.to_thread(run, "list")).stdout == ""
    assert (await asyncio.to_thread(run, "retry", str(job_id))).returncode == 1
    assert (await asyncio.to_thread(run, "retry", "--all")).stdout == "Queued again: 0\n"


@pytest.mark.parametrize("workers", [1, 2])
async def test_served_app_answers_and_stops_cleanly(settings_env: dict[str, str], tmp_path: Path, workers: int) -> None:
    port = free_port()
    arguments = [SERVED_APP, str(port), str(workers)]
    with FlowsProcess(arguments, settings_env, tmp_path / "app.log") as process:
        process.wait_until_served(port, count=workers)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

            async def ready() -> bool:
                return (await client.get("/readyz")).status_code == 200

            await until(ready)
            for _ in range(10):
                await client.get("/healthz")
            metrics = (await client.get("/metrics")).text
        assert (
            'flows_http_request_seconds_count{method="GET",route="/healthz",service="billing",status="2xx"} 10.0'
            in metrics
        )
        assert process.terminate() == 0
        assert len(process.events("stopping")) == workers


def test_port_in_use_exits_with_1(settings_env: dict[str, str], tmp_path: Path) -> None:
    port = free_port()
    arguments = [SERVED_APP, str(port), "1"]
    with FlowsProcess(arguments, settings_env, tmp_path / "first.log") as first:
        first.wait_until_served(port)
        with FlowsProcess(arguments, settings_env, tmp_path / "second.log") as second:
            assert second.process.wait(20) == 1
    assert "address already in use" in (tmp_path / "second.log").read_text()


def test_every_command_of_a_package_is_named_where_it_is_looked_for() -> None:
    named: dict[str, set[str]] = {}
    for entry in entry_points(group="flows.commands"):
        named.setdefault(entry.value, set()).add(entry.name)
    for value, names in named.items():
        module, _, attribute = value.partition(":")
        commands = get_command(getattr(import_module(module), attribute))
        assert isinstance(commands, TyperGroup)
        assert set(commands.commands) == names, value
