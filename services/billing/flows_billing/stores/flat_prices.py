"""The flat prices of supplies, as their meters show them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flows_billing.rating.flat import FlatPrice
from flows_shared.db import Connection

# The database knows days that Python does not.
FLAT_PRICES = """
    SELECT meter, greatest(period_start, '0001-01-01'), computed_unit_rate, computed_unit_rate_b,
           computed_standing_charge
      FROM public.supply_tariffs
     WHERE meter = ANY($1) AND period_start < $2
     ORDER BY meter, period_start
"""


async def flat_prices(db: Connection, meters: Sequence[UUID], before: date) -> dict[UUID, list[FlatPrice]]:
    """Those of each supply that have started before a day, oldest first."""
    found: dict[UUID, list[FlatPrice]] = {}
    for meter, *values in await db.fetch(FLAT_PRICES, meters, before):
        found.setdefault(meter, []).append(FlatPrice(*values))
    return found
