"""Meters behind a SOCKS5 proxy, each community by its own."""

from typing import Any

import pytest

from flows_local.servers import free_port
from flows_meter_sync.simulator.config import MeterConfig
from flows_shared.db import connect
from meter_sync.community import Community
from meter_sync.conftest import MakeCommunity
from socks_server import socks_server

PASSWORD = "open sesame"


async def set_proxy(lab: Community, port: int, password: str = PASSWORD) -> None:
    await lab.execute(
        """INSERT INTO flows.meter_proxies (esco, host, port, username, password)
           SELECT id, '127.0.0.1', $1, 'flows', $2 FROM flows.escos""",
        port,
        password,
    )


async def code_of(lab: Community, **settings: Any) -> str | None:
    failure = (await lab.sync("Csq", **settings))["EML1"].failure
    return failure.code if failure else None


@pytest.mark.parametrize("keep_open", [True, False])
async def test_meter_is_reached_through_its_communitys_proxy(community: MakeCommunity, keep_open: bool) -> None:
    lab = await community(MeterConfig("EML1", keep_open=keep_open))
    async with socks_server() as proxy:
        await set_proxy(lab, proxy.port)
        assert await code_of(lab) is None
        assert set(proxy.reached) == {lab.simulator.place("EML1")}
    assert (await lab.shadow("EML1"))["csq"] is not None


async def test_each_way_to_fail_has_its_own_kind(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"))
    async with socks_server() as proxy:
        await set_proxy(lab, proxy.port, "wrong")
        assert await code_of(lab, attempts=1) == "proxy.refused"
        await lab.execute("UPDATE flows.meter_proxies SET password = $1", PASSWORD)
        await lab.execute("UPDATE flows.meter_registry SET port = $1", free_port())
        assert await code_of(lab, attempts=1) == "meter.unreachable"
        assert "connection refused, says the proxy" in (await lab.shadow("EML1"))["health_details"]
    assert await code_of(lab, attempts=1) == "proxy.unreachable"
    assert PASSWORD not in (await lab.shadow("EML1"))["health_details"]


@pytest.mark.parametrize("table", ["flows.meter_proxies", "flows.meter_sources"])
@pytest.mark.parametrize("role", ["anon", "customer", "admin", "reporting"])
async def test_nobody_else_reads_the_secrets(database_url: str, table: str, role: str) -> None:
    db = await connect(database_url, name="tests")
    assert not await db.fetchval("SELECT has_table_privilege($1, $2, 'SELECT')", role, table)
    assert not await db.fetchval("SELECT has_any_column_privilege($1, $2, 'SELECT')", role, table)
    await db.close()


async def test_secrets_are_not_in_the_audit_log(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"))
    await set_proxy(lab, 1080)
    await lab.execute("UPDATE flows.meter_proxies SET password = 'another secret', host = 'proxy.example'")
    entries = await lab.fetch("SELECT action, after FROM flows.audit_log WHERE table_name = 'flows.meter_proxies'")
    assert [entry["action"] for entry in entries] == ["insert", "update"]
    assert entries[1]["after"]["host"] == "proxy.example"
    assert not any("password" in entry["after"] for entry in entries)
