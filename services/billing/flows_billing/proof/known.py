"""Which invoices would be others today, as the database noted when their sources changed."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from flows_billing.proof.finding import Known
from flows_shared.db import Connection

# $1 the community, $2 the first day of the month, $3 a number; none: all. A decision holds until the next change.
KNOWN: Final = """
    WITH noted AS (
        SELECT stale.invoice, stale.cause, stale.noted_at FROM public.stale_invoices AS stale
         UNION ALL
        SELECT line.invoice, 'readings', changed.changed_at
          FROM flows.register_days_changed AS changed
          JOIN public.invoice_lines AS line ON line.register = changed.register_id
           AND changed.day >= line.period_start AND changed.day < line.period_end
    )
    SELECT invoice.number, array_agg(DISTINCT noted.cause) AS causes,
           bool_or(decision.decided_at IS NOT NULL) AND max(noted.noted_at) <= max(decision.decided_at) AS is_decided
      FROM noted
      JOIN public.invoices AS invoice ON invoice.id = noted.invoice AND invoice.status NOT IN ('draft', 'void')
      LEFT JOIN LATERAL (SELECT max(created_at) AS decided_at FROM public.correction_decisions
                          WHERE correction_decisions.invoice = invoice.id) AS decision ON true
     WHERE ($1::uuid IS NULL OR invoice.esco = $1)
       AND ($2::date IS NULL OR date_trunc('month', invoice.period_start)::date = $2)
       AND ($3::text IS NULL OR invoice.number = $3)
     GROUP BY invoice.number
"""


async def known_changes(db: Connection, chosen: tuple[UUID | None, date | None, str | None]) -> Mapping[str, Known]:
    """By the invoice's number."""
    rows = await db.fetch(KNOWN, *chosen)
    return {number: Known(causes, bool(is_decided)) for number, causes, is_decided in rows}
