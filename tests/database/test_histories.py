"""Histories and the business view of a meter follow from its shadow, whoever writes it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from access import acting_as
from builders import insert, make_esco, make_meter
from database.belongings import JUNE
from flows_shared.db import Connection

WRITERS = ["service", "flows_meter_sync", "none"]  # none: the role that migrated
OF_METER = [
    ({"csq": 20}, "meter_csq"),
    ({"csq": None}, "meter_csq"),  # the meter could not be reached
    ({"voltage": 241}, "meter_voltage"),
    ({"balance": -3}, "meter_prepay_balance"),
    ({"health": "unhealthy", "health_details": "no answer"}, "meter_health_history"),
    ({"health": "healthy", "health_details": ""}, "meter_health_history"),
]


async def write_shadow(tx: Connection, *meters: UUID, **values: Any) -> None:
    columns = ", ".join(f'"{name}" = ${position}' for position, name in enumerate(values, 2))
    written = f"UPDATE flows.meter_shadows SET {columns} WHERE id = ANY($1)"
    assert await tx.execute(written, meters, *values.values()) == f"UPDATE {len(meters)}"


async def make_community_meter(tx: Connection, *elements: str) -> tuple[UUID, dict[str, UUID]]:
    meter = await make_meter(tx, await make_esco(tx), *elements)
    return meter.id, dict(meter.registers)


async def history(tx: Connection, table: str, meter: UUID) -> list[dict[str, Any]]:
    rows = await tx.fetch(f"SELECT * FROM flows.{table} WHERE meter_id = $1 ORDER BY timestamp", meter)
    return [dict(row) for row in rows]


async def reads(tx: Connection, table: str) -> dict[UUID, Any]:
    return {row["register_id"]: row["read"] for row in await tx.fetch(f"SELECT register_id, read FROM flows.{table}")}


async def now(tx: Connection) -> datetime:
    moment: datetime = await tx.fetchval("SELECT now()")
    return moment


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize(("values", "table"), OF_METER)
async def test_value_of_a_meter_is_kept_whoever_writes_it(
    tx: Connection, writer: str, values: dict[str, Any], table: str
) -> None:
    meter, _ = await make_community_meter(tx)
    async with acting_as(tx, writer):
        await write_shadow(tx, meter, **values)
    assert await history(tx, table, meter) == [{"meter_id": meter, "timestamp": await now(tx), **values}]


async def test_voltages_of_three_phases_are_kept_together(tx: Connection) -> None:
    meter, _ = await make_community_meter(tx)
    await write_shadow(tx, meter, **{"3p_voltage_l1": 240, "3p_voltage_l2": 241})
    [row] = await history(tx, "meter_3p_voltage", meter)
    assert (row["voltage_l1"], row["voltage_l2"], row["voltage_l3"]) == (240, 241, None)


@pytest.mark.parametrize("direction", ["import", "export"])
async def test_read_is_kept_for_the_register_of_its_element(tx: Connection, direction: str) -> None:
    twin, of_twin = await make_community_meter(tx, "A", "B")
    single, of_single = await make_community_meter(tx)
    await write_shadow(tx, twin, single, **{f"{direction}_a": 100, f"{direction}_b": 7})
    assert await reads(tx, f"register_{direction}") == {of_twin["A"]: 100, of_twin["B"]: 7, of_single["SINGLE"]: 100}


async def test_only_values_that_a_write_names_are_kept(tx: Connection) -> None:
    meter, registers = await make_community_meter(tx, "A", "B")
    await write_shadow(tx, meter, import_b=7)
    await write_shadow(tx, meter, clock_time_diff_seconds=3)
    assert await reads(tx, "register_import") == {registers["B"]: 7}
    assert await reads(tx, "register_export") == {}
    for _, table in OF_METER:
        assert await history(tx, table, meter) == []


async def test_unchanged_value_is_kept_again_and_an_unknown_one_is_not(tx: Connection) -> None:
    meter, _ = await make_community_meter(tx)
    await write_shadow(tx, meter, voltage=241, import_a=5)
    for table in ("meter_voltage", "register_import"):
        await tx.execute(f"UPDATE flows.{table} SET timestamp = $1", JUNE)  # as if it was written then
    await write_shadow(tx, meter, voltage=241, import_a=5)
    assert [row["timestamp"] for row in await history(tx, "meter_voltage", meter)] == [JUNE, await now(tx)]
    assert await tx.fetchval("SELECT count(*) FROM flows.register_import") == 2
    await tx.execute("DELETE FROM flows.register_import")
    await write_shadow(tx, meter, import_a=None)
    assert await reads(tx, "register_import") == {}


async def test_replaced_register_gets_no_more_reads(tx: Connection) -> None:
    meter, _ = await make_community_meter(tx)
    await tx.execute("UPDATE flows.meter_registers SET status = 'replaced', end_time = now()")
    follower = await insert(tx, "flows.meter_registers", meter_id=meter, element="SINGLE", nature="power")
    await write_shadow(tx, meter, import_a=9)
    assert await reads(tx, "register_import") == {follower["register_id"]: 9}


async def test_refused_write_leaves_nothing_to_the_next(tx: Connection) -> None:
    meter, _ = await make_community_meter(tx)
    with pytest.raises(asyncpg.CheckViolationError):
        async with tx.transaction():
            await write_shadow(tx, meter, csq=99, voltage=240)
    await write_shadow(tx, meter, balance=1)
    assert await history(tx, "meter_csq", meter) == await history(tx, "meter_voltage", meter) == []


async def test_healthy_meter_is_noted_as_online(tx: Connection) -> None:
    meter, _ = await make_community_meter(tx)
    seen_at = "SELECT last_healthy_at FROM flows.meter_shadows WHERE id = $1"
    assert await tx.fetchval(seen_at, meter) is None
    await write_shadow(tx, meter, health="healthy")
    assert await tx.fetchval(seen_at, meter) == await now(tx)
    await write_shadow(tx, meter, last_healthy_at=JUNE)
    await write_shadow(tx, meter, health="unhealthy")
    assert await tx.fetchval(seen_at, meter) == JUNE


# The business view


async def test_meter_has_one_shadow_and_one_business_view(tx: Connection) -> None:
    meter, _ = await make_community_meter(tx)
    for table in ("flows.meter_shadows", "public.meters"):
        assert [row["id"] for row in await tx.fetch(f"SELECT id FROM {table}")] == [meter]
    with pytest.raises(asyncpg.UniqueViolationError):
        async with tx.transaction():
            await insert(tx, "flows.meter_shadows", id=meter)
    await tx.execute("DELETE FROM flows.meter_registry WHERE id = $1", meter)
    for table in ("flows.meter_shadows", "public.meters"):
        assert await tx.fetch(f"SELECT id FROM {table}") == []


async def test_business_view_follows_registry_and_shadow(tx: Connection) -> None:
    meter, _ = await make_community_meter(tx)
    other, _ = await make_community_meter(tx)
    await tx.execute("UPDATE flows.meter_registry SET serial = 'EML9', prepay_enabled = true WHERE id = $1", meter)
    await write_shadow(tx, meter, balance=12)
    view = "SELECT serial, prepay_enabled, balance FROM public.meters WHERE id = $1"
    assert tuple(await tx.fetchrow(view, meter) or ()) == ("EML9", True, 12)
    assert await tx.fetchval("SELECT balance FROM public.meters WHERE id = $1", other) is None


async def test_balance_that_is_known_no_more_is_no_business_balance_either(tx: Connection) -> None:
    meter, _ = await make_community_meter(tx)
    await write_shadow(tx, meter, balance=12)
    await write_shadow(tx, meter, balance=None)
    assert await tx.fetchval("SELECT balance FROM public.meters WHERE id = $1", meter) is None


# Dates


async def test_every_dated_table_has_its_date_kept_by_the_database(tx: Connection) -> None:
    undated = """
        SELECT attrelid::regclass::text FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
         WHERE attname = 'updated_at' AND relkind IN ('r', 'p')
           AND relnamespace IN ('public'::regnamespace, 'flows'::regnamespace)
           AND NOT EXISTS (SELECT FROM pg_trigger
                            WHERE tgrelid = attrelid AND tgfoid = 'flows.set_updated_at'::regproc)"""
    assert await tx.fetch(undated) == []


async def test_updated_at_is_the_time_of_the_change_whatever_is_written(tx: Connection) -> None:
    esco = await insert(tx, "flows.escos", name="West", code="WLCE", created_at=JUNE, updated_at=JUNE)
    assert (esco["created_at"], esco["updated_at"]) == (JUNE, JUNE)
    await tx.execute("UPDATE flows.escos SET name = 'East', updated_at = $1", JUNE)
    changed = await tx.fetchrow("SELECT created_at, updated_at FROM flows.escos")
    assert tuple(changed or ()) == (JUNE, await now(tx))
