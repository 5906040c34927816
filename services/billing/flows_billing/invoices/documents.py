"""What is printed of an invoice, as it was stored, and the documents made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

import asyncpg

from flows_shared.db import Connection

PDF: Final = "application/pdf"
HTML: Final = "text/html"
SUFFIXES: Final = {PDF: "pdf", HTML: "html"}


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """`tariff_from` is the start of the version that priced it; `first_interval` the source's first half hour.

    `shared_by` is the group of shared energy, `shared_from` the start of its terms; `basis` how an amount came about
    that no quantity and price explain.
    """

    kind: str
    description: str
    period_start: date
    period_end: date
    quantity: Decimal
    unit: str
    rate: Decimal
    amount_pence: int
    includes_vat: bool
    vat_rate: Decimal
    vat_reason: str | None
    intervals: int | None
    estimated: int
    first_interval: datetime | None
    last_interval: datetime | None
    tariff_owner: str | None
    tariff_from: date | None
    shared_by: str | None
    shared_from: date | None
    basis: str | None


@dataclass(frozen=True, slots=True)
class DayUsage:
    day: date
    kwh: Decimal
    is_estimated: bool


@dataclass(frozen=True, slots=True)
class ClosingRead:
    """What a register had counted at the end of the last day; `source` is the meter, the customer, or `estimated`."""

    element: str
    read: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class PrintedInvoice:
    """Everything that stands on the page. `period_end` is the first day after; no `tax_point`: no VAT invoice.

    `replaces` is the invoice that it takes the place of, `credit_note` what took this one back; `exporter_vat_number`
    is the customer's, who supplied what they exported.
    """

    id: UUID
    number: str
    issue_date: date
    due_date: date
    period_start: date
    period_end: date
    net_pence: int
    vat_pence: int
    total_pence: int
    tax_point: date | None
    previous_balance_pence: int
    payments_pence: int
    amount_due_pence: int
    benchmark_pence: int | None
    customer: str
    account_number: int
    payment_method: str
    plot: str
    home: str | None
    seller: str
    seller_address: str | None
    vat_number: str | None
    portal: str | None
    lines: tuple[PrintedLine, ...]
    usage: tuple[DayUsage, ...] = ()
    replaces: str | None = None
    credit_note: str | None = None
    is_final: bool = False
    closing_reads: tuple[ClosingRead, ...] = ()
    exporter_vat_number: str | None = None

    @property
    def heading(self) -> str:
        """A seller who is not registered must not call it a VAT invoice."""
        if self.tax_point and self.vat_number:
            return "Final VAT invoice" if self.is_final else "VAT invoice"
        return "Final energy bill" if self.is_final else "Energy bill"

    @property
    def is_estimated(self) -> bool:
        return any(line.estimated for line in self.lines)

    @property
    def saving_pence(self) -> int | None:
        """Against the benchmark, of what was supplied: credits are beside it."""
        if self.benchmark_pence is None:
            return None
        credits = sum(line.amount_pence for line in self.lines if line.kind in ("export_credit", "solar_credit"))
        return self.benchmark_pence - (self.total_pence - credits)


INVOICES = """
    SELECT invoice.id, invoice.number, invoice.issue_date, invoice.due_date, invoice.period_start, invoice.period_end,
           invoice.net_pence, invoice.vat_pence, invoice.total_pence, invoice.tax_point,
           invoice.previous_balance_pence, invoice.payments_pence,
           coalesce(invoice.amount_due_pence, invoice.total_pence) AS amount_due_pence, invoice.benchmark_pence,
           coalesce(people.names, customer.fullname) AS customer, account.account_number, account.payment_method,
           property.plot, property.description AS home, esco.name AS seller, esco.address AS seller_address,
           invoice.vat_number, esco.app_url AS portal, replaced.number AS replaces,
           closing.account IS NOT NULL AS is_final, note.number AS credit_note,
           exporter.vat_number AS exporter_vat_number
      FROM public.invoices AS invoice
      JOIN public.customers AS customer ON customer.id = invoice.customer
      JOIN public.accounts AS account ON account.id = invoice.account
      JOIN public.properties AS property ON property.id = account.property
      JOIN flows.escos AS esco ON esco.id = invoice.esco
      LEFT JOIN public.account_closings AS closing ON closing.account = invoice.account
       AND closing.last_day + 1 = invoice.period_end
      LEFT JOIN public.credit_notes AS note ON note.invoice = invoice.id
      LEFT JOIN public.credit_notes AS correction ON correction.replacement = invoice.id
      LEFT JOIN public.invoices AS replaced ON replaced.id = correction.invoice
      -- Who pays is named first, then who shares the part with them on these days.
      LEFT JOIN LATERAL (
           SELECT string_agg(person.fullname, ' and '
                             ORDER BY person.id <> invoice.customer, party.created_at, party.id) AS names
             FROM public.customer_accounts AS party
             JOIN public.customers AS person ON person.id = party.customer
            WHERE party.account = invoice.account
              AND party.role = (SELECT min(payer.role) FROM public.customer_accounts AS payer
                                 WHERE payer.account = invoice.account AND payer.customer = invoice.customer)
              AND (party.start_date IS NULL OR party.start_date < invoice.period_end)
              AND (party.end_date IS NULL OR party.end_date >= invoice.period_start)) AS people ON true
      LEFT JOIN LATERAL (
           SELECT string_agg(DISTINCT registration.vat_number, ', ') AS vat_number
             FROM public.invoice_lines AS line
             JOIN LATERAL (SELECT vat_number FROM public.vat_registrations
                            WHERE customer = invoice.customer AND valid_from <= line.period_start
                            ORDER BY valid_from DESC LIMIT 1) AS registration ON true
            WHERE line.invoice = invoice.id AND line.vat_reason = 'exporter_registered') AS exporter ON true
