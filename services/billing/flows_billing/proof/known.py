"""Which invoices would be others today, as the database noted when their sources changed."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from flows_billing.proof.finding import KnownChange
from flows_shared.db import Connection

# $1 the community, $2 the first day of the month, $3 a number; none: all.
KNOWN: Final = """
    SELECT invoice.number, array_agg(DISTINCT noted.cause) AS causes,
           EXISTS (SELECT FROM flows.settled_invoices AS settled WHERE settled.invoice = invoice.id) AS is_decided
      FROM flows.invoice_changes AS noted
      JOIN public.invoices AS invoice ON invoice.id = noted.invoice AND invoice.status NOT IN ('draft', 'void')
     WHERE ($1::uuid IS NULL OR invoice.esco = $1)
       AND ($2::date IS NULL OR date_trunc('month', invoice.period_start)::date = $2)
       AND ($3::text IS NULL OR invoice.number = $3)
     GROUP BY invoice.id
"""


async def known_changes(
    db: Connection, chosen: tuple[UUID | None, date | None, str | None]
) -> Mapping[str, KnownChange]:
    """By the invoice's number."""
    rows = await db.fetch(KNOWN, *chosen)
    return {number: KnownChange(causes, is_decided) for number, causes, is_decided in rows}
