"""On which invoice each solar credit stands."""

from collections.abc import Sequence
from typing import Final

from flows_billing.invoices.invoice import Invoice
from flows_shared.db import Connection

APPLY: Final = """
    INSERT INTO public.monthly_solar_credits (
        applied_at, scheduled_at, property_id, source_installation, month, credit_pence, allocation_ratio, invoice)
    SELECT now(), now(), row.*
      FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::int[], $5::numeric[], $6::uuid[]) AS row
        ON CONFLICT (property_id, month, source_installation) DO UPDATE
       SET applied_at = excluded.applied_at, invoice = excluded.invoice
"""


async def apply_solar_credits(db: Connection, invoices: Sequence[Invoice]) -> None:
    """Note on which invoice each credit stands, in the transaction that stores the invoices."""
    rows = [
        (credit.home, credit.source, invoice.bill.plan.month.first_day, credit.pence, credit.ratio, invoice.id)
        for invoice in invoices
        for credit in invoice.bill.plan.solar_credits
    ]
    if rows:
        await db.execute(APPLY, *zip(*rows, strict=True))
