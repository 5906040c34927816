"""What must hold of a village's bills, computed from what it was made of and not by what bills it."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from billing.village import AFTER, FIRST, MONTHS, Household, Village
from billing.village_meters import Meters
from flows_billing.days import Days
from flows_billing.ledger.check import check_ledger
from flows_billing.proof.invoices import verify_invoices
from flows_shared.time import local_midnight

BILLED = """
    SELECT coalesce(sum(line.quantity), 0)
      FROM public.invoice_lines AS line JOIN public.invoices AS invoice ON invoice.id = line.invoice
     WHERE line.register = ANY($1) AND line.kind IN ('energy', 'shared_energy') AND invoice.status <> 'void'
"""
MEASURED = """
    SELECT coalesce(sum(hh.kwh), 0)
      FROM flows.register_intervals AS hh
      JOIN unnest($2::timestamptz[], $3::timestamptz[]) AS day (starts_at, ends_at)
        ON hh.timestamp >= starts_at AND hh.timestamp < ends_at
     WHERE hh.register_id = ANY($1)
"""
NEGATIVE = """
    SELECT invoice.number, line.description, line.quantity
      FROM public.invoice_lines AS line JOIN public.invoices AS invoice ON invoice.id = line.invoice
     WHERE invoice.esco = $1 AND line.quantity < 0
"""
MORE_THAN_GENERATED = """
    SELECT half.*
      FROM public.sharing_half_hours AS half
      JOIN public.sharing_groups AS sharing ON sharing.id = half.sharing_group
     WHERE sharing.esco = $1 AND NOT (0 <= shared_kwh AND shared_kwh <= least(generation_kwh, consumption_kwh))
"""
OTHER_TOTALS = """
    SELECT number, net_pence, vat_pence, total_pence FROM public.invoices
     WHERE esco = $1 AND net_pence + vat_pence <> total_pence
"""
# Of one price, supply and payer in a month: the lower block holds what it can, and all of it before the upper has any.
BLOCKS = """
    WITH block AS (
        SELECT invoice.number, line.microgrid_tariff AS price,
               CASE line.element WHEN 'SINGLE' THEN 'A' ELSE line.element END AS feeds, invoice.period_start,
               coalesce(sum(quantity) FILTER (WHERE block_from_kwh = 0), 0) AS lower,
               coalesce(sum(quantity) FILTER (WHERE block_from_kwh > 0), 0) AS upper
          FROM public.invoices AS invoice JOIN public.invoice_lines AS line ON line.invoice = invoice.id
         WHERE invoice.esco = $1 AND invoice.status <> 'void' AND line.kind = 'energy' AND block_from_kwh IS NOT NULL
         GROUP BY 1, 2, 3, 4
    ), judged AS (
        SELECT block.*,
               part.from_kwh * (SELECT sum(quantity)
                                  FROM public.invoice_lines AS day JOIN public.invoices AS own ON own.id = day.invoice
                                 WHERE own.number = block.number AND day.kind = 'standing_charge'
                                   AND day.microgrid_tariff = block.price)
               / extract(day FROM date_trunc('month', block.period_start) + interval '1 month - 1 day') AS room
          FROM block
          JOIN public.tariff_components AS part
            ON part.microgrid_tariff = block.price AND part.from_kwh > 0 AND part.threshold_period = 'month'
    )
    SELECT * FROM judged WHERE lower > room + 0.001 OR upper > 0 AND lower < room - 0.001
"""
STANDING = "SELECT account, sum(total_pence) FROM public.invoices WHERE esco = $1 AND status <> 'void' GROUP BY account"


async def nothing_impossible(village: Village) -> None:
    """At any time: no negative energy, no more shared than there was, no block filled twice, books that balance."""
    for check in (NEGATIVE, MORE_THAN_GENERATED, OTHER_TOTALS, BLOCKS):
        assert [tuple(row) for row in await village.community.rows(check, village.community.esco)] == []
    async with village.community.billing.connection() as connection:
        found = await check_ledger(connection, [village.community.esco])
    assert (found.total_pence, found.findings) == (0, ())


async def put_right(village: Village) -> None:
    """Late readings come, everyone is billed, and what was billed wrong is corrected."""
    await Meters(village).come_late()
    for month in MONTHS:
        await village.bill(month)
    await village.release()
    for month in MONTHS:
        await village.bill(month)
        done = await village.rebill(month, confirm=True)
        assert {account.outcome for account in done.accounts} <= {"unchanged", "corrected", "too_old"}, done.accounts


async def all_right(village: Village) -> None:
    """Once everything was put right."""
    await nothing_impossible(village)
    too_old: set[UUID] = set()
    for month in MONTHS:
        again = await village.rebill(month, confirm=False)
        assert {account.outcome for account in again.accounts} <= {"unchanged", "too_old"}, again.accounts
        too_old |= {account.account for account in again.accounts if account.outcome == "too_old"}
    if not too_old:
        await nothing_to_look_at(village)
    for household in village.homes:
        if too_old.isdisjoint(tenancy.account for tenancy in household.accounts):
            assert await billed_kwh(village, household) == await measured_kwh(village, household)


async def nothing_to_look_at(village: Village) -> None:
    esco = village.community.esco
    async with village.community.billing.connection() as connection:
        assert list((await verify_invoices(connection, esco=esco)).findings) == []
    assert await village.community.rows("SELECT * FROM public.corrections_due WHERE esco = $1", esco) == []


async def billed_kwh(village: Village, household: Household) -> Decimal:
    billed: Decimal = await village.community.value(BILLED, household.place.registers)
    return billed


async def measured_kwh(village: Village, household: Household) -> Decimal:
    """On the local days that are the community's to bill."""
    days = [day for day in Days(FIRST, AFTER).each() if household.is_billed(day)]
    starts = [local_midnight(day, village.zone) for day in days]
    ends = [local_midnight(day + timedelta(days=1), village.zone) for day in days]
    measured: Decimal = await village.community.value(MEASURED, household.place.registers, starts, ends)
    return measured


async def totals(village: Village) -> dict[Any, Any]:
    """Pence by account."""
    rows: Iterable[Any] = await village.community.rows(STANDING, village.community.esco)
    return {row["account"]: row["sum"] for row in rows}
