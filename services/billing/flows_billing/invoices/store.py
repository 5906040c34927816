"""Invoices and their lines in the database: one statement a table, whatever their number."""

from collections.abc import Sequence
from uuid import UUID

from flows_billing.invoices.invoice import Invoice, invoice_number
from flows_billing.rating.lines import Line
from flows_billing.runs.run import Esco
from flows_shared.db import Connection

MAKE_SERIES = """
    INSERT INTO public.invoice_series (esco, prefix) SELECT id, upper(code) FROM flows.escos WHERE id = $1
        ON CONFLICT (esco) DO NOTHING
"""
# Locks the row until the transaction ends, and a rollback gives the numbers back: so there are no gaps.
TAKE_NUMBERS = """
    UPDATE public.invoice_series SET last_number = last_number + $2 WHERE esco = $1
    RETURNING prefix, last_number - $2 + 1 AS first
"""

INSERT_INVOICES = """
    INSERT INTO public.invoices (esco, run, issue_date, due_date, tax_point, vat_number, id, number, account, customer,
                                 period_start, period_end, net_pence, vat_pence, total_pence, previous_balance_pence,
                                 payments_pence, amount_due_pence, benchmark_pence)
    SELECT $1, $2, $3, $4, $5, $6, row.*
      FROM unnest($7::uuid[], $8::text[], $9::uuid[], $10::uuid[], $11::date[], $12::date[], $13::int[], $14::int[],
                  $15::int[], $16::int[], $17::int[], $18::int[], $19::int[]) AS row
"""

INSERT_LINES = """
    INSERT INTO public.invoice_lines (invoice, position, kind, description, quantity, unit, rate, amount_pence,
                                      includes_vat, vat_rate, period_start, period_end, customer_tariff,
                                      microgrid_tariff, register, first_interval, last_interval, intervals,
                                      estimated, element, band, block_from_kwh, component, vat_reason)
    SELECT *
      FROM unnest($1::uuid[], $2::smallint[], $3::text[], $4::text[], $5::numeric[], $6::text[], $7::numeric[],
                  $8::int[], $9::bool[], $10::numeric[], $11::date[], $12::date[], $13::uuid[], $14::uuid[],
                  $15::uuid[], $16::timestamptz[], $17::timestamptz[], $18::int[], $19::int[], $20::text[], $21::text[],
                  $22::numeric[], $23::uuid[], $24::text[])
"""


async def take_numbers(db: Connection, esco: UUID, count: int) -> list[str]:
    """The next numbers of the community's series, which this transaction then holds."""
    await db.execute(MAKE_SERIES, esco)
    row = await db.fetchrow(TAKE_NUMBERS, esco, count)
    assert row is not None
    return [invoice_number(row["prefix"], row["first"] + offset) for offset in range(count)]


async def insert_invoices(db: Connection, esco: Esco, run: UUID | None, invoices: Sequence[Invoice]) -> None:
    """Store invoices of one day, without their lines."""
    rows = [
        (
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
        for invoice in invoices
    ]
    issue_date, due_date = invoices[0].issue_date, invoices[0].due_date
    tax_point = issue_date if esco.seller.registered else None
    shared = esco.id, run, issue_date, due_date, tax_point, esco.vat_number
    await db.execute(INSERT_INVOICES, *shared, *zip(*rows, strict=True))


async def insert_lines(db: Connection, invoices: Sequence[Invoice]) -> None:
    rows = [
        _line_row(invoice.id, position, line)
        for invoice in invoices
        for position, line in enumerate(invoice.bill.lines, start=1)
    ]
    await db.execute(INSERT_LINES, *zip(*rows, strict=True))


def _line_row(invoice: UUID, position: int, line: Line) -> tuple[object, ...]:
    tariff, usage = line.part.tariff, line.usage
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
        tariff.id if tariff.owner == "customer" else None,
        tariff.id if tariff.owner == "microgrid" else None,
        line.register,
        usage.first if usage else None,
        usage.last if usage else None,
        usage.intervals if usage and line.kind == "energy" else None,
        usage.estimated if usage else 0,
        line.element,
        usage.band if usage else None,
        line.block_from_kwh,
        line.component,
        line.vat.reason,
    )
