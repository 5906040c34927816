"""Rows that tests arrange with: each builder names only what matters, the rest is plausible."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg

from flows_shared.db import Connection

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
_numbers = count(1)


@dataclass(frozen=True)
class Meter:
    id: UUID
    serial: str
    registers: Mapping[str, UUID]  # by element

    @property
    def register(self) -> UUID:
        """The only one, or element A's."""
        return next(iter(self.registers.values()))


@dataclass(frozen=True)
class Person:
    id: UUID
    login: UUID
    email: str


@dataclass(frozen=True)
class Home:
    esco: UUID
    property: UUID
    meter: Meter
    account: UUID
    customer: Person


async def insert(db: Connection, table: str, **values: Any) -> asyncpg.Record:
    """The row, as the database made it."""
    names = ", ".join(f'"{name}"' for name in values)
    places = ", ".join(f"${position}" for position in range(1, len(values) + 1))
    row = await db.fetchrow(f"INSERT INTO {table} ({names}) VALUES ({places}) RETURNING *", *values.values())
    assert row is not None
    return row


async def make_esco(db: Connection, **values: Any) -> UUID:
    number = next(_numbers)
    row = await insert(db, "flows.escos", **{"name": f"Community {number}", "code": f"C{number:03}", **values})
    return UUID(str(row["id"]))


async def make_meter(
    db: Connection, esco: UUID, *elements: str, nature: str = "power", since: datetime = SINCE, **values: Any
) -> Meter:
    """With an enabled register an element: `SINGLE` where none is named."""
    meter = await insert(db, "flows.meter_registry", **{"esco": esco, "serial": f"EML{next(_numbers):07}", **values})
    registers = {
        element: (
            await insert(
                db,
                "flows.meter_registers",
                meter_id=meter["id"],
                element=element,
                nature=nature,
                start_time=since,
            )
        )["register_id"]
        for element in elements or ("SINGLE",)
    }
    return Meter(meter["id"], meter["serial"], registers)


async def make_customer(db: Connection, esco: UUID | None = None, **values: Any) -> Person:
    """A customer who can log in."""
    number = next(_numbers)
    email = values.pop("email", f"customer{number}@example.org")
    customer = await insert(
        db, "public.customers", **{"fullname": f"Customer {number}", "email": email, "esco": esco, **values}
    )
    login = await insert(db, "public.users", email=email, role="customer", customer=customer["id"])
    return Person(customer["id"], login["id"], email)


async def make_admin(db: Connection, *escos: UUID) -> UUID:
    """The login of an admin of these communities, or of all where none is named."""
    login = await insert(
        db, "public.users", email=f"admin{next(_numbers)}@example.org", role="admin", all_escos=not escos
    )
    for esco in escos:
        await insert(db, "public.user_escos", user_id=login["id"], esco=esco)
    return UUID(str(login["id"]))


async def make_account(
    db: Connection, property_id: UUID, customer: UUID, *, role: str = "occupier", **values: Any
) -> UUID:
    """An open supply account since 2026."""
    account = await insert(
        db,
        "public.accounts",
        **{"property": property_id, "type": "supply", "status": "open", "start_date": date(2026, 1, 1), **values},
    )
    await insert(db, "public.customer_accounts", customer=customer, account=account["id"], role=role)
    return UUID(str(account["id"]))


async def make_home(db: Connection, esco: UUID | None = None, *elements: str, **account: Any) -> Home:
    """A property with a supply meter and an open supply account, and its occupier, who can log in."""
    esco = esco or await make_esco(db)
    meter = await make_meter(db, esco, *elements)
    customer = await make_customer(db, esco)
    plot = f"Plot {next(_numbers)}"
    dwelling = await insert(db, "public.properties", plot=plot, esco=esco, supply_meter=meter.id)
    return Home(esco, dwelling["id"], meter, await make_account(db, dwelling["id"], customer.id, **account), customer)
