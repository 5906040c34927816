"""Issued invoices as they can be corrected, and credit notes, in the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from flows_billing.communities.esco import Esco
from flows_billing.corrections.difference import BilledInvoice, BilledLine
from flows_billing.days import Days
from flows_billing.invoices.store import MAKE_SERIES
from flows_shared.contracts.corrections import Cause
from flows_shared.db import Connection
from flows_shared.time import Month

INVOICES = """
    SELECT id, number, account, customer, run, period_start, period_end, net_pence, vat_pence, total_pence
      FROM public.invoices
     WHERE esco = $1 AND period_start >= $2 AND period_start < $3 AND status NOT IN ('draft', 'void')
       AND ($4::uuid[] IS NULL OR account = ANY($4))
     ORDER BY account, period_start
"""
LINES = """
    SELECT invoice, kind, description, period_start, period_end, quantity, unit, rate, includes_vat, vat_rate,
           amount_pence, register, band, block_from_kwh, vat_reason
      FROM public.invoice_lines
     WHERE invoice = ANY($1)
     ORDER BY invoice, position
"""
# Two who correct an account come one after the other; the second finds its invoices void, and leaves them.
HOLD_ACCOUNT = "SELECT FROM public.accounts WHERE id = $1 FOR NO KEY UPDATE"
STANDING = """
    SELECT id FROM public.invoices
     WHERE account = $1 AND period_start >= $2 AND period_start < $3 AND status NOT IN ('draft', 'void')
"""
VOID = "UPDATE public.invoices SET status = 'void' WHERE id = ANY($1)"
TAKE_NUMBERS = """
    UPDATE public.invoice_series SET last_credit_note = last_credit_note + $2 WHERE esco = $1
    RETURNING prefix, last_credit_note - $2 + 1 AS first
"""
INSERT_NOTES = """
    INSERT INTO public.credit_notes (id, number, esco, account, customer, invoice, replacement, causes, reason,
                                     issue_date, tax_point, vat_number, net_pence, vat_pence, total_pence, requested_by,
                                     changed_days)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
"""
# Whatever the invoice posted is taken back, account by account.
REVERSE = """
    WITH posted AS (
        SELECT id FROM public.ledger_entries WHERE invoice = $1 AND kind = 'invoice'
    ), made AS (
        INSERT INTO public.ledger_entries (esco, kind, reference, description, entry_date, invoice)
        SELECT $2, 'credit_note', $3, $4, $5, $1 WHERE EXISTS (SELECT FROM posted)
        RETURNING id
    )
    INSERT INTO public.ledger_postings (entry, ledger_account, amount_pence)
    SELECT made.id, posting.ledger_account, -posting.amount_pence
      FROM made, posted JOIN public.ledger_postings AS posting ON posting.entry = posted.id
"""
# The run that billed the account first knows the invoice that stands.
MOVE_OUTCOME = "UPDATE public.billing_run_accounts SET invoice = $2 WHERE invoice = $1"
UNBILL_OUTCOME = """
    WITH outcome AS (
        UPDATE public.billing_run_accounts
           SET outcome = 'skipped', invoice = NULL, reason = 'credited', details = $2
         WHERE invoice = $1
        RETURNING run
    )
    UPDATE public.billing_runs SET billed = billed - 1, skipped = skipped + 1 WHERE id IN (SELECT run FROM outcome)
