"""Communities, as a run needs them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import asyncpg

from flows_billing.communities.esco import Esco
from flows_billing.errors import EscoUnreadable, UnknownEsco
from flows_billing.vat.rules import Seller
from flows_shared.apart import in_parts
from flows_shared.db import Connection
from flows_shared.errors import say_error
from flows_shared.logs import get_logger
from flows_shared.time import Month

T = TypeVar("T")

log = get_logger()

COLUMNS = """
           esco.id AS esco_id, esco.code, esco.time_zone, esco.payment_days, esco.vat_number, esco.vat_registered,
           esco.vat_use, esco.vat_small_quantities, esco.vat_mixed_use, esco.back_bill_months,
           esco.hold_spikes, esco.hold_read_kwh
"""
ESCOS = f"""
    SELECT {COLUMNS}
      FROM flows.escos AS esco
     WHERE $1::uuid[] IS NULL OR id = ANY($1)
     ORDER BY code
"""
ESCO_BY_CODE = "SELECT id FROM flows.escos WHERE lower(code) = lower($1)"

# Communities whose month has ended lately, with supply accounts in that month and no run for it yet.
ALL_ESCOS = "SELECT id FROM flows.escos ORDER BY code"
DUE_ESCOS = """
    SELECT esco.id, due.month::date AS month
      FROM unnest($4::uuid[]) AS one JOIN flows.escos AS esco ON esco.id = one,
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
    """These communities, or all that can be read."""
    rows = await db.fetch(ESCOS, esco_ids)
    if unknown := set(esco_ids or ()) - {row["esco_id"] for row in rows}:
        raise UnknownEsco(min(unknown))
    return [esco_of(row) for row in rows] if esco_ids is not None else list(readable(rows, esco_of))


async def esco_by_code(db: Connection, code: str) -> UUID:
    esco_id: UUID | None = await db.fetchval(ESCO_BY_CODE, code)
    if esco_id is None:
        raise UnknownEsco(code)
    return esco_id


async def due_escos(db: Connection, now: datetime, after: timedelta, until: timedelta) -> dict[Month, list[UUID]]:
    """By month: whose month ended between `until` and `after` ago, by their own clock, and was not billed yet."""

    async def rows(escos: Sequence[UUID]) -> list[asyncpg.Record]:
        return await db.fetch(DUE_ESCOS, now, after, until, escos)

    due: dict[Month, list[UUID]] = {}
    parts, broken = await in_parts(db, [row["id"] for row in await db.fetch(ALL_ESCOS)], rows)
    for row in chain(*parts):
        due.setdefault(Month.of(row["month"]), []).append(row["id"])
    for esco, error in broken.items():
        log.error("esco_unreadable", esco=str(esco), reason=say_error(error))
    return due


def readable(rows: Iterable[asyncpg.Record], make: Callable[[asyncpg.Record], T]) -> Iterator[T]:
    """What can be made of them; the log has the others, which stop none of these."""
    for row in rows:
        try:
            yield make(row)
        except EscoUnreadable as error:
            log.error("esco_unreadable", esco=row["code"], reason=str(error))


def esco_of(row: asyncpg.Record) -> Esco:
    """From a row that holds `COLUMNS`."""
    try:
        return _esco(row)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise EscoUnreadable(row["code"], error) from error


def _esco(row: asyncpg.Record) -> Esco:
    return Esco(
        id=row["esco_id"],
        code=row["code"],
        zone=ZoneInfo(row["time_zone"]),
        seller=Seller(row["vat_registered"], row["vat_use"], row["vat_small_quantities"], row["vat_mixed_use"]),
        vat_number=(row["vat_number"] or "").strip() or None if row["vat_registered"] else None,
        payment_days=row["payment_days"],
        back_bill_months=row["back_bill_months"],
        hold_spikes=row["hold_spikes"],
        hold_read_kwh=row["hold_read_kwh"],
    )
