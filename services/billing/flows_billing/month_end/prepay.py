"""Prepay meters at a month's end: the ledger knows what was put on them, and they report what they hold."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from flows_billing.days import Days
from flows_billing.month_end.table import EvidenceTable
from flows_billing.rating.flat import FlatPrice, flat_cost_pence
from flows_billing.stores.flat_prices import flat_prices
from flows_billing.tariffs.tariff import latest
from flows_shared.db import Connection
from flows_shared.time import Month

ABOUT: Final = "Prepay meters: what they reported, what was put on them, and what their energy should have used"
COLUMNS: Final = (
    *("serial", "opening_pence", "topups_pence", "closing_pence", "used_pence", "kwh", "energy_pence"),
    *("difference_pence", "ledger_topups_pence"),
)

# $1 is the community, $2 the month's first day, $3 the next month's.
PREPAY = """
    WITH metered AS (
        SELECT meter.id, meter.serial, esco.time_zone,
               flows.local_midnight($2, esco.time_zone) AS starts_at,
               flows.local_midnight($3, esco.time_zone) AS ends_at
          FROM flows.meter_registry AS meter JOIN flows.escos AS esco ON esco.id = meter.esco
         WHERE meter.esco = $1
           AND (meter.prepay_enabled OR EXISTS (SELECT FROM public.topups
                                                 WHERE topups.meter = meter.id AND topups.status = 'completed'))
    ), topped AS (
        SELECT topup.meter, sum(-posting.amount_pence) AS ledger_pence,
               coalesce(sum(-posting.amount_pence) FILTER (WHERE entry.entry_date >= $2), 0) AS month_pence
          FROM public.topups AS topup
          JOIN public.ledger_entries AS entry ON entry.kind = 'topup' AND entry.reference = topup.id::text
           AND entry.esco = $1 AND entry.entry_date < $3
          JOIN public.ledger_postings AS posting ON posting.entry = entry.id
          JOIN public.ledger_accounts AS ledger ON ledger.id = posting.ledger_account AND ledger.code = 'meter_credit'
         GROUP BY topup.meter
    ), valued AS (
        SELECT metered.*, round(100 * opening.balance) AS opening_pence, round(100 * closing.balance) AS closing_pence,
               coalesce(topped.month_pence, 0) AS topups_pence, coalesce(topped.ledger_pence, 0) AS ledger_pence
          FROM metered
          LEFT JOIN topped ON topped.meter = metered.id
          LEFT JOIN LATERAL (SELECT balance FROM flows.meter_prepay_balance AS reported
                              WHERE reported.meter_id = metered.id AND reported.timestamp < metered.starts_at
                              ORDER BY reported.timestamp DESC LIMIT 1) AS opening ON true
          LEFT JOIN LATERAL (SELECT balance FROM flows.meter_prepay_balance AS reported
                              WHERE reported.meter_id = metered.id AND reported.timestamp < metered.ends_at
                              ORDER BY reported.timestamp DESC LIMIT 1) AS closing ON true
    )
    SELECT id, serial, opening_pence, topups_pence, closing_pence,
           opening_pence + topups_pence - closing_pence AS used_pence, ledger_pence,
           ARRAY(SELECT ROW(daily.day, register.element, daily.kwh)
                   FROM flows.meter_registers AS register
                   JOIN flows.register_interval_daily AS daily ON daily.register_id = register.register_id
                    AND daily.day >= $2 AND daily.day < $3
                  WHERE register.meter_id = valued.id AND register.nature <> 'solar') AS used
      FROM valued ORDER BY serial
"""


async def prepay_meters(db: Connection, esco: UUID, month: Month) -> EvidenceTable:
    days = Days.of(month)
    rows = await db.fetch(PREPAY, esco, days.start, days.end)
    prices = await flat_prices(db, [row["id"] for row in rows], days.end)
    return EvidenceTable("prepay", ABOUT, COLUMNS, [_valued(row, prices.get(row["id"], []), days) for row in rows])


def _valued(row: Record, prices: Sequence[FlatPrice], days: Days) -> Sequence[Any]:
    """Each day at the price that held on it, as the meter charges."""
    kwh = sum((kwh for _, _, kwh in row["used"]), Decimal(0))
    energy, taken = flat_cost_pence(partial(latest, prices), days, row["used"]), row["used_pence"]
    difference = None if energy is None or taken is None else taken - energy
    held = row["opening_pence"], row["topups_pence"], row["closing_pence"]
    return (row["serial"], *held, taken, kwh, energy, difference, row["ledger_pence"])
