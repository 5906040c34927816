"""Models and migrated database say the same."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import asyncpg
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlmodel import select

from flows_shared.models import flows, public
from flows_shared.models.columns import METADATA

PARTITION = re.compile(r"register_interval_hh_\d{4}_\d\d")


def _is_modelled(name: str | None, kind: str, _parents: Any) -> bool:
    if kind == "schema":
        return name in ("public", "flows")
    return not (kind == "table" and name and PARTITION.fullmatch(name))


def _differences(connection: Connection) -> list[Any]:
    options = {
        "include_schemas": True,
        "include_name": _is_modelled,
        "compare_type": True,
        "compare_server_default": True,
    }
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))


def _flat(differences: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Alembic lists a column's differences together."""
    for difference in differences:
        yield from difference if isinstance(difference, list) else [difference]


async def test_models_and_database_agree(database_url: str) -> None:
    # With `public` outside the search path, it is named like any other schema.
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(database_url, server_settings={"search_path": "pg_catalog"}),
    )
    async with engine.connect() as connection:
        differences = await connection.run_sync(_differences)
    await engine.dispose()
    # What the columns mean is said by the models' docstrings and by the database's comments, each in its place.
    assert [item for item in _flat(differences) if "comment" not in item[0]] == []


async def test_row_made_by_a_model_is_read_back_whole(database_url: str) -> None:
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(database_url))
    async with AsyncSession(engine, expire_on_commit=False) as session:
        esco = flows.Esco(name="West", code="WLCE")
        session.add(esco)
        await session.flush()
        session.add(
            public.MicrogridTariff(
                esco=esco.id,
                period_start=date(2026, 10, 1),
                computed_unit_rate=Decimal("0.24567"),
                computed_standing_charge=Decimal("0.5"),
            )
        )
        await session.commit()
        tariff = (await session.execute(select(public.MicrogridTariff))).scalar_one()
        await session.refresh(tariff)
    await engine.dispose()
    assert tariff.computed_unit_rate == Decimal("0.24567")
    assert tariff.emergency_credit == 15
    assert tariff.created_at.utcoffset() is not None


async def test_shadow_is_read_by_its_model(database_url: str) -> None:
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(database_url))
    async with AsyncSession(engine) as session:
        esco = flows.Esco(name="West", code="WLCE")
        meter = flows.Meter(serial="EML1", esco=esco.id)
        for row in (esco, meter):
            session.add(row)
            await session.flush()
        await session.commit()
        await session.refresh(meter)
        shadow = await session.get_one(flows.MeterShadow, meter.id)
        assert (shadow.health, shadow.voltage_l1) == ("unhealthy", None)
    await engine.dispose()
