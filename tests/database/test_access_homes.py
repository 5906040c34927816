"""Row level security of a home that changes hands: its occupiers see their own days, its owners all."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from access import seen
from builders import Home, insert, make_account, make_customer, make_home
from database.belongings import TIMED, make_readings
from flows_shared.db import Connection

MOVE = date(2026, 6, 30)
LAST_MOMENT = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)  # British summer time: the day ends at 23:00 UTC
FIRST_MOMENT = datetime(2026, 6, 30, 23, 0, tzinfo=UTC)


@dataclass(frozen=True)
class LetHome:
    former: UUID
    occupier: UUID
    owner: UUID
    home: Home


@pytest.fixture
async def let_home(tx: Connection) -> LetHome:
    """One moved out at the end of June, the next moved in the day after, with readings on either side."""
    home = await make_home(tx, status="closed", end_date=MOVE)
    occupier, owner = await make_customer(tx, home.esco), await make_customer(tx, home.esco)
    await make_account(tx, home.property, occupier.id, start_date=date(2026, 7, 1))
    await insert(tx, "public.registered_proprietors", property=home.property, customer=owner.id)
    for moment in (LAST_MOMENT, FIRST_MOMENT):
        await make_readings(tx, home.meter, moment)
    return LetHome(home.customer.login, occupier.login, owner.login, home)


@pytest.mark.parametrize("table", TIMED)
async def test_occupiers_see_the_readings_of_their_own_days_and_the_owner_all(
    tx: Connection, let_home: LetHome, table: str
) -> None:
    times = f"SELECT timestamp FROM {table}"
    assert await seen(tx, "customer", let_home.former, times) == {LAST_MOMENT}
    assert await seen(tx, "customer", let_home.occupier, times) == {FIRST_MOMENT}
    assert await seen(tx, "customer", let_home.owner, times) == {LAST_MOMENT, FIRST_MOMENT}


async def test_occupiers_see_the_roll_ups_of_their_own_days(tx: Connection, let_home: LetHome) -> None:
    days = "SELECT day FROM flows.register_interval_daily"
    assert await seen(tx, "customer", let_home.former, days) == {MOVE}
    assert await seen(tx, "customer", let_home.occupier, days) == {date(2026, 7, 1)}


async def test_former_occupier_keeps_the_old_account_and_loses_the_meter(tx: Connection, let_home: LetHome) -> None:
    assert await seen(tx, "customer", let_home.former, "SELECT id FROM public.accounts") == {let_home.home.account}
    for table in ("flows.meter_registry", "flows.meter_shadows", "public.meters", "flows.meter_registers"):
        assert await seen(tx, "customer", let_home.former, f"SELECT count(*) FROM {table}") == {0}
        assert await seen(tx, "customer", let_home.occupier, f"SELECT count(*) FROM {table}") == {1}


async def test_occupier_to_come_sees_no_reading_yet(tx: Connection, let_home: LetHome) -> None:
    coming = await make_customer(tx, let_home.home.esco)
    starts = await tx.fetchval("SELECT current_date + 30")
    await make_account(tx, let_home.home.property, coming.id, start_date=starts, status="pending")
    assert await seen(tx, "customer", coming.login, "SELECT count(*) FROM flows.register_interval_hh") == {0}
    assert await seen(tx, "customer", coming.login, "SELECT count(*) FROM flows.meter_shadows") == {0}


async def test_member_of_a_corporate_body_sees_the_homes_that_it_owns(tx: Connection, let_home: LetHome) -> None:
    member = await make_customer(tx, let_home.home.esco)
    body = (await insert(tx, "public.corporate_bodies", name="Homes Ltd", esco=let_home.home.esco))["id"]
    await insert(tx, "public.customer_corporate_bodies", customer=member.id, corporate_body=body)
    assert await seen(tx, "customer", member.login, "SELECT id FROM public.properties") == set()
    await insert(tx, "public.registered_proprietors", property=let_home.home.property, corporate_body=body)
    assert await seen(tx, "customer", member.login, "SELECT id FROM public.properties") == {let_home.home.property}
    assert len(await seen(tx, "customer", member.login, "SELECT timestamp FROM flows.register_interval_hh")) == 2


async def test_superseded_owner_counts_until_a_proprietor_is_registered(tx: Connection) -> None:
    home, owner, buyer = await make_home(tx), await make_customer(tx), await make_customer(tx)
    properties = "SELECT id FROM public.properties"
    await tx.execute("UPDATE public.properties SET owner = $1", owner.id)
    assert await seen(tx, "customer", owner.login, properties) == {home.property}
    await insert(tx, "public.registered_proprietors", property=home.property, customer=buyer.id)
    assert await seen(tx, "customer", owner.login, properties) == set()
    assert await seen(tx, "customer", buyer.login, properties) == {home.property}
