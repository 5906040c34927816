"""Tariffs as the database holds them."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import asyncpg

from flows_billing.tariffs.tariff import Tariff, Tariffs
from flows_shared.db import Connection
from flows_shared.time import Month

# The version that holds when the month starts, and those that start within it.
CUSTOMER_TARIFFS = """
    SELECT id, customer, period_start, computed_unit_rate, computed_unit_rate_b, computed_standing_charge, includes_vat
      FROM public.customer_tariffs AS tariff
     WHERE customer = ANY($1)
       AND period_start < $3
       AND period_start >= coalesce((SELECT max(period_start) FROM public.customer_tariffs AS earlier
                                      WHERE earlier.customer = tariff.customer AND earlier.period_start <= $2),
                                    '-infinity')
     ORDER BY customer, period_start
"""
MICROGRID_TARIFFS = """
    SELECT id, period_start, computed_unit_rate, computed_unit_rate_b, computed_standing_charge, includes_vat
      FROM public.microgrid_tariffs
     WHERE esco = $1
       AND period_start < $3
       AND period_start >= coalesce((SELECT max(period_start) FROM public.microgrid_tariffs
                                      WHERE esco = $1 AND period_start <= $2), '-infinity')
     ORDER BY period_start
"""


async def tariffs_in(db: Connection, esco: UUID, customers: Sequence[UUID], month: Month) -> Tariffs:
    """All tariffs that hold on a day of the month for the community and these customers."""
    first_day, end = month.first_day, month.next().first_day
    own: dict[UUID, list[Tariff]] = {}
    for row in await db.fetch(CUSTOMER_TARIFFS, customers, first_day, end):
        own.setdefault(row["customer"], []).append(_tariff(row, "customer"))
    community = await db.fetch(MICROGRID_TARIFFS, esco, first_day, end)
    return Tariffs(own, [_tariff(row, "microgrid") for row in community])


def _tariff(row: asyncpg.Record, owner: Literal["customer", "microgrid"]) -> Tariff:
    return Tariff(
        id=row["id"],
        owner=owner,
        period_start=row["period_start"],
        unit_rate=row["computed_unit_rate"],
        unit_rate_b=row["computed_unit_rate_b"],
        standing_charge=row["computed_standing_charge"],
        includes_vat=row["includes_vat"],
    )