"""
UNPRINTED = f"""{INVOICES}
     WHERE invoice.id = ANY($1)
       AND NOT EXISTS (SELECT FROM public.documents AS document
                        WHERE document.invoice = invoice.id AND document.media_type = $2)
     ORDER BY invoice.number
"""
BY_NUMBER = f"{INVOICES} WHERE invoice.number = $1"
BY_ID = f"{INVOICES} WHERE invoice.id = ANY($1)"
LINES = """
    SELECT line.invoice, line.kind, line.description, line.period_start, line.period_end, line.quantity, line.unit,
           line.rate, line.amount_pence, line.includes_vat, line.vat_rate, line.vat_reason, line.intervals,
           line.estimated, line.first_interval, line.last_interval,
           CASE WHEN own.id IS NOT NULL THEN 'customer' WHEN community.id IS NOT NULL THEN 'community' END,
           coalesce(own.period_start, community.period_start), sharing.name, terms.period_start, line.basis
      FROM public.invoice_lines AS line
      LEFT JOIN public.customer_tariffs AS own ON own.id = line.customer_tariff
      LEFT JOIN public.microgrid_tariffs AS community ON community.id = line.microgrid_tariff
      LEFT JOIN public.sharing_terms AS terms ON terms.id = line.sharing_terms
      LEFT JOIN public.sharing_groups AS sharing ON sharing.id = terms.sharing_group
     WHERE line.invoice = ANY($1)
     ORDER BY line.invoice, line.position
