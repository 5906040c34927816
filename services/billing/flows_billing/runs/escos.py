"""Communities, as a run needs them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from flows_billing.errors import UnknownEsco
from flows_billing.rating.vat_rules import Seller
from flows_billing.runs.run import Esco
from flows_shared.db import Connection
from flows_shared.time import Month

COLUMNS = """
           esco.id AS esco_id, esco.code, esco.time_zone, esco.payment_days, esco.vat_number, esco.vat_registered,
           esco.vat_use, esco.vat_small_quantities, esco.vat_mixed_use, esco.back_bill_months
"""
ESCOS = f"""
    SELECT {COLUMNS}
      FROM flows.escos AS esco
     WHERE $1::uuid[] IS NULL OR id = ANY($1)
     ORDER BY code
"""
ESCO_BY_CODE = "SELECT id FROM flows.escos WHERE lower(code) = lower($1)"

# Communities whose month has ended lately, with supply accounts in that month and no run for it yet.
DUE_ESCOS = """
    SELECT esco.id, due.month::date AS month
      FROM flows.escos AS esco,
           LATERAL (SELECT $1 AT TIME ZONE esco.time_zone AS now) AS local,
           LATERAL (SELECT date_trunc('month', local.now) AS month_end,
                           date_trunc('month', local.now) - interval '1 month' AS month) AS due
     WHERE local.now >= due.month_end + $2 AND local.now < due.month_end + $3
       AND NOT EXISTS (SELECT FROM public.billing_runs AS run WHERE run.esco = esco.id AND run.month = due.month)
       AND EXISTS (SELECT
                     FROM public.properties AS property
                     JOIN public.accounts AS account ON account.property = property.id
                    WHERE property.esco = esco.id
                      AND account.type = 'supply'
                      AND account.start_date < due.month_end
                      AND (account.end_date IS NULL OR account.end_date >= due.month))
"""


async def find_escos(db: Connection, esco_ids: Sequence[UUID] | None) -> list[Esco]:
    """These communities, or all."""
    escos = [esco_of(row) for row in await db.fetch(ESCOS, esco_ids)]
    if unknown := set(esco_ids or ()) - {esco.id for esco in escos}:
        raise UnknownEsco(min(unknown))
    return escos


async def esco_by_code(db: Connection, code: str) -> UUID:
    esco_id: UUID | None = await db.fetchval(ESCO_BY_CODE, code)
    if esco_id is None:
        raise UnknownEsco(code)
    return esco_id


async def due_escos(db: Connection, now: datetime, after: timedelta, until: timedelta) -> dict[Month, list[UUID]]:
    """By month: whose month ended between `until` and `after` ago, by their own clock, and was not billed yet."""
    due: dict[Month, list[UUID]] = {}
    for row in await db.fetch(DUE_ESCOS, now, after, until):
        due.setdefault(Month.of(row["month"]), []).append(row["id"])
    return due


def esco_of(row: asyncpg.Record) -> Esco:
    """From a row that holds `COLUMNS`."""
    return Esco(
        id=row["esco_id"],
        code=row["code"],
        zone=ZoneInfo(row["time_zone"]),
        seller=Seller(row["vat_registered"], row["vat_use"], row["vat_small_quantities"], row["vat_mixed_use"]),
        vat_number=(row["vat_number"] or "").strip() or None if row["vat_registered"] else None,
        payment_days=row["payment_days"],
        back_bill_months=row["back_bill_months"],
    )
