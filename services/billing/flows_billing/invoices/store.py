"""Invoices and their lines in the database: one statement a table, whatever their number."""

from collections.abc import Sequence
from uuid import UUID

from flows_billing.invoices.invoice import Invoice, invoice_number
from flows_billing.rating.bill import Line
from flows_billing.runs.run import Run
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
    INSERT INTO public.invoices (esco, run, issue_date, due_date, id, number, account, customer,
                                 period_start, period_end, net_pence, vat_pence, total_pence)
    SELECT $1, $2, $3, $4, row.*
      FROM unnest($5::uuid[], $6::text[], $7::uuid[], $8::uuid[], $9::date[], $10::date[],
                  $11::int[], $12::int[], $13::int[]) AS row
"""

INSERT_LINES = """
    INSERT INTO public.invoice_lines (invoice, position, kind, description, quantity, unit, rate, amount_pence,
                                      includes_vat, vat_rate, period_start, period_end, customer_tariff,
                                      microgrid_tariff, register, first_interval, last_interval, intervals)
    SELECT *
      FROM unnest($1::uuid[], $2::smallint[], $3::text[], $4::text[], $5::numeric[], $6::text[], $7::numeric[],
                  $8::int[], $9::bool[], $10::numeric[], $11::date[], $12::date[], $13::uuid[], $14::uuid[],
                  $15::uuid[], $16::timestamptz[], $17::timestamptz[], $18::int[])
"""


async def take_numbers(db: Connection, esco: UUID, count: int) -> list[str]:
    """The next numbers of the community's series, which this transaction then holds."""
    await db.execute(MAKE_SERIES, esco)
    row = await db.fetchrow(TAKE_NUMBERS, esco, count)
    assert row is not None
    return [invoice_number(row["prefix"], row["first"] + offset) for offset in range(count)]


async def insert_invoices(db: Connection, run: Run, invoices: Sequence[Invoice]) -> None:
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
        )
        for invoice in invoices
    ]
    dates = invoices[0].issue_date, invoices[0].due_date
    await db.execute(INSERT_INVOICES, run.esco.id, run.id, *dates, *zip(*rows, strict=True))


async def insert_lines(db: Connection, invoices: Sequence[Invoice]) -> None:
    rows = [
        _line_row(invoice.id, position, line)
        for invoice in invoices
        for position, line in enumerate(invoice.bill.lines, start=1)
    ]
    await db.execute(INSERT_LINES, *zip(*rows, strict=True))


def _line_row(invoice: UUID, position: int, line: Line) -> tuple[object, ...]:
    tariff, usage = line.period.tariff, line.usage
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
        line.period.days.start,
        line.period.days.end,
        tariff.id if tariff.owner == "customer" else None,
        tariff.id if tariff.owner == "microgrid" else None,
        line.register,
        usage.first if usage else None,
        usage.last if usage else None,
        usage.intervals if usage else None,
    )