"""
USAGE = """
    WITH billed AS (
        SELECT DISTINCT line.invoice, line.register, line.period_start, line.period_end
          FROM public.invoice_lines AS line
         WHERE line.invoice = ANY($1) AND line.kind = 'energy'
    ), guessed AS (
        SELECT billed.invoice, flows.local_date(guess.timestamp, esco.time_zone) AS day, sum(guess.kwh) AS kwh
          FROM billed
          JOIN public.invoices AS invoice ON invoice.id = billed.invoice
          JOIN flows.escos AS esco ON esco.id = invoice.esco
          JOIN flows.estimated_intervals AS guess ON guess.register_id = billed.register
           AND guess.timestamp >= flows.local_midnight(billed.period_start, esco.time_zone)
           AND guess.timestamp < flows.local_midnight(billed.period_end, esco.time_zone)
         GROUP BY billed.invoice, day
    ), measured AS (
        SELECT billed.invoice, daily.day, sum(daily.kwh) AS kwh
          FROM billed
          JOIN flows.register_interval_daily AS daily ON daily.register_id = billed.register
           AND daily.day >= billed.period_start AND daily.day < billed.period_end
         GROUP BY billed.invoice, daily.day
    )
    SELECT invoice, day, coalesce(measured.kwh, 0) + coalesce(guessed.kwh, 0), guessed.kwh IS NOT NULL
      FROM measured FULL JOIN guessed USING (invoice, day)
     ORDER BY invoice, day
"""
CLOSING_READS = """
    SELECT invoice.id, register.element, read.read, read.source
      FROM public.invoices AS invoice
      JOIN public.closing_reads AS read ON read.account = invoice.account
      JOIN flows.meter_registers AS register ON register.register_id = read.register
     WHERE invoice.id = ANY($1)
     ORDER BY invoice.id, register.element, register.start_time
"""
INSERT_DOCUMENTS = """
    INSERT INTO public.documents (media_type, invoice, file_name, content)
    SELECT $1, row.* FROM unnest($2::uuid[], $3::text[], $4::bytea[]) AS row
        ON CONFLICT (invoice, media_type) DO NOTHING
"""


async def unprinted_invoices(db: Connection, invoice_ids: Sequence[UUID]) -> list[PrintedInvoice]:
    """Those of the invoices that have no PDF yet."""
    return await _printed(db, await db.fetch(UNPRINTED, invoice_ids, PDF))


async def printed_invoice(db: Connection, number: str) -> PrintedInvoice | None:
    """An invoice as it stands on its page."""
    found = await _printed(db, await db.fetch(BY_NUMBER, number))
    return found[0] if found else None


async def printed_invoices(db: Connection, invoice_ids: Sequence[UUID]) -> dict[UUID, PrintedInvoice]:
    """Whether they have documents or not."""
    return {invoice.id: invoice for invoice in await _printed(db, await db.fetch(BY_ID, invoice_ids))}


async def insert_documents(
    db: Connection, media_type: str, invoices: Sequence[PrintedInvoice], contents: Sequence[bytes]
) -> None:
    """Keep the documents; one that is there stays."""
    names = [f"{invoice.number}.{SUFFIXES[media_type]}" for invoice in invoices]
    await db.execute(INSERT_DOCUMENTS, media_type, [invoice.id for invoice in invoices], names, contents)


async def _printed(db: Connection, rows: Sequence[asyncpg.Record]) -> list[PrintedInvoice]:
    lines: dict[UUID, list[PrintedLine]] = {row["id"]: [] for row in rows}
    usage: dict[UUID, list[DayUsage]] = {row["id"]: [] for row in rows}
    for invoice, *values in await db.fetch(LINES, list(lines)):
        lines[invoice].append(PrintedLine(*values))
    for invoice, *values in await db.fetch(USAGE, list(lines)):
        usage[invoice].append(DayUsage(*values))
    reads: dict[UUID, list[ClosingRead]] = {row["id"]: [] for row in rows if row["is_final"]}
    if reads:
        for invoice, *values in await db.fetch(CLOSING_READS, list(reads)):
            reads[invoice].append(ClosingRead(*values))
    return [
        PrintedInvoice(
            **row,
            lines=tuple(lines[row["id"]]),
            usage=tuple(usage[row["id"]]),
            closing_reads=tuple(reads.get(row["id"], ())),
        )
        for row in rows
    ]
