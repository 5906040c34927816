"""Sharing where meters are exchanged, added and taken away: each register counts in its own life."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from billing.community import MARCH, OCTOBER, Community, Home
from billing.corrections import due, findings, invoices, rebilled
from billing.sharers import Group, at_noon, exchanged, make_group
from flows_billing.sharing.report import share_month
from flows_shared.time import LONDON, Month, Period, local_midnight

SEPTEMBER = Month(2026, 9)  # 30 days
SIXTEENTH = local_midnight(date(2026, 10, 16), LONDON)
MONTH = OCTOBER.period(LONDON)
BEFORE, AFTER = Period(MONTH.start, SIXTEENTH), Period(SIXTEENTH, MONTH.end)  # 15 and 16 noons


@pytest.fixture
async def group(community: Community) -> Group:
    """20p a kWh, 10p where it is shared, 50p a day, all without VAT."""
    await community.tariff("0.20000", "0.50000", includes_vat=False)
    return await make_group(community, "proportional", "0.10000", includes_vat=False)


async def sharers(group: Group, *kwh: str, months: Sequence[Month] = (OCTOBER,)) -> list[Home]:
    """Members who use this at noon."""
    homes = [await group.community.home(fullname=f"Sharer {number}") for number in range(len(kwh))]
    for home, each in zip(homes, kwh, strict=True):
        await group.member(home)
        for month in months:
            await at_noon(group.community, home.registers["SINGLE"], month.period(LONDON), each)
    return homes


async def measured(community: Community, register: UUID, *parts: tuple[Period, str]) -> None:
    for time, kwh in parts:
        await at_noon(community, register, time, kwh)


async def forget(community: Community, register: UUID, time: Period) -> None:
    await community.execute(
        "DELETE FROM flows.register_interval_hh WHERE register_id = $1 AND timestamp >= $2 AND timestamp < $3",
        register,
        time.start,
        time.end,
    )


async def totals(community: Community) -> list[int]:
    """Pence of each home that was billed, in the order of the homes."""
    rows = await community.rows(
        """SELECT total_pence FROM public.invoices JOIN public.accounts ON accounts.id = account
            WHERE invoices.status <> 'void' AND period_start >= '2026-10-01' ORDER BY account_number"""
    )
    return [row["total_pence"] for row in rows]


async def shared(community: Community, month: Month = OCTOBER) -> list[Decimal]:
    """What each home got of the generation, in the order of the homes."""
    rows = await community.rows(
        """SELECT months.shared_kwh FROM public.sharing_months AS months JOIN public.accounts USING (property)
            WHERE month = $1 ORDER BY account_number""",
        month.first_day,
    )
    return [row["shared_kwh"] for row in rows]


async def test_home_whose_meter_is_exchanged_shares_with_both(community: Community, group: Group) -> None:
    first, second = await sharers(group, "0.6", "0.9")
    await measured(community, group.generation, (MONTH, "1.0"))
    await forget(community, first.registers["SINGLE"], AFTER)
    new = await exchanged(community, first.registers["SINGLE"], SIXTEENTH)
    await measured(community, new, (AFTER, "0.6"))
    await community.bill()
    # Each noon 400 and 600 of 1,000 Wh for 600 and 900: A imports 6.2 and shares 12.4 kWh, B 9.3 and 18.6.
    # A: 124 + 124 + 1550 = 1798p and 5%: 1888. B: 186 + 186 + 1550 = 1922p and 5%: 2018.
    assert [line[1:] for line in await community.lines(first)] == [
        (Decimal("3.0"), "0.20000", 60),
        (Decimal("3.2"), "0.20000", 64),
        (Decimal("6.0"), "0.10000", 60),
        (Decimal("6.4"), "0.10000", 64),
        (Decimal(31), "0.50000", 1550),
    ]
    assert await totals(community) == [1888, 2018]
    assert await findings(community) == []


async def test_exchange_changes_no_earlier_month(community: Community, group: Group) -> None:
    first, second = await sharers(group, "0.6", "0.9", months=(SEPTEMBER, OCTOBER))
    await measured(community, group.generation, (SEPTEMBER.period(LONDON), "1.0"), (MONTH, "1.0"))
    await community.bill(SEPTEMBER, now=datetime(2026, 10, 3, 9, tzinfo=UTC))
    assert await shared(community, SEPTEMBER) == [Decimal(12), Decimal(18)]
    for register in (first.registers["SINGLE"], group.generation):
        await forget(community, register, AFTER)
        await exchanged(community, register, SIXTEENTH)
    again = await rebilled(community, month=SEPTEMBER, confirm=True)
    assert [account.outcome for account in again.accounts] == ["unchanged", "unchanged"]
    assert len(await invoices(community, first)) == len(await invoices(community, second)) == 1
    assert await due(community) == []
    assert await findings(community) == []
