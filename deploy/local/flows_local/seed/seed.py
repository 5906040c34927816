"""`flows seed`: what is put where, and the logins that come with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg
from argon2 import PasswordHasher

from flows_local.seed import accounts, network, people, prices, sharing
from flows_local.seed.homes import Home, make_homes
from flows_local.seed.rows import Tables, merge
from flows_local.seed.store import insert_rows, link_wallets
from flows_shared.db import Connection, connect
from flows_shared.errors import FlowsError
from flows_shared.time import LONDON, Month, local_date, local_midnight

# For trying out: everyone can read them here.
CUSTOMER_PASSWORD: Final = "sunny-afternoon"
ADMIN_PASSWORD: Final = "keeper-of-the-lane"


@dataclass(frozen=True)
class Login:
    email: str
    password: str


@dataclass(frozen=True)
class Seeded:
    """`added` counts rows: none when everything was there."""

    homes: int
    meters: int
    added: int
    customer: Login
    admin: Login


class NotMigrated(FlowsError):
    """There is nothing to put the community into."""

    code = "local.not_migrated"


async def seed(db: Connection, homes: int, now: datetime, app_url: str | None = None) -> Seeded:
    """Put a community of so many homes into the database; those that are there stay. Call it in a transaction.

    Its meters measure, and its accounts are open, from the first day of the month before `now`.
    """
    every = make_homes(homes)
    added = await insert_rows(db, community_tables(every, now, app_url))
    await link_wallets(
        db, {network.meter_id(home.supply_serial): accounts.wallet_id(home) for home in every if home.prepay}
    )
    return Seeded(
        homes=homes,
        meters=sum(len(network.serials(home)) for home in every),
        added=added,
        customer=Login(every[0].occupiers[0].email, CUSTOMER_PASSWORD),
        admin=Login(people.ADMIN_EMAIL, ADMIN_PASSWORD),
    )


async def seed_database(url: str, homes: int, now: datetime, app_url: str | None = None) -> Seeded:
    """`seed` as one transaction on a connection of its own."""
    connection = await connect(url, name="flows seed")
    try:
        async with connection.transaction():
            return await seed(connection, homes, now, app_url)
    except asyncpg.UndefinedTableError as error:
        raise NotMigrated("the database has no tables yet: run flows migrate") from error
    finally:
        await connection.close()


def community_tables(homes: list[Home], now: datetime, app_url: str | None) -> Tables:
    """All rows, in the order in which they can be inserted."""
    today = local_date(now, LONDON)
    first_day = Month.of(today).previous().first_day
    since = local_midnight(first_day, LONDON)
    hasher = PasswordHasher()
    logins = people.Logins(hasher.hash(CUSTOMER_PASSWORD), hasher.hash(ADMIN_PASSWORD))
    return merge(
        [
            network.community(app_url),
            network.meters(homes, since),
            people.people(homes, logins, since),
            people.properties(homes),
            network.wiring(homes),
            accounts.accounts(homes, first_day, since),
            prices.prices(homes, first_day, today),
            prices.solar_credits(homes, first_day),
            sharing.sharing(homes),
        ]
    )
