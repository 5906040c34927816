"""Energy used up to a month's end that no invoice of then covers: what it costs, without storing anything.

As of the month's end, whenever it is looked at: an invoice that was issued later covers nothing yet, and one that was
taken back later still does.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from flows_billing.bills.preview import preview_run
from flows_billing.communities.esco import Esco
from flows_billing.month_end.sheet import Sheet
from flows_billing.settings import RunSettings
from flows_shared.contracts.previews import PreviewAccount
from flows_shared.db import Connection, Database
from flows_shared.time import Month

MONTHS: Final = 12
ABOUT: Final = "Energy not billed by the month's end: at its tariff, or at flat rates where it cannot be rated yet"
COLUMNS: Final = ("month", "account_number", "kwh", "net_pence", "vat_pence", "total_pence", "basis", "reason")

# Before its first run a community was billed elsewhere.
RUN_MONTHS = """
    SELECT DISTINCT month FROM public.billing_runs WHERE esco = $1 AND month <= $2 ORDER BY month DESC LIMIT $3
"""
# Supply accounts of a community that no invoice covers for [$2, $3) at the end of the day before $4.
UNCOVERED = """
    SELECT account.id
      FROM public.properties AS property
      JOIN public.accounts AS account ON account.property = property.id AND account.type = 'supply'
     WHERE property.esco = $1
       AND account.start_date < $3 AND (account.end_date IS NULL OR account.end_date >= $2)
       AND NOT EXISTS (SELECT FROM public.invoices AS invoice
                        WHERE invoice.account = account.id AND invoice.status <> 'draft'
                          AND invoice.period_start >= $2 AND invoice.period_start < $3 AND invoice.issue_date < $4
                          AND NOT EXISTS (SELECT FROM public.credit_notes AS note
                                           WHERE note.invoice = invoice.id AND note.issue_date < $4))
"""
# What was measured so far of accounts that cannot be billed, at the flat rates of their supply.
MEASURED = """
    WITH price AS MATERIALIZED (
        SELECT DISTINCT ON (meter) meter, computed_unit_rate, computed_unit_rate_b, computed_standing_charge
          FROM public.supply_tariffs WHERE period_start < $3 ORDER BY meter, period_start DESC
    )
    SELECT account.id, coalesce(used.kwh, 0) AS kwh,
           round(100 * (coalesce(used.cost, 0) + days.count * price.computed_standing_charge)) AS pence
      FROM public.accounts AS account
      JOIN public.properties AS property ON property.id = account.property
     CROSS JOIN LATERAL (SELECT greatest(account.start_date, $2) AS first,
                                least(account.end_date + 1, $3) AS last) AS span
     CROSS JOIN LATERAL (SELECT greatest(span.last - span.first, 0) AS count) AS days
      LEFT JOIN price ON price.meter = property.supply_meter
      LEFT JOIN LATERAL (SELECT sum(daily.kwh) AS kwh,
                                sum(daily.kwh * CASE register.element WHEN 'B' THEN price.computed_unit_rate_b
                                                                      ELSE price.computed_unit_rate END) AS cost
                           FROM flows.meter_line(ARRAY[property.supply_meter]) AS register
                           JOIN flows.register_interval_daily AS daily ON daily.register_id = register.register_id
                            AND daily.day >= span.first AND daily.day < span.last
                          WHERE register.nature <> 'solar') AS used
        ON true
     WHERE account.id = ANY($1)
"""


async def accrued(db: Database, esco: Esco, month: Month, settings: RunSettings) -> Sheet:
    """Of the month, and of the months before it that were billed here, within a year; rated as a run does."""
    end = month.next().first_day
    async with db.connection() as connection:
        runs = await connection.fetch(RUN_MONTHS, esco.id, month.first_day, MONTHS)
    rows: list[Sequence[Any]] = []
    for each in sorted({Month.of(row["month"]) for row in runs} | {month}):
        async with db.connection() as connection:
            days = each.first_day, each.next().first_day
            uncovered = [row["id"] for row in await connection.fetch(UNCOVERED, esco.id, *days, end)]
        issued = end - timedelta(days=1)
        previewed = (await preview_run(db, esco, each, settings, issued, only=uncovered)).accounts
        async with db.connection() as connection:
            measured = await _measured(connection, [a.account for a in previewed if a.outcome == "failed"], each)
        rows += _rows(each, previewed, measured)
    return Sheet("accrued", ABOUT, COLUMNS, rows)


def _rows(
    month: Month, previewed: Sequence[PreviewAccount], measured: dict[UUID, tuple[Decimal, int | None]]
) -> Iterator[Sequence[Any]]:
    """Accounts that are rightly left out have nothing to accrue."""
    for account in previewed:
        who = str(month), account.account_number
        if account.outcome == "billed":
            yield (*who, account.kwh, account.net_pence, account.vat_pence, account.total_pence, "rated", None)
        elif account.outcome == "failed":
            kwh, pence = measured[account.account]
            yield (*who, kwh, None, None, pence, "flat rates" if pence is not None else "no price", account.reason)


async def _measured(db: Connection, accounts: Sequence[UUID], month: Month) -> dict[UUID, tuple[Decimal, int | None]]:
    rows = await db.fetch(MEASURED, accounts, month.first_day, month.next().first_day)
    return {row["id"]: (row["kwh"], _pence(row["pence"])) for row in rows}


def _pence(cost: Decimal | None) -> int | None:
    """None too where a reading is no number."""
    return None if cost is None or not cost.is_finite() else int(cost)
