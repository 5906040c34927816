"""A village of three homes, of which two share a roof, and in which every dated thing can change."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from billing.community import Community, Home, insert
from billing.corrections import esco_of
from billing.sharers import Group, make_group
from flows_billing.corrections.rebill import rebill
from flows_billing.corrections.rebilling import Confirmation, Rebilling
from flows_billing.errors import NothingHeld
from flows_billing.holds.store import release_holds
from flows_billing.settings import RunSettings
from flows_shared.db import Database
from flows_shared.time import Month

JANUARY = date(2025, 1, 1)
MONTHS = OCTOBER, NOVEMBER = Month(2025, 10), Month(2025, 11)
FIRST, AFTER = OCTOBER.first_day, NOVEMBER.next().first_day
DECEMBER_3 = datetime(2025, 12, 3, 12, tzinfo=UTC)
YEAR_LATER = datetime(2026, 11, 15, 12, tzinfo=UTC)  # October is too old to be charged for, and half of November
# Two days more on each side, for zones east and west. Each half hour of a register has another energy, with tenths of a
# Wh; a roof's is four times that at noon and nothing at night.
MEASURE = """
    INSERT INTO flows.register_interval_hh (register_id, timestamp, kwh)
    SELECT $1, half_hour, round((1 + (number * $2) % 97) * 0.0053, 4)
           * CASE WHEN NOT $3 THEN 1 WHEN number % 48 BETWEEN 16 AND 32 THEN 4 ELSE 0 END
      FROM generate_series(timestamptz '2025-09-29Z', '2025-12-03Z', '30 minutes') AS half_hour,
           LATERAL (SELECT (extract(epoch FROM half_hour) / 1800)::bigint AS number) AS since
"""


@dataclass
class Place:
    """A meter's line as it was made: its meter now, and each register that it ever had."""

    meter: UUID
    registers: list[UUID]


class Tenancy(NamedTuple):
    """An account, from its first day to its last."""

    account: UUID
    number: int
    start: date
    end: date | None = None

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass
class Household:
    """A home, the accounts that it is billed to and the days on which another supplies it."""

    home: Home
    place: Place
    accounts: list[Tenancy]
    payers: dict[UUID, UUID]
    suppliers: dict[date, str | None] = field(default_factory=dict)

    def is_billed(self, day: date) -> bool:
        """Whether the community bills someone for the day."""
        known = [since for since in self.suppliers if since <= day]
        ours = not known or self.suppliers[max(known)] is None
        return ours and any(tenancy.covers(day) for tenancy in self.accounts)


@dataclass
class Village:
    community: Community
    group: Group
    homes: list[Household]
    roofs: list[Place]
    now: datetime = DECEMBER_3
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/London"))
    withheld: list[tuple[UUID, list[datetime], list[Decimal]]] = field(default_factory=list)

    @classmethod
    async def make(cls, db: Database, billing: Database, code: str) -> "Village":
        """20p a kWh up to 150 kWh a month and 30p above, 50p a day, 10p where it is shared and 5p for surplus."""
        community = await Community.make(db, billing, code=code)
        await community.execute("SELECT flows.ensure_interval_partitions('2025-09-01', '2025-12-31')")
        price = await community.tariff("0.20000", "0.50000", period_start=JANUARY, includes_vat=False)
        await blocks(community, price)
        terms: dict[str, Any] = {"period_start": JANUARY, "includes_vat": False}
        group = await make_group(community, "proportional", "0.10000", "0.05000", **terms)
        village = cls(community, group, [], [])
        for number, elements in enumerate((("SINGLE",), ("A", "B"), ("SINGLE",))):
            home = await community.home(elements=elements, fullname=f"Villager {number}")
            place = Place(home.meter, list(home.registers.values()))
            tenancy = Tenancy(home.account, home.account_number, JANUARY)
            village.homes.append(Household(home, place, [tenancy], {home.account: home.customer}))
            if number < 2:
                await group.member(
                    home, start_date=JANUARY, coefficient="0.3", surplus_ratio="0.4", priority=1 + number
                )
        registers = [register for each in village.homes for register in each.place.registers]
        for number, register in enumerate([*registers, group.generation]):
            await community.execute(MEASURE, register, 7 + 2 * number, register == group.generation)
        meter = await community.value(
            "SELECT meter_id FROM flows.meter_registers WHERE register_id = $1", group.generation
        )
        village.roofs.append(Place(meter, [group.generation]))
        return village

    async def bill(self, month: Month) -> None:
        await self.community.bill(month, now=self.now)

    async def rebill(self, month: Month, *, confirm: bool) -> Rebilling:
        confirmation = Confirmation("a test", "Put right.") if confirm else None
        esco = await esco_of(self.community)
        return await rebill(self.community.billing, esco, month, RunSettings(), self.now, confirmation=confirmation)

    async def release(self) -> None:
        async with self.community.billing.transaction() as transaction:
            for account, month in product((each.account for home in self.homes for each in home.accounts), MONTHS):
                with suppress(NothingHeld):
                    await release_holds(transaction, account, month, "It is right.")


async def component(community: Community, price: UUID, kind: str, rate: str, **columns: Any) -> None:
    values = {"microgrid_tariff": price, "kind": kind, "rate": Decimal(rate), "includes_vat": False, **columns}
    await insert(community.db, "public.tariff_components", **values)


async def blocks(community: Community, price: UUID, above: str = "150", period: str = "month") -> None:
    await component(community, price, "unit_rate", "0.20000")
    upper: dict[str, Any] = {"from_kwh": Decimal(above), "threshold_period": period}
    await component(community, price, "unit_rate", "0.30000", **upper)


def in_database(village: Village, db: Database, billing: Database) -> Village:
    """The same village, in a copy of its database, before anything happened to it."""
    community = replace(village.community, db=db, billing=billing)
    homes = [
        replace(
            each,
            place=replace(each.place, registers=[*each.place.registers]),
            accounts=[*each.accounts],
            payers={**each.payers},
            suppliers={},
        )
        for each in village.homes
    ]
    roofs = [replace(each, registers=[*each.registers]) for each in village.roofs]
    return Village(community, replace(village.group, community=community), homes, roofs)
