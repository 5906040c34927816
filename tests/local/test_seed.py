"""The community to try things with."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from argon2 import PasswordHasher

from databases import Databases
from flows_local.seed.homes import make_homes
from flows_local.seed.seed import Seeded, seed
from flows_shared.db import Database

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
FLOWS = str(Path(sys.executable).with_name("flows"))
TABLES = """
    SELECT format('%I.%I', schemaname, relname) FROM pg_stat_user_tables
     WHERE schemaname IN ('flows', 'public') AND relname !~ '^(calendar|register_interval_hh)_'
"""


async def seeded(db: Database, homes: int = 40, now: datetime = NOW) -> Seeded:
    async with db.transaction() as transaction:
        return await seed(transaction, homes, now, "http://127.0.0.1:8000")


async def rows(db: Database, query: str, *arguments: Any) -> list[asyncpg.Record]:
    async with db.connection() as connection:
        return await connection.fetch(query, *arguments)


async def everything(db: Database) -> dict[str, list[str]]:
    """All rows of all tables, as text."""
    tables = [row[0] for row in await rows(db, TABLES)]
    return {table: sorted(row[0] for row in await rows(db, f"SELECT t::text FROM {table} AS t")) for table in tables}


def run_seed(variables: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FLOWS_")}
    return subprocess.run(
        [FLOWS, "seed", *arguments], env={**kept, **variables}, capture_output=True, text=True, check=False, timeout=60
    )


async def test_forty_homes_have_meters_of_all_kinds(db: Database) -> None:
    result = await seeded(db)
    assert (result.homes, result.meters) == (40, 55)
    meters = await rows(db, "SELECT hardware, prepay_enabled, ip_address, port FROM flows.meter_registry")
    assert {meter["hardware"] for meter in meters} == {"B1.w", "EMA1.w", "C1.w", "P1.ax"}
    assert sum(meter["prepay_enabled"] for meter in meters) == 4
    assert {str(meter["ip_address"]).rpartition(".")[0] for meter in meters} == {"127.1.0"}
    homes = await rows(db, "SELECT site, supply_meter, solar_meter FROM public.properties")
    assert len({home["site"] for home in homes}) == 2
    assert all(home["supply_meter"] for home in homes)
    assert sum(home["solar_meter"] is not None for home in homes) == 15


async def test_every_register_is_on_a_circuit_and_every_meter_on_a_service_head(db: Database) -> None:
    await seeded(db)
    natures = await rows(
        db,
        """SELECT register.element, register.nature, circuit.type FROM flows.meter_registers AS register
             JOIN flows.circuit_register AS link ON link.register = register.register_id
             JOIN flows.circuits AS circuit ON circuit.id = link.circuit""",
    )
    kinds = Counter((row["element"], row["nature"], row["type"]) for row in natures)
    assert kinds == {
        ("SINGLE", "power", "power"): 28,
        ("A", "power", "power"): 12,
        ("B", "heat", "heat"): 12,
        ("SINGLE", "solar", "solar"): 15,
    }
    [heads] = await rows(
        db,
        """SELECT count(DISTINCT link.meter), count(DISTINCT head.phase), count(DISTINCT feeder.id)
             FROM flows.service_head_meter AS link
             JOIN flows.service_head_registry AS head ON head.id = link.service_head
             JOIN flows.feeder_registry AS feeder ON feeder.id = head.feeder""",
    )
    assert tuple(heads) == (55, 3, 4)


async def test_second_run_changes_nothing(db: Database) -> None:
    await seeded(db)
    before = await everything(db)
    assert (await seeded(db)).added == 0
    assert await everything(db) == before


async def test_bigger_community_holds_the_smaller_one(db: Database) -> None:
    await seeded(db, 10)
    before = await everything(db)
    await seeded(db, 20)
    after = await everything(db)
    for table, texts in before.items():
        assert set(texts) <= set(after[table]), table


async def test_next_quarter_brings_only_its_prices(db: Database) -> None:
    await seeded(db)
    before = {table: len(texts) for table, texts in (await everything(db)).items()}
    await seeded(db, now=datetime(2027, 2, 3, tzinfo=UTC))
    after = {table: len(texts) for table, texts in (await everything(db)).items()}
    grown = {table: after[table] - count for table, count in before.items() if after[table] != count}
    grown.pop("flows.audit_log")
    assert grown == {
        "public.benchmark_tariffs": 1,
        "public.microgrid_tariffs": 1,
        "public.customer_tariffs": 5,
        "public.solar_credit_tariffs": 1,
    }


async def test_prices_are_discounts_on_the_benchmark_cut_to_five_decimals(db: Database) -> None:
    await seeded(db)
    tariffs = await rows(db, "SELECT * FROM public.microgrid_tariffs ORDER BY period_start")
    assert [tariff["period_start"] for tariff in tariffs] == [date(2026, 10, 1), date(2027, 1, 1)]
    [benchmark] = await rows(db, "SELECT * FROM public.benchmark_tariffs WHERE period_start = '2026-10-01'")
    assert (benchmark["unit_rate"], benchmark["standing_charge"]) == (Decimal("0.26350"), Decimal("0.53680"))
    assert tariffs[0]["discount_rate_basis_points"] == 1500
    assert tariffs[0]["computed_unit_rate"] == Decimal("0.22397")  # 0.2639 x 0.85 = 0.223975
    assert tariffs[0]["computed_standing_charge"] == Decimal("0.45628")
    [member] = await rows(db, "SELECT * FROM public.customer_tariffs WHERE period_start = '2026-10-01' LIMIT 1")
    assert member["computed_unit_rate"] == Decimal("0.21080")


async def test_accounts_are_open_since_last_month_with_signed_contracts(db: Database) -> None:
    await seeded(db)
    accounts = await rows(
        db,
        """SELECT account.*, contract.signed, contract.effective_date,
                  ARRAY(SELECT role FROM public.customer_accounts WHERE account = account.id) AS roles
             FROM public.accounts AS account JOIN public.contracts AS contract ON contract.id = account.current_contract
            ORDER BY account_number""",
    )
    assert [account["account_number"] for account in accounts] == list(range(100_001, 100_056))
    assert Counter(account["type"] for account in accounts) == {"supply": 40, "solar": 15}
    assert Counter(account["payment_method"] for account in accounts) == {"direct_debit": 51, "prepay": 4}
    assert Counter(account["start_date"] for account in accounts) == {date(2026, 10, 1): 52, date(2026, 10, 9): 3}
    for account in accounts:
        assert account["signed"]
        assert account["status"] == "open"
        assert account["effective_date"] == account["start_date"]
        assert set(account["roles"]) == ({"owner"} if account["type"] == "solar" else {"owner", "occupier"})
    prepaid = await rows(db, "SELECT wallet FROM public.meters WHERE prepay_enabled")
    assert all(meter["wallet"] for meter in prepaid)


async def test_customers_are_live_once_their_meter_was_read(db: Database) -> None:
    await seeded(db)
    assert {row["status"] for row in await rows(db, "SELECT status FROM public.customers")} == {"prelive"}
    await rows(db, "UPDATE flows.meter_shadows SET health = 'healthy'")
    assert {row["status"] for row in await rows(db, "SELECT status FROM public.customers")} == {"live"}


async def test_everyone_can_log_in(db: Database) -> None:
    result = await seeded(db, 10)
    users = {row["email"]: row for row in await rows(db, "SELECT * FROM public.users")}
    for login, role in ((result.customer, "customer"), (result.admin, "admin")):
        assert users[login.email]["role"] == role
        assert PasswordHasher().verify(users[login.email]["password_hash"], login.password)
    customers = await rows(db, "SELECT id FROM public.customers")
    assert {row["id"] for row in customers} == {row["customer"] for row in users.values() if row["customer"]}
    [communities] = await rows(
        db, "SELECT count(*) FROM public.user_escos WHERE user_id = $1", users[result.admin.email]["id"]
    )
    assert communities[0] == 1


def test_no_two_people_share_a_name_or_an_address() -> None:
    people = [person for home in make_homes(500) for person in (*home.occupiers, *filter(None, [home.owner]))]
    assert len({person.name for person in people}) == len({person.email for person in people}) == len(people)


def test_command_says_what_it_added_and_who_can_log_in(settings_env: dict[str, str]) -> None:
    first, again = run_seed(settings_env, "--homes", "3"), run_seed(settings_env, "--homes", "3")
    assert first.returncode == again.returncode == 0
    assert "3 homes with 4 meters" in first.stdout
    assert "rows added: 0" in again.stdout
    assert "Customer  " in first.stdout
    assert "Admin     admin@example.org" in first.stdout


def test_database_without_tables_is_named(settings_env: dict[str, str], databases: Databases) -> None:
    name = databases.create("template0")
    try:
        result = run_seed({**settings_env, "FLOWS_DATABASE_URL": databases.url_of(name)})
        assert result.returncode == 1
        assert result.stderr.strip() == "flows: the database has no tables yet: run flows migrate"
    finally:
        databases.drop(name)


@pytest.mark.parametrize("homes", ["0", "many"])
def test_wrong_number_of_homes_is_wrong_use(settings_env: dict[str, str], homes: str) -> None:
    assert run_seed(settings_env, "--homes", homes).returncode == 2
