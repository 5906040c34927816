"""What is printed of an invoice, as it was stored, and the printed pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from flows_shared.db import Connection

MEDIA_TYPE = "application/pdf"


@dataclass(frozen=True, slots=True)
class PrintedLine:
    description: str
    period_start: date
    period_end: date
    quantity: Decimal
    unit: str
    rate: Decimal
    amount_pence: int
    includes_vat: bool
    vat_rate: Decimal


@dataclass(frozen=True, slots=True)
class PrintedInvoice:
    """Everything that stands on the page. `period_end` is the first day after."""

    id: UUID
    number: str
    issue_date: date
    due_date: date
    period_start: date
    period_end: date
    net_pence: int
    vat_pence: int
    total_pence: int
    customer: str
    account_number: int
    payment_method: str
    plot: str
    property: str | None
    seller: str
    seller_address: str | None
    vat_number: str | None
    portal: str | None
    lines: tuple[PrintedLine, ...]


UNPRINTED = """
    SELECT invoice.id, invoice.number, invoice.issue_date, invoice.due_date, invoice.period_start, invoice.period_end,
           invoice.net_pence, invoice.vat_pence, invoice.total_pence, customer.fullname AS customer,
           account.account_number, account.payment_method, property.plot, property.description AS property,
           esco.name AS seller, esco.address AS seller_address, esco.vat_number, esco.app_url AS portal
      FROM public.invoices AS invoice
      JOIN public.customers AS customer ON customer.id = invoice.customer
      JOIN public.accounts AS account ON account.id = invoice.account
      JOIN public.properties AS property ON property.id = account.property
      JOIN flows.escos AS esco ON esco.id = invoice.esco
     WHERE invoice.id = ANY($1)
       AND NOT EXISTS (SELECT FROM public.documents AS document
                        WHERE document.invoice = invoice.id AND document.media_type = $2)
     ORDER BY invoice.number
"""
LINES = """
    SELECT invoice, description, period_start, period_end, quantity, unit, rate, amount_pence, includes_vat, vat_rate
      FROM public.invoice_lines
     WHERE invoice = ANY($1)
     ORDER BY invoice, position
"""
INSERT_DOCUMENTS = """
    INSERT INTO public.documents (media_type, invoice, file_name, content)
    SELECT $1, row.* FROM unnest($2::uuid[], $3::text[], $4::bytea[]) AS row
        ON CONFLICT (invoice, media_type) DO NOTHING
"""


async def unprinted_invoices(db: Connection, invoice_ids: Sequence[UUID]) -> list[PrintedInvoice]:
    """Those of the invoices that have no PDF yet."""
    rows = await db.fetch(UNPRINTED, invoice_ids, MEDIA_TYPE)
    lines: dict[UUID, list[PrintedLine]] = {row["id"]: [] for row in rows}
    for invoice, *values in await db.fetch(LINES, list(lines)):
        lines[invoice].append(PrintedLine(*values))
    return [PrintedInvoice(**row, lines=tuple(lines[row["id"]])) for row in rows]


async def insert_documents(db: Connection, invoices: Sequence[PrintedInvoice], pages: Sequence[bytes]) -> None:
    """Keep the PDFs; one that is there stays."""
    ids, names = [invoice.id for invoice in invoices], [f"{invoice.number}.pdf" for invoice in invoices]
    await db.execute(INSERT_DOCUMENTS, MEDIA_TYPE, ids, names, pages)