"""
FOUND_RIGHT = "DELETE FROM public.stale_invoices WHERE invoice = ANY($1) AND noted_at <= $2"
CLOCK = "SELECT clock_timestamp()"


@dataclass(frozen=True, slots=True)
class CreditNote:
    """`invoice` is taken back whole, for `replacement` if there is one.

    `changed` are days of registers by which it was judged what of the replacement is too old.
    """

    id: UUID
    number: str
    invoice: BilledInvoice
    replacement: UUID | None
    causes: tuple[Cause, ...]
    reason: str
    issue_date: date
    requested_by: str
    changed: Mapping[UUID, Collection[date]] = field(default_factory=dict)


async def billed_invoices(
    db: Connection, esco: UUID, month: Month, only: Sequence[UUID] | None = None
) -> dict[UUID, list[BilledInvoice]]:
    """The invoices that stand for a month, by account."""
    rows = await db.fetch(INVOICES, esco, month.first_day, month.next().first_day, only)
    lines = await billed_lines(db, [row["id"] for row in rows])
    found: dict[UUID, list[BilledInvoice]] = {}
    for row in rows:
        columns = dict(row)
        days = Days(columns.pop("period_start"), columns.pop("period_end"))
        invoice = BilledInvoice(**columns, days=days, lines=tuple(lines.get(row["id"], ())))
        found.setdefault(invoice.account, []).append(invoice)
    return found


async def billed_lines(db: Connection, invoices: Sequence[UUID]) -> dict[UUID, list[BilledLine]]:
    found: dict[UUID, list[BilledLine]] = {}
    for invoice, kind, description, start, end, *values in await db.fetch(LINES, invoices):
        found.setdefault(invoice, []).append(BilledLine(kind, description, Days(start, end), *values))
    return found


async def hold_standing(db: Connection, account: UUID, month: Month) -> set[UUID]:
    """The account's invoices that stand for a month, which nobody else corrects until the transaction ends."""
    days = Days.of(month)
    await db.execute(HOLD_ACCOUNT, account)
    return {row["id"] for row in await db.fetch(STANDING, account, days.start, days.end)}


async def void_invoices(db: Connection, invoices: Sequence[UUID]) -> None:
    await db.execute(VOID, invoices)


async def take_note_numbers(db: Connection, esco: UUID, count: int) -> list[str]:
    """As in `WLCE-C000007`: a series of the community's own, without gaps."""
    await db.execute(MAKE_SERIES, esco)
    row = await db.fetchrow(TAKE_NUMBERS, esco, count)
    assert row is not None
    return [f"{row['prefix']}-C{row['first'] + offset:06}" for offset in range(count)]


async def post_note(db: Connection, esco: UUID, number: str, invoice: BilledInvoice, issue_date: date) -> None:
    await db.execute(REVERSE, invoice.id, esco, number, f"Credit note for invoice {invoice.number}", issue_date)


async def insert_notes(db: Connection, esco: Esco, notes: Sequence[CreditNote]) -> None:
    registered = esco.seller.registered
    await db.executemany(
        INSERT_NOTES,
        [
            (
                note.id,
                note.number,
                esco.id,
                note.invoice.account,
                note.invoice.customer,
                note.invoice.id,
                note.replacement,
                list(note.causes),
                note.reason,
                note.issue_date,
                note.issue_date if registered else None,
                esco.vat_number,
                note.invoice.net_pence,
                note.invoice.vat_pence,
                note.invoice.total_pence,
                note.requested_by,
                write_days(note.changed),
            )
            for note in notes
        ],
    )


def write_days(changed: Mapping[UUID, Collection[date]]) -> dict[str, list[str]] | None:
    """By register, as in `["2025-11-03"]`."""
    return {str(register): [f"{day}" for day in sorted(days)] for register, days in changed.items()} or None


def read_days(written: Mapping[str, Sequence[str]] | None) -> dict[UUID, set[date]]:
    return {UUID(register): {date.fromisoformat(day) for day in days} for register, days in (written or {}).items()}


async def move_outcome(db: Connection, note: CreditNote) -> None:
    """Let the run know the invoice in the place of the one that it made, or that there is none."""
    if note.replacement:
        await db.execute(MOVE_OUTCOME, note.invoice.id, note.replacement)
    else:
        await db.execute(UNBILL_OUTCOME, note.invoice.id, f"taken back by credit note {note.number}")


async def clock(db: Connection) -> datetime:
    """The database's time: what is noted later was not seen."""
    now: datetime = await db.fetchval(CLOCK)
    return now


async def forget_stale(db: Connection, invoices: Sequence[UUID], seen_at: datetime) -> None:
    """These invoices are corrected or right, as far as was known then."""
    await db.execute(FOUND_RIGHT, invoices, seen_at)
