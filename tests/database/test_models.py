"""Models and migrated database say the same."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlmodel import col, select

from flows_local.new_migration import differences_of, write_migration
from flows_shared.db import connect
from flows_shared.models import flows, public
from flows_shared.models.statements import add, find


async def test_models_and_database_agree(database_url: str) -> None:
    assert await differences_of(database_url) == []


async def test_next_migration_is_what_the_models_say_beside_the_database(database_url: str, tmp_path: Path) -> None:
    db = await connect(database_url, name="tests")
    await db.execute("ALTER TABLE public.wallets DROP COLUMN target_balance")
    await db.execute("CREATE TABLE public.left_over (id uuid PRIMARY KEY)")
    await db.execute("DROP TABLE public.solar_credit_tariffs CASCADE")
    await db.close()
    (tmp_path / "0041_before.py").touch()
    written = write_migration(tmp_path, "Wallets' targets", await differences_of(database_url))
    assert written.name == "0042_wallets_targets.py"
    text = written.read_text()
    compile(text, written.name, "exec")
    assert "\n    op.create_table('solar_credit_tariffs',\n" in text
    assert "sqlmodel" not in text
    assert ('revision = "0042"' in text, 'down_revision = "0041"' in text) == (True, True)
    assert "op.add_column('wallets', sa.Column('target_balance'" in text
    assert "op.drop_table('left_over', schema='public')" in text
    assert "comment" not in text


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


async def test_models_are_written_and_found_in_a_transaction_of_ours(database_url: str) -> None:
    db = await connect(database_url, name="tests")
    esco = flows.Esco(name="O'Brien's \u738b", code="WLCE")
    undone = db.transaction()
    await undone.start()
    await add(db, esco, flows.Meter(serial="EML1", esco=esco.id), flows.Meter(serial="EML2", esco=esco.id))
    of_two = select(flows.Meter.serial).where(col(flows.Meter.serial).in_(["EML2", "'; --"]))
    assert await find(db, of_two) == "EML2"
    assert await find(db, select(flows.Esco.name).where(flows.Esco.id == esco.id)) == "O'Brien's \u738b"
    assert await db.fetchval("SELECT time_zone FROM flows.escos") == "Europe/London", "the database's own default"
    await undone.rollback()
    assert await find(db, select(flows.Esco.id)) is None
    await db.close()
