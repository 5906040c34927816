"""Tariffs as the database holds them."""

from collections.abc import Mapping, Sequence
from typing import Literal
from uuid import UUID

import asyncpg

from flows_billing.tariffs.tariff import Benchmark, Component, Tariff, Tariffs
from flows_shared.db import Connection
from flows_shared.time import Month

COLUMNS = """
    id, period_start, computed_unit_rate, computed_unit_rate_b, computed_standing_charge, includes_vat, rate_profile"""
# The version that holds when the month starts, and those that start within it. Both by the index of what is not
# superseded, which has each first day: without it, all customers' rows are read for each of them.
CUSTOMER_TARIFFS = f"""
    SELECT customer, {COLUMNS}
      FROM public.customer_tariffs AS tariff
     WHERE customer = ANY($1)
       AND superseded_by IS NULL
       AND period_start < $3
       AND period_start >= coalesce((SELECT max(period_start) FROM public.customer_tariffs AS earlier
                                      WHERE earlier.customer = tariff.customer AND earlier.superseded_by IS NULL
                                        AND earlier.period_start <= $2),
                                    '-infinity')
     ORDER BY customer, period_start
"""
MICROGRID_TARIFFS = f"""
    SELECT {COLUMNS}
      FROM public.microgrid_tariffs AS tariff
     WHERE esco = $1
       AND superseded_by IS NULL
       AND period_start < $3
       AND period_start >= coalesce((SELECT max(period_start) FROM public.microgrid_tariffs
                                      WHERE esco = $1 AND superseded_by IS NULL AND period_start <= $2), '-infinity')
     ORDER BY period_start
"""
COMPONENTS = """
    SELECT coalesce(microgrid_tariff, customer_tariff) AS tariff,
           id, kind, rate, includes_vat, element, band, from_kwh, threshold_period
      FROM public.tariff_components
     WHERE microgrid_tariff = ANY($1) OR customer_tariff = ANY($1)
     ORDER BY from_kwh, id
"""
BENCHMARKS = """
    SELECT period_start, payment_method, rate_type, unit_rate, standing_charge, benchmark.includes_vat, source
      FROM public.benchmark_tariffs AS benchmark
      JOIN flows.escos AS esco ON esco.region = benchmark.region
     WHERE esco.id = $1 AND period_start < $2
     ORDER BY period_start DESC
     LIMIT 100
"""


async def tariffs_in(db: Connection, esco: UUID, customers: Sequence[UUID], month: Month) -> Tariffs:
    """All tariffs that hold on a day of the month for the community and these customers."""
    first_day, end = month.first_day, month.next().first_day
    customer_rows = await db.fetch(CUSTOMER_TARIFFS, customers, first_day, end)
    community_rows = await db.fetch(MICROGRID_TARIFFS, esco, first_day, end)
    components = await _components(db, [row["id"] for row in (*customer_rows, *community_rows)])
    own: dict[UUID, list[Tariff]] = {}
    for row in customer_rows:
        own.setdefault(row["customer"], []).append(_tariff(row, "customer", components))
    return Tariffs(own, [_tariff(row, "microgrid", components) for row in community_rows])


async def benchmarks_in(db: Connection, esco: UUID, month: Month) -> list[Benchmark]:
    """The caps of the community's region that have started by the month's end."""
    return [Benchmark(**row) for row in await db.fetch(BENCHMARKS, esco, month.next().first_day)]


async def _components(db: Connection, tariffs: Sequence[UUID]) -> dict[UUID, tuple[Component, ...]]:
    found: dict[UUID, tuple[Component, ...]] = {}
    for tariff, *values in await db.fetch(COMPONENTS, tariffs):
        found[tariff] = (*found.get(tariff, ()), Component(*values))
    return found


def _tariff(
    row: asyncpg.Record, owner: Literal["customer", "microgrid"], components: Mapping[UUID, tuple[Component, ...]]
) -> Tariff:
    return Tariff(
        id=row["id"],
        owner=owner,
        period_start=row["period_start"],
        unit_rate=row["computed_unit_rate"],
        unit_rate_b=row["computed_unit_rate_b"],
        standing_charge=row["computed_standing_charge"],
        includes_vat=row["includes_vat"],
        profile=row["rate_profile"],
        components=components.get(row["id"], ()),
    )
