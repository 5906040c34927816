"""A serial, an address and a SIM are of who had them first; another neither has the meter nor learns whose it is."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from access import acting_as
from builders import insert, make_admin, make_esco, make_home, make_meter
from flows_shared.db import Connection

RELEASE = "SELECT public.release_meter($1)"
SAME: dict[str, Any] = {
    "serial": "EML9000001",
    "emnify_id": 7,
    "iccid": "8944000000000000001",
    "ip_address": "10.7.0.1",
}


async def two_communities(tx: Connection) -> tuple[UUID, UUID, UUID, UUID]:
    """Two communities, and an admin of each."""
    ours, theirs = await make_esco(tx, code="OURS"), await make_esco(tx, code="THEM")
    return ours, await make_admin(tx, ours), theirs, await make_admin(tx, theirs)


@pytest.mark.parametrize("column", list(SAME))
async def test_what_names_a_meter_elsewhere_is_refused_without_telling_whose(tx: Connection, column: str) -> None:
    ours, _admin, theirs, their_admin = await two_communities(tx)
    await make_meter(tx, ours, **SAME)
    own = await make_meter(tx, theirs)
    others = {"esco": theirs, "serial": "EML9000002", "ip_address": "10.7.0.2", column: SAME[column]}
    with pytest.raises(asyncpg.UniqueViolationError) as claimed:
        async with tx.transaction(), acting_as(tx, "admin", their_admin):
            await insert(tx, "flows.meter_registry", **others)
    with pytest.raises(asyncpg.UniqueViolationError) as renamed:
        async with tx.transaction(), acting_as(tx, "admin", their_admin):
            await tx.execute(
                f"UPDATE flows.meter_registry SET {column} = $1, port = 8080 WHERE id = $2", SAME[column], own.id
            )
    for refusal in (claimed, renamed):
        told = str(refusal.value.as_dict())
        assert "OURS" not in told
        assert str(ours) not in told


async def test_meter_of_another_is_not_moved_or_released(tx: Connection) -> None:
    ours, _admin, theirs, their_admin = await two_communities(tx)
    meter = await make_meter(tx, ours, **SAME)
    unknown = []
    for serial in (meter.serial, "EML9999999", "", "x" * 100_000):
        with pytest.raises(asyncpg.PostgresError, match="there is no meter") as refusal:
            async with tx.transaction(), acting_as(tx, "admin", their_admin):
                await tx.execute(RELEASE, serial)
        unknown.append(refusal.value.sqlstate)
        assert len(str(refusal.value)) < 300
    assert set(unknown) == {"PT404"}
    async with acting_as(tx, "admin", their_admin):
        moved = await tx.execute("UPDATE flows.meter_registry SET esco = $1 WHERE serial = $2", theirs, meter.serial)
    assert moved == "UPDATE 0"
    assert await tx.fetchval("SELECT esco FROM flows.meter_registry WHERE id = $1", meter.id) == ours


async def test_operator_sets_a_serial_free_that_never_answered(tx: Connection) -> None:
    ours, admin, theirs, _admin = await two_communities(tx)
    ahead = await make_meter(tx, theirs, **SAME)
    operator = await make_admin(tx)
    async with acting_as(tx, "admin", operator):
        assert await tx.fetchval(RELEASE, ahead.serial) == ahead.id
    async with acting_as(tx, "admin", admin):
        await insert(tx, "flows.meter_registry", esco=ours, **SAME)
    assert await tx.fetchval("SELECT esco FROM flows.meter_registry WHERE serial = $1", SAME["serial"]) == ours
    record = "SELECT actor FROM flows.audit_log WHERE action = 'delete' AND row_id = $1"
    assert await tx.fetchval(record, str(ahead.id)) == str(operator)


@pytest.mark.parametrize(
    "used",
    [
        "UPDATE flows.meter_shadows SET last_healthy_at = now() WHERE id = $1",
        "UPDATE flows.meter_shadows SET import_a = 1 WHERE id = $1",
        "INSERT INTO flows.register_interval_hh (register_id, timestamp, kwh)"
        " SELECT register_id, '2026-06-01 10:00Z', 1 FROM flows.meter_registers WHERE meter_id = $1",
    ],
)
async def test_meter_that_answered_is_not_released(tx: Connection, used: str) -> None:
    meter = await make_meter(tx, await make_esco(tx))
    await tx.execute(used, meter.id)
    await refuse_release(tx, meter.serial)


async def test_meter_of_a_home_is_not_released(tx: Connection) -> None:
    await refuse_release(tx, (await make_home(tx)).meter.serial)


async def refuse_release(tx: Connection, serial: str) -> None:
    operator = await make_admin(tx)
    with pytest.raises(asyncpg.PostgresError, match="has answered, has half hours or is in a home") as refusal:
        async with tx.transaction(), acting_as(tx, "admin", operator):
            await tx.execute(RELEASE, serial)
    assert refusal.value.sqlstate == "PT409"


async def test_key_that_reads_and_strangers_release_nothing(tx: Connection) -> None:
    esco = await make_esco(tx)
    meter = await make_meter(tx, esco)
    admin = await make_admin(tx, esco)
    for role, subject in (("customer", uuid4()), ("anon", None), ("reporting", uuid4())):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with tx.transaction(), acting_as(tx, role, subject):
                await tx.execute(RELEASE, meter.serial)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with tx.transaction(), acting_as(tx, "admin", admin, scopes=["read"]):
            await tx.execute(RELEASE, meter.serial)
    assert await tx.fetchval("SELECT count(*) FROM flows.meter_registry") == 1
