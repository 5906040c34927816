"""Invoices and their lines in the database: one statement a table, whatever their number."""

from collections.abc import Sequence
from uuid import UUID

from flows_billing.communities.esco import Esco
from flows_billing.invoices.invoice import Invoice, invoice_number
from flows_billing.rating.kinds import KINDS
from flows_billing.rating.lines import Line
from flows_shared.bulk import insert_rows
from flows_shared.db import Connection
from flows_shared.time import Period

MAKE_SERIES = """
    INSERT INTO public.invoice_series (esco, prefix) SELECT id, upper(code) FROM flows.escos WHERE id = $1
        ON CONFLICT (esco) DO NOTHING
"""
# Locks the row until the transaction ends, and a rollback gives the numbers back: so there are no gaps.
TAKE_NUMBERS = """
    UPDATE public.invoice_series SET last_number = last_number + $2 WHERE esco = $1
    RETURNING prefix, last_number - $2 + 1 AS first
"""

INVOICES = """
    esco, run, issue_date, due_date, tax_point, vat_number, id, number, account, customer, period_start, period_end,
    net_pence, vat_pence, total_pence, previous_balance_pence, payments_pence, amount_due_pence, benchmark_pence
"""
LINES = """
    invoice, position, kind, description, quantity, unit, rate, amount_pence, includes_vat, vat_rate, period_start,
    period_end, customer_tariff, microgrid_tariff, register, first_interval, last_interval, intervals, estimated,
    element, band, block_from_kwh, component, vat_reason, sharing_terms, basis
"""

# A final bill's closing read may be the customer's own.
INSERT_READS = """
    INSERT INTO public.invoice_reads (invoice, register, serial, element, opened_at, opening_read, opening_source,
                                      closed_at, closing_read, closing_source)
    SELECT billed.invoice, billed.register, meter.serial, register.element, billed.opened_at, opening.read,
           opening.source, billed.closed_at, coalesce(said.read, closing.read), coalesce(said.source, closing.source)
      FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[])
        AS billed (invoice, register, opened_at, closed_at)
      JOIN flows.meter_registers AS register ON register.register_id = billed.register
      JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
      JOIN public.invoices AS invoice ON invoice.id = billed.invoice
      LEFT JOIN public.account_closings AS end_of ON end_of.account = invoice.account
       AND end_of.last_day + 1 = invoice.period_end
      LEFT JOIN public.closing_reads AS said ON said.account = end_of.account AND said.register = billed.register
      LEFT JOIN LATERAL flows.register_read_at(billed.register, billed.opened_at) AS opening ON true
      LEFT JOIN LATERAL flows.register_read_at(billed.register, billed.closed_at) AS closing ON true
"""


async def take_numbers(db: Connection, esco: UUID, count: int) -> list[str]:
    """The next numbers of the community's series, which this transaction then holds."""
    await db.execute(MAKE_SERIES, esco)
    row = await db.fetchrow(TAKE_NUMBERS, esco, count)
    assert row is not None
    return [invoice_number(row["prefix"], row["first"] + offset) for offset in range(count)]


async def insert_invoices(db: Connection, esco: Esco, run: UUID | None, invoices: Sequence[Invoice]) -> None:
    """Store invoices of one day, without their lines."""
    await insert_rows(db, "public.invoices", INVOICES, [invoice_row(esco, run, invoice) for invoice in invoices])


def invoice_row(esco: Esco, run: UUID | None, invoice: Invoice) -> tuple[object, ...]:
    """The values of `INVOICES`."""
    return (
        esco.id,
        run,
        invoice.issue_date,
        invoice.due_date,
        invoice.issue_date if esco.seller.registered else None,
        esco.vat_number,
        invoice.id,
        invoice.number,
        invoice.bill.plan.account.id,
        invoice.bill.plan.payer,
        invoice.bill.plan.days.start,
        invoice.bill.plan.days.end,
        invoice.bill.net_pence,
        invoice.bill.vat_pence,
        invoice.bill.total_pence,
        invoice.before.previous_pence,
        invoice.before.payments_pence,
        invoice.amount_due_pence,
        invoice.bill.benchmark_pence,
    )


async def insert_lines(db: Connection, invoices: Sequence[Invoice]) -> None:
    rows = (
        line_row(invoice.id, position, line)
        for invoice in invoices
        for position, line in enumerate(invoice.bill.lines, start=1)
    )
    await insert_rows(db, "public.invoice_lines", LINES, rows)


async def insert_reads(db: Connection, invoices: Sequence[Invoice]) -> None:
    """What each register had counted at both ends of the days that it measured for an invoice."""
    spans: dict[tuple[UUID, UUID], Period] = {}
    for invoice in invoices:
        for segment in invoice.bill.plan.segments:
            key, span = (invoice.id, segment.register.id), segment.span
            before = spans.get(key, span)
            spans[key] = Period(min(before.start, span.start), max(before.end, span.end))
    rows = [(*key, span.start, span.end) for key, span in spans.items()]
    await db.execute(INSERT_READS, *(list(column) for column in zip(*rows, strict=True)))


def line_row(invoice: UUID, position: int, line: Line) -> tuple[object, ...]:
    """The values of `LINES`."""
    usage = line.usage
    kind = KINDS[line.kind]
    tariff = line.part.tariff if kind.has_tariff else None
    return (
        invoice,
        position,
        line.kind,
        line.description,
        line.quantity,
        line.unit,
        line.rate,
        line.amount_pence,
        line.includes_vat,
        line.vat_rate,
        line.part.days.start,
        line.part.days.end,
        tariff.id if tariff and tariff.owner == "customer" else None,
        tariff.id if tariff and tariff.owner == "microgrid" else None,
        line.register,
        usage.first if usage else None,
        usage.last if usage else None,
        usage.intervals if usage and kind.is_energy else None,
        usage.estimated if usage else 0,
        line.element,
        usage.band if usage else None,
        line.block_from_kwh,
        line.component,
        line.vat.reason,
        line.sharing_terms,
        line.basis,
    )
