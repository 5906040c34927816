"""Sharing where meters are exchanged, added and taken away: each register counts in its own life."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from billing.community import OCTOBER, Community, Home
from billing.corrections import due, findings, invoices, rebilled
from billing.sharers import Group, at_noon, exchanged, make_group
from flows_billing.bills.sharing import share_month
from flows_shared.time import LONDON, Month, Period, local_midnight

SEPTEMBER = Month(2026, 9)  # 30 days
SIXTEENTH = local_midnight(date(2026, 10, 16), LONDON)
MONTH = OCTOBER.period(LONDON)
BEFORE, AFTER = Period(MONTH.start, SIXTEENTH), Period(SIXTEENTH, MONTH.end)  # 15 and 16 noons
MORNING = datetime(2026, 10, 20, 10, 10, tzinfo=UTC)


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


async def exchange(community: Community, register: UUID, kwh: str, at: datetime = SIXTEENTH) -> UUID:
    """Another meter measures the rest of the month, this energy at noon."""
    await community.execute(
        "DELETE FROM flows.register_interval_hh WHERE register_id = $1 AND timestamp >= $2", register, at
    )
    new = await exchanged(community, register, at)
    await at_noon(community, new, Period(at, MONTH.end), kwh)
    return new


async def totals(community: Community) -> list[int]:
    """Pence of each home that was billed, in the order of the homes."""
    rows = await community.rows(
        """SELECT total_pence FROM public.invoices JOIN public.accounts ON accounts.id = account
            WHERE invoices.status <> 'void' AND period_start >= '2026-10-01' ORDER BY account_number"""
    )
    return [row["total_pence"] for row in rows]


async def missing(community: Community) -> int:
    """Half hours of October of which the generation is not known."""
    async with community.billing.connection() as db:
        [group] = await share_month(db, community.esco, OCTOBER, LONDON)
    return group.generation_missing


async def shared(community: Community, month: Month = OCTOBER) -> list[Decimal]:
    """What each home got of the generation, in the order of the homes."""
    rows = await community.rows(
        """SELECT months.shared_kwh FROM public.sharing_months AS months JOIN public.accounts USING (property)
            WHERE month = $1 ORDER BY account_number""",
        month.first_day,
    )
    return [row["shared_kwh"] for row in rows]


async def test_home_whose_meter_is_exchanged_shares_with_both(community: Community, group: Group) -> None:
    first, _ = await sharers(group, "0.6", "0.9")
    await at_noon(community, group.generation, MONTH, "1.0")
    await exchange(community, first.registers["SINGLE"], "0.6")
    await community.bill()
    # Each noon 400 and 600 of 1,000 Wh for 600 and 900: A imports 6.2 and shares 12.4 kWh, B 9.3 and 18.6.
    assert [line[1:] for line in await community.lines(first)] == [
        (Decimal("3.0"), "0.20000", 60),
        (Decimal("3.2"), "0.20000", 64),
        (Decimal("6.0"), "0.10000", 60),
        (Decimal("6.4"), "0.10000", 64),
        (Decimal(31), "0.50000", 1550),
    ]
    # A: 124 + 124 + 1550 = 1798p and 5%: 1888. B: 186 + 186 + 1550 = 1922p and 5%: 2018.
    assert await totals(community) == [1888, 2018]
    assert await findings(community) == []


async def test_generation_meter_that_is_exchanged_makes_no_gap(community: Community, group: Group) -> None:
    first, _ = await sharers(group, "0.6", "0.9")
    await at_noon(community, group.generation, MONTH, "1.0")
    await exchange(community, first.registers["SINGLE"], "0.6")
    await exchange(community, await exchange(community, group.generation, "1.0"), "1.0", MORNING)
    assert await missing(community) == 0
    await community.bill()
    assert await totals(community) == [1888, 2018]
    assert await findings(community) == []


async def test_exchange_changes_no_earlier_month(community: Community, group: Group) -> None:
    first, second = await sharers(group, "0.6", "0.9", months=(SEPTEMBER, OCTOBER))
    for month in (SEPTEMBER, OCTOBER):
        await at_noon(community, group.generation, month.period(LONDON), "1.0")
    await community.bill(SEPTEMBER, now=datetime(2026, 10, 3, 9, tzinfo=UTC))
    assert await shared(community, SEPTEMBER) == [Decimal(12), Decimal(18)]
    await exchange(community, first.registers["SINGLE"], "0.6")
    await exchange(community, group.generation, "1.0")
    again = await rebilled(community, month=SEPTEMBER, confirm=True)
    assert [account.outcome for account in again.accounts] == ["unchanged", "unchanged"]
    assert len(await invoices(community, first)) == len(await invoices(community, second)) == 1
    assert await due(community) == []
    assert await findings(community) == []


async def test_generation_meter_counts_from_the_day_on_which_it_is_added(community: Community, group: Group) -> None:
    await sharers(group, "0.6", "0.9")
    await at_noon(community, group.generation, MONTH, "0.5")
    added = await group.meter("generation", valid_from=date(2026, 10, 16))
    await at_noon(community, added, AFTER, "0.5")
    await community.bill()
    # 15 noons 200 and 300 of 500 Wh, then 16 noons 400 and 600 of 1,000.
    assert await shared(community) == [Decimal("9.4"), Decimal("14.1")]
    assert await findings(community) == []


async def test_generation_meter_counts_to_the_day_on_which_it_is_taken_away(community: Community, group: Group) -> None:
    await sharers(group, "0.6", "0.9")
    await at_noon(community, group.generation, MONTH, "0.5")
    taken = await group.meter("generation")
    await at_noon(community, taken, MONTH, "0.5")  # elsewhere, since the 16th
    await group.end(taken, date(2026, 10, 16))
    await community.bill()
    # 15 noons 400 and 600 of 1,000 Wh, then 16 noons 200 and 300 of 500.
    assert await shared(community) == [Decimal("9.2"), Decimal("13.8")]
    assert await findings(community) == []


async def test_group_without_a_generation_meter_on_some_days_shares_nothing_on_them(
    community: Community, group: Group
) -> None:
    await sharers(group, "0.6", "0.9")
    await at_noon(community, group.generation, BEFORE, "1.0")
    await group.end(group.generation, date(2026, 10, 16))
    await community.bill()
    assert await shared(community) == [Decimal("6.0"), Decimal("9.0")]  # 15 noons
    assert await findings(community) == []


async def test_meter_that_comes_back_counts_in_both_of_its_times(community: Community, group: Group) -> None:
    await sharers(group, "0.6", "0.9")
    await at_noon(community, group.generation, MONTH, "1.0")
    await group.end(group.generation, date(2026, 10, 11))
    await community.execute(
        """INSERT INTO public.sharing_meters (sharing_group, register, role, valid_from)
           VALUES ($1, $2, 'generation', '2026-10-16')""",
        group.id,
        group.generation,
    )
    await community.bill()
    assert await shared(community) == [Decimal("10.4"), Decimal("15.6")]  # 10 and 16 noons
    assert await findings(community) == []


async def test_gap_is_one_where_a_register_lived_and_counted(community: Community, group: Group) -> None:
    [member] = await sharers(group, "0.6")
    await at_noon(community, group.generation, MONTH, "1.0")
    new = await exchange(community, group.generation, "1.0", MORNING)  # goes on at 10:30
    await community.execute(
        "DELETE FROM flows.register_interval_hh WHERE register_id = $1 AND timestamp < '2026-10-20 11:30Z'", new
    )
    await community.bill()
    assert await community.outcome(member) == (
        "failed",
        "generation_missing",
        "2 half hours of what Sun Club generated are missing",
    )


async def test_late_reading_of_the_meter_before_is_found_listed_and_put_right(
    community: Community, group: Group
) -> None:
    first, _ = await sharers(group, "0.6", "0.9")
    await at_noon(community, group.generation, MONTH, "1.0")
    await exchange(community, await exchange(community, first.registers["SINGLE"], "0.6"), "0.6", MORNING)
    await community.bill()
    await community.measure_more(first, "1.6", "2026-10-01 11:00Z")
    assert {(finding.invoice, finding.check) for finding in await findings(community)} == {
        ("WLCE-000001", f"energy of register {first.registers['SINGLE']} from 2026-10-01"),
        ("WLCE-000002", "shared energy from 2026-10-01"),
    }
    assert {(row["number"], row["cause"]) for row in await due(community)} == {
        ("WLCE-000001", "readings"),
        ("WLCE-000001", "sharing"),
        ("WLCE-000002", "sharing"),
    }
    await rebilled(community, confirm=True)
    # That noon 640 and 360 Wh for 1,600 and 900. A imports 3.76, 0.8 and 2.4 kWh by its three meters, and shares 6.24,
    # 1.6 and 4.8: 75 + 16 + 48 + 62 + 16 + 48 + 1550 = 1815p and 5%.
    # B imports 9.54 and shares 18.36: 191 + 184 + 1550 = 1925p and 5%.
    assert await totals(community) == [1906, 2021]
    assert await findings(community) == []
    assert await due(community) == []


async def test_meter_added_or_taken_away_afterwards_is_listed_for_its_days(community: Community, group: Group) -> None:
    await sharers(group, "0.6", "0.9", months=(SEPTEMBER, OCTOBER))
    for month in (SEPTEMBER, OCTOBER):
        await at_noon(community, group.generation, month.period(LONDON), "1.0")
        await community.bill(month)
    await group.end(group.generation, date(2026, 10, 16))
    october = {("WLCE-000003", "sharing"), ("WLCE-000004", "sharing")}
    assert {(row["number"], row["cause"]) for row in await due(community)} == october
    assert len((await rebilled(community, confirm=True)).accounts) == 2
    assert await due(community) == []
    added = await group.meter("generation", valid_from=date(2026, 10, 31))
    october = {("WLCE-000005", "sharing"), ("WLCE-000006", "sharing")}
    assert {(row["number"], row["cause"]) for row in await due(community)} == october
    await at_noon(community, added, Period(local_midnight(date(2026, 10, 31), LONDON), MONTH.end), "1.0")
    await rebilled(community, confirm=True)
    assert await shared(community) == [Decimal("6.4"), Decimal("9.6")]  # 15 noons and one
    assert await findings(community) == []


async def test_register_counts_once_on_a_day(community: Community, group: Group) -> None:
    await group.end(group.generation, date(2026, 10, 16))
    again = """INSERT INTO public.sharing_meters (sharing_group, register, role, valid_from)
               VALUES ($1, $2, 'generation', $3)"""
    with pytest.raises(asyncpg.ExclusionViolationError):
        await community.execute(again, group.id, group.generation, date(2026, 10, 15))
    await community.execute(again, group.id, group.generation, date(2026, 10, 16))
    with pytest.raises(asyncpg.ExclusionViolationError):
        await community.execute("UPDATE public.sharing_meters SET valid_to = NULL")
    with pytest.raises(asyncpg.CheckViolationError):
        await group.end(group.generation, date(2026, 10, 16))


async def test_meter_that_was_billed_may_end_and_not_begin_another_day(community: Community, group: Group) -> None:
    await sharers(group, "0.6")
    await at_noon(community, group.generation, MONTH, "1.0")
    later = await group.meter("generation", valid_from=date(2026, 11, 1))
    await community.bill()
    with pytest.raises(asyncpg.RestrictViolationError):
        await community.execute(
            "UPDATE public.sharing_meters SET valid_from = '2026-10-02' WHERE register = $1", group.generation
        )
    await group.end(group.generation, date(2026, 11, 1))
    await community.execute("DELETE FROM public.sharing_meters WHERE register = $1", later)
