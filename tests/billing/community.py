"""A community to bill: homes with what matters to a test, everything else as it usually is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from flows_billing.runs.execute import execute_run
from flows_billing.runs.request import RequestedRuns, request_runs
from flows_billing.runs.run import Run
from flows_billing.settings import RunSettings
from flows_shared.db import Database
from flows_shared.time import LONDON, Month, Period

ALWAYS = datetime(2020, 1, 1, tzinfo=UTC)
OCTOBER = Month(2026, 10)  # 31 days, the 25th has 50 half hours: 1,490
MARCH = Month(2026, 3)  # 31 days, the 29th has 46 half hours: 1,486
NOVEMBER_3 = datetime(2026, 11, 3, 9, tzinfo=UTC)
DROP_CHECKS = """
    DO $$
    DECLARE
        guard record;
    BEGIN
        FOR guard IN
            SELECT conrelid::regclass AS place, conname
              FROM pg_constraint
             WHERE contype = 'c' AND conislocal AND conname ~ '_(within|from)_[0-9]|_check[0-9]?$'
               AND connamespace IN ('public'::regnamespace, 'flows'::regnamespace)
        LOOP
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', guard.place, guard.conname);
        END LOOP;
    END $$
"""


@dataclass(frozen=True)
class Home:
    account: UUID
    account_number: int
    customer: UUID
    meter: UUID
    registers: dict[str, UUID] = field(default_factory=dict)


@dataclass(frozen=True)
class Community:
    """Builds as the migrating role; `billing` is the pool of the billing service's own login role."""

    db: Database
    billing: Database
    esco: UUID

    @classmethod
    async def make(cls, db: Database, billing: Database, *, code: str = "WLCE", **columns: Any) -> "Community":
        seller = {"code": code, "name": f"Community {code}", "vat_number": "GB123456789", **columns}
        esco = await insert(db, "flows.escos", **seller)
        return cls(db, billing, esco)

    async def home(
        self,
        *,
        elements: Sequence[str] = ("SINGLE",),
        start_date: date = date(2025, 1, 1),
        end_date: date | None = None,
        role: str | None = "occupier",
        tariff: dict[str, Any] | None = None,
        fullname: str = "Jo Bloggs",
        email: str | None = None,
        register_start: datetime = ALWAYS,
        prepay_meter: bool = False,
        **account: Any,
    ) -> Home:
        """A home with a supply meter and its account; `tariff` is the customer's own."""
        count = await self.value("SELECT count(*) FROM flows.meter_registry")
        meter = await insert(
            self.db, "flows.meter_registry", serial=f"{count + 1:06}", esco=self.esco, prepay_enabled=prepay_meter
        )
        registers = {
            element: await insert(
                self.db,
                "flows.meter_registers",
                key="register_id",
                meter_id=meter,
                element=element,
                nature="heat" if element == "B" else "power",
                start_time=register_start,
            )
            for element in elements
        }
        plot = f"{count + 1} Sun Street"
        home = await insert(self.db, "public.properties", plot=plot, esco=self.esco, supply_meter=meter)
        customer = await insert(self.db, "public.customers", fullname=fullname, email=email, esco=self.esco)
        account_id = await insert(
            self.db,
            "public.accounts",
            property=home,
            start_date=start_date,
            end_date=end_date,
            **{"type": "supply", "status": "open", **account},
        )
        if role:
            await insert(self.db, "public.customer_accounts", customer=customer, account=account_id, role=role)
        if tariff:
            await self.customer_tariff(customer, **tariff)
        number = await self.value("SELECT account_number FROM public.accounts WHERE id = $1", account_id)
        return Home(account_id, number, customer, meter, registers)

    async def customer(self, *, fullname: str = "Sam Bloggs", email: str | None = None) -> UUID:
        return await insert(self.db, "public.customers", fullname=fullname, email=email, esco=self.esco)

    async def party(self, home: Home, customer: UUID, *, role: str = "occupier", **dates: Any) -> None:
        """Let a customer take part in the home's account, after those who do."""
        await insert(self.db, "public.customer_accounts", customer=customer, account=home.account, role=role, **dates)

    async def tariff(self, unit_rate: str, standing_charge: str, **columns: Any) -> UUID:
        """A price of the community."""
        return await insert(
            self.db, "public.microgrid_tariffs", esco=self.esco, **_tariff(unit_rate, standing_charge, columns)
        )

    async def customer_tariff(self, customer: UUID, unit_rate: str, standing_charge: str, **columns: Any) -> UUID:
        return await insert(
            self.db, "public.customer_tariffs", customer=customer, **_tariff(unit_rate, standing_charge, columns)
        )

    async def measure(self, register: UUID, period: Period, kwh: str) -> None:
        """The same energy in every half hour of a time."""
        starts = list(period.half_hours())
        async with self.db.transaction() as transaction:
            first, last = starts[0].date(), starts[-1].date()
            await transaction.execute("SELECT flows.ensure_interval_partitions($1, $2)", first, last)
            await transaction.execute("SELECT flows.extend_calendar('Europe/London', $1, $2)", first, last)
            await transaction.execute(
                """INSERT INTO flows.register_interval_hh (register_id, timestamp, kwh)
                   SELECT $1, half_hour, $3 FROM unnest($2::timestamptz[]) AS half_hour""",
                register,
                starts,
                Decimal(kwh),
            )

    async def measure_more(self, home: Home, kwh: str, at: str = "2026-10-31 12:00Z") -> None:
        """Another energy in one half hour."""
        await self.execute(
            f"UPDATE flows.register_interval_hh SET kwh = $2 WHERE register_id = $1 AND timestamp = '{at}'",
            home.registers["SINGLE"],
            Decimal(kwh),
        )

    async def measure_month(self, home: Home, month: Month = OCTOBER, kwh: str = "0.2") -> None:
        for register in home.registers.values():
            await self.measure(register, month.period(LONDON), kwh)

    async def request(self, month: Month = OCTOBER, *, now: datetime = NOVEMBER_3) -> RequestedRuns:
        async with self.billing.transaction() as transaction:
            return await request_runs(transaction, month, [self.esco], requested_by="a test", now=now)

    async def bill(self, month: Month = OCTOBER, *, now: datetime = NOVEMBER_3, **settings: Any) -> Run:
        """Ask for the month and bill it here."""
        [run] = (await self.request(month, now=now)).runs
        return await execute_run(self.billing, run.id, RunSettings(**settings), now)

    async def invoice(self, home: Home) -> asyncpg.Record:
        [invoice] = await self.rows("SELECT * FROM public.invoices WHERE account = $1", home.account)
        return invoice

    async def lines(self, home: Home) -> list[tuple[str, Decimal, str, int]]:
        """Description, quantity, rate and pence of each line, in order."""
        rows = await self.rows(
            """SELECT line.*
                 FROM public.invoice_lines AS line JOIN public.invoices AS invoice ON invoice.id = line.invoice
                WHERE invoice.account = $1
                ORDER BY line.position""",
            home.account,
        )
        return [(row["description"], row["quantity"], str(row["rate"]), row["amount_pence"]) for row in rows]

    async def outcome(self, home: Home) -> tuple[str, str | None, str | None]:
        [row] = await self.rows("SELECT * FROM public.billing_run_accounts WHERE account = $1", home.account)
        return row["outcome"], row["reason"], row["details"]

    async def rows(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self.db.connection() as connection:
            return await connection.fetch(query, *arguments)

    async def one(self, query: str, *arguments: Any) -> asyncpg.Record:
        [row] = await self.rows(query, *arguments)
        return row

    async def value(self, query: str, *arguments: Any) -> Any:
        async with self.db.connection() as connection:
            return await connection.fetchval(query, *arguments)

    async def write_old(self, statement: str, *arguments: Any) -> None:
        """As a database from before the checks may hold it: without them and without triggers."""
        async with self.db.transaction() as transaction:
            await transaction.execute(DROP_CHECKS)
            await transaction.execute("SET LOCAL session_replication_role = replica")
            await transaction.execute(statement, *arguments)

    async def execute(self, statement: str, *arguments: Any) -> None:
        async with self.db.connection() as connection:
            await connection.execute(statement, *arguments)


def _tariff(unit_rate: str, standing_charge: str, columns: dict[str, Any]) -> dict[str, Any]:
    unit_rate_b = columns.pop("unit_rate_b", None)
    return {
        "period_start": date(2026, 1, 1),
        "computed_unit_rate": Decimal(unit_rate),
        "computed_unit_rate_b": Decimal(unit_rate_b) if unit_rate_b else None,
        "computed_standing_charge": Decimal(standing_charge),
        **columns,
    }


async def insert(db: Database, table: str, *, key: str = "id", **columns: Any) -> UUID:
    """The key of the new row."""
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places}) RETURNING {key}"
    async with db.connection() as connection:
        inserted: UUID = await connection.fetchval(statement, *columns.values())
    return inserted
