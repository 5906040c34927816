"""A group that shares: its generation meter, its terms and its members."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from billing.community import ALWAYS, OCTOBER, Community, Home, insert
from flows_shared.time import LONDON, Period, local_day

FIRST_OF_OCTOBER = local_day(date(2026, 10, 1), LONDON)  # 48 half hours


@dataclass(frozen=True)
class Group:
    community: Community
    id: UUID
    generation: UUID

    async def member(self, home: Home, **columns: Any) -> None:
        """With a coefficient or priority where the method needs it; ratios are given as text."""
        values: dict[str, Any] = {
            "sharing_group": self.id,
            "property": await self.property(home),
            "start_date": date(2026, 1, 1),
        }
        values |= {name: Decimal(value) if isinstance(value, str) else value for name, value in columns.items()}
        await insert(self.community.db, "public.sharing_members", **values)

    async def meter(self, role: str, **dates: Any) -> UUID:
        """A meter at the boundary of the site, or another one that generates."""
        register = await _register(self.community, role)
        await insert(
            self.community.db,
            "public.sharing_meters",
            key="register",
            sharing_group=self.id,
            register=register,
            role=role,
            **dates,
        )
        return register

    async def end(self, register: UUID, valid_to: date) -> None:
        """Take a meter away: its last day is the one before."""
        await self.community.execute(
            "UPDATE public.sharing_meters SET valid_to = $2 WHERE register = $1", register, valid_to
        )

    async def property(self, home: Home) -> UUID:
        found: UUID = await self.community.value("SELECT property FROM public.accounts WHERE id = $1", home.account)
        return found

    async def terms(self, method: str, internal_rate: str, surplus_rate: str = "0", **columns: Any) -> UUID:
        return await insert(
            self.community.db,
            "public.sharing_terms",
            sharing_group=self.id,
            method=method,
            internal_rate=Decimal(internal_rate),
            surplus_rate=Decimal(surplus_rate),
            **{"period_start": date(2026, 1, 1), **columns},
        )

    async def generate(self, kwh: str, period: Period | None = None) -> None:
        """The same in every half hour of a time, and nothing else in October."""
        await self.community.measure(self.generation, OCTOBER.period(LONDON), "0")
        if period:
            await self.community.execute(
                """UPDATE flows.register_interval_hh SET kwh = $4
                    WHERE register_id = $1 AND timestamp >= $2 AND timestamp < $3""",
                self.generation,
                period.start,
                period.end,
                Decimal(kwh),
            )


async def make_group(community: Community, method: str, internal_rate: str, *rates: str, **columns: Any) -> Group:
    """With one generation meter and terms since January."""
    site = columns.pop("site", None)
    group_id = await insert(community.db, "public.sharing_groups", esco=community.esco, name="Sun Club", site=site)
    bare = Group(community, group_id, UUID(int=0))
    group = Group(community, group_id, await bare.meter("generation"))
    await group.terms(method, internal_rate, *rates, **columns)
    return group


async def exchanged(community: Community, register: UUID, at: datetime) -> UUID:
    """The register that goes on for this one: its meter was exchanged for a new one."""
    meter, element = await community.one(
        "SELECT meter_id, element FROM flows.meter_registers WHERE register_id = $1", register
    )
    count = await community.value("SELECT count(*) FROM flows.meter_registry")
    new = await insert(community.db, "flows.meter_registry", serial=f"N{count + 1:05}", esco=community.esco)
    await community.execute("SELECT flows.exchange_meter($1, $2, $3)", meter, new, at)
    found: UUID = await community.value(
        "SELECT register_id FROM flows.meter_registers WHERE meter_id = $1 AND element = $2", new, element
    )
    return found


async def at_noon(community: Community, register: UUID, time: Period, kwh: str) -> None:
    """Energy in the half hour from 12:00 of each local day, and none in the others."""
    await community.measure(register, time, "0")
    await community.execute(
        """UPDATE flows.register_interval_hh SET kwh = $4
            WHERE register_id = $1 AND timestamp >= $2 AND timestamp < $3
              AND (timestamp AT TIME ZONE 'Europe/London')::time = '12:00'""",
        register,
        time.start,
        time.end,
        Decimal(kwh),
    )


async def _register(community: Community, role: str) -> UUID:
    count = await community.value("SELECT count(*) FROM flows.meter_registry")
    meter = await insert(community.db, "flows.meter_registry", serial=f"S{count + 1:05}", esco=community.esco)
    return await insert(
        community.db,
        "flows.meter_registers",
        key="register_id",
        meter_id=meter,
        element="SINGLE",
        nature="solar" if role == "generation" else "power",
        start_time=ALWAYS,
    )
