"""What is printed of a credit note, as it was stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg

from flows_billing.corrections.difference import compare
from flows_billing.corrections.store import billed_lines
from flows_billing.invoices.documents import PDF, PrintedInvoice, printed_invoices
from flows_shared.contracts.corrections import LineDifference
from flows_shared.db import Connection

NOTES = """
    SELECT id, number, issue_date, tax_point, vat_number, reason, net_pence, vat_pence, total_pence, invoice,
           replacement
      FROM public.credit_notes AS note
"""
UNPRINTED = f"""{NOTES}
     WHERE id = ANY($1)
       AND NOT EXISTS (SELECT FROM public.documents AS document
                        WHERE document.credit_note = note.id AND document.media_type = $2)
     ORDER BY number
"""
BY_NUMBER = f"{NOTES} WHERE number = $1"


@dataclass(frozen=True, slots=True)
class PrintedNote:
    """Everything that stands on the page. `differences` are to the invoice in place of the one taken back."""

    id: UUID
    number: str
    issue_date: date
    tax_point: date | None
    vat_number: str | None
    reason: str
    net_pence: int
    vat_pence: int
    total_pence: int
    invoice: PrintedInvoice
    replacement: PrintedInvoice | None
    differences: tuple[LineDifference, ...]

    @property
    def heading(self) -> str:
        """A seller who is not registered must not show VAT."""
        return "VAT credit note" if self.tax_point and self.vat_number else "Credit note"


async def unprinted_notes(db: Connection, notes: Sequence[UUID]) -> list[PrintedNote]:
    """Those of the credit notes that have no PDF yet."""
    return await _printed(db, await db.fetch(UNPRINTED, notes, PDF))


async def printed_note(db: Connection, number: str) -> PrintedNote | None:
    """A credit note as it stands on its page."""
    found = await _printed(db, await db.fetch(BY_NUMBER, number))
    return found[0] if found else None


async def _printed(db: Connection, rows: Sequence[asyncpg.Record]) -> list[PrintedNote]:
    ids = [row[column] for row in rows for column in ("invoice", "replacement") if row[column]]
    invoices, lines = await printed_invoices(db, ids), await billed_lines(db, ids)
    return [
        PrintedNote(
            **{
                **row,
                "invoice": invoices[row["invoice"]],
                "replacement": invoices.get(row["replacement"]),
                "differences": compare(lines.get(row["invoice"], ()), lines.get(row["replacement"], ())),
            }
        )
        for row in rows
    ]
