"""Invoices computed again by the run's own rules, from the readings, prices and terms that hold for their month."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from flows_billing.bills.judge import prepare
from flows_billing.bills.preview import from_half_hours
from flows_billing.communities.esco import Esco
from flows_billing.corrections.difference import BilledInvoice, charges_of
from flows_billing.corrections.store import billed_lines, read_days
from flows_billing.days import Days
from flows_billing.invoices.entries import invoice_entries
from flows_billing.invoices.invoice import Balance, Invoice
from flows_billing.invoices.store import INVOICES, LINES, invoice_row, line_row
from flows_billing.outcomes import NotBilled
from flows_billing.proof.compare import Row, compare_invoice
from flows_billing.proof.finding import Difference
from flows_billing.rating.back_bill import guarded
from flows_billing.rating.bill import Bill, RatingResult
from flows_billing.rating.guard import UNGUARDED, Guard, oldest_day
from flows_billing.settings import RunSettings
from flows_billing.stores.accounts import supply_account_ids
from flows_billing.stores.communities import find_escos
from flows_shared.db import Connection
from flows_shared.time import Month

# After `chosen`. An invoice in the place of another is guarded by what that one charged.
STANDING: Final = """
    SELECT invoice.*, date_trunc('month', invoice.period_start)::date AS month, correction.invoice AS replaces,
           correction.changed_days
      FROM chosen
      JOIN public.invoices AS invoice ON invoice.id = chosen.id AND invoice.status <> 'void'
      LEFT JOIN public.credit_notes AS correction ON correction.replacement = invoice.id
     ORDER BY invoice.esco, invoice.period_start, invoice.number
"""
STORED_LINES: Final = f"SELECT {LINES} FROM public.invoice_lines WHERE invoice = ANY($1) ORDER BY invoice, position"
REPLACED: Final = """
    SELECT id, number, account, customer, run, period_start, period_end, net_pence, vat_pence, total_pence
      FROM public.invoices WHERE id = ANY($1)
"""
POSTED: Final = """
    SELECT entry.invoice, ledger.code, ledger.account, sum(posting.amount_pence)::bigint AS pence
      FROM public.ledger_entries AS entry
      JOIN public.ledger_postings AS posting ON posting.entry = entry.id
      JOIN public.ledger_accounts AS ledger ON ledger.id = posting.ledger_account
     WHERE entry.invoice = ANY($1) AND entry.kind = 'invoice'
     GROUP BY entry.invoice, ledger.code, ledger.account
"""


@dataclass(frozen=True, slots=True)
class Issue:
    """Invoices of a month that are guarded alike: issued on a day, by what was known then; no day: none is too old."""

    month: Month
    day: date | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Stored:
    """Invoices of some accounts, as the database has them."""

    lines: Mapping[UUID, Sequence[Row]]
    replaced: Mapping[UUID, BilledInvoice]
    posted: Mapping[UUID, Mapping[tuple[str, UUID | None], int]]


async def billed_otherwise(
    db: Connection, chosen: str, asked: tuple[UUID | None, date | None, str | None], settings: RunSettings
) -> list[Difference]:
    """What the invoices that stand say, and their sources do not. Stores no more than calendars of bands."""
    escos: dict[UUID, Esco] = {}
    issues: dict[tuple[UUID, Issue], list[asyncpg.Record]] = {}
    for row in await db.fetch(chosen + STANDING, *asked):
        if row["esco"] not in escos:
            [escos[row["esco"]]] = await find_escos(db, [row["esco"]])
        issues.setdefault((row["esco"], _issue_of(escos[row["esco"]], row)), []).append(row)
    found: list[Difference] = []
    for (esco, issue), rows in issues.items():
        found += await _check_issue(db, escos[esco], issue, rows, from_half_hours(settings))
    return found


def _issue_of(esco: Esco, row: asyncpg.Record) -> Issue:
    month = Month.of(row["month"])
    since = oldest_day(row["issue_date"], esco.back_bill_months)
    if since is None or since <= row["period_start"]:
        return Issue(month)
    return Issue(month, row["issue_date"], row["created_at"])


async def _check_issue(
    db: Connection, esco: Esco, issue: Issue, rows: Sequence[asyncpg.Record], settings: RunSettings
) -> list[Difference]:
    of_account: dict[UUID, list[asyncpg.Record]] = {}
    for row in rows:
        of_account.setdefault(row["account"], []).append(row)
    accounts = await supply_account_ids(db, esco.id, issue.month, only=list(of_account), billed_too=True)
    billed_at = issue.known_at or rows[0]["created_at"]
    prepared = await prepare(db, esco, issue.month, accounts, settings, issue.day, billed_at=billed_at)
    found = [
        Difference(row["number"], "bill", "none: the account has no day in the month", row["number"], "bill")
        for account in of_account.keys() - prepared.planned.keys()
        for row in of_account[account]
    ]
    # Whole bills: what is left out depends on what each was before, and what was held was released.
    for results in replace(prepared, guard=UNGUARDED, holds={}).results(settings.billing_batch_accounts):
        batch = [row for account in results for row in of_account[account]]
        stored = await _stored(db, batch)
        for row in batch:
            found += _check(esco, row, stored, results[row["account"]], prepared.guard)
    return found


def _check(esco: Esco, row: asyncpg.Record, stored: _Stored, result: RatingResult, guard: Guard) -> list[Difference]:
    number = row["number"]
    if isinstance(result, NotBilled):
        return [Difference(number, "bill", f"none: {result.details}", number, "bill")]
    bill = next((bill for bill in result if bill.plan.payer == row["customer"]), None)
    if bill is None:
        payers = ", ".join(str(each.plan.payer) for each in result)
        return [Difference(number, "customer of the invoice", payers, str(row["customer"]), "customer")]
    before = charges_of(stored.replaced.get(row["id"]))
    known_then = replace(guard, changed=read_days(row["changed_days"]))
    invoice = _invoice(row, guarded(bill, before, known_then))
    expected = _named(INVOICES, invoice_row(esco, row["run"], invoice))
    lines = [_named(LINES, line_row(invoice.id, at, line)) for at, line in enumerate(invoice.bill.lines, start=1)]
    differences = compare_invoice(dict(row), stored.lines.get(row["id"], ()), expected, lines)
    return differences or list(_posted_otherwise(invoice, stored.posted.get(row["id"], {})))


def _invoice(row: asyncpg.Record, bill: Bill) -> Invoice:
    before = Balance(row["previous_balance_pence"], row["payments_pence"])
    return Invoice(row["id"], row["number"], bill, row["issue_date"], row["due_date"], before)


def _posted_otherwise(invoice: Invoice, posted: Mapping[tuple[str, UUID | None], int]) -> Iterator[Difference]:
    expected: dict[tuple[str, UUID | None], int] = {}
    for entry in invoice_entries([invoice]):
        for posting in entry.postings:
            key = str(posting.code), posting.account
            expected[key] = expected.get(key, 0) + posting.amount_pence
    for key in sorted(expected.keys() | posted.keys(), key=str):
        if (due := expected.get(key, 0)) != (found := posted.get(key, 0)):
            yield Difference(invoice.number, f"posted to {key[0]}", f"{due}p", f"{found}p")


async def _stored(db: Connection, rows: Sequence[asyncpg.Record]) -> _Stored:
    ids = [row["id"] for row in rows]
    lines: dict[UUID, list[Row]] = {}
    for line in await db.fetch(STORED_LINES, ids):
        lines.setdefault(line["invoice"], []).append(dict(line))
    posted: dict[UUID, dict[tuple[str, UUID | None], int]] = {}
    for invoice, code, account, pence in await db.fetch(POSTED, ids):
        posted.setdefault(invoice, {})[code, account] = pence
    return _Stored(lines, await _replaced(db, {row["id"]: row["replaces"] for row in rows if row["replaces"]}), posted)


async def _replaced(db: Connection, replaces: Mapping[UUID, UUID]) -> dict[UUID, BilledInvoice]:
    """By the invoice in its place."""
    if not replaces:
        return {}
    lines = await billed_lines(db, list(replaces.values()))
    originals: dict[UUID, BilledInvoice] = {}
    for row in await db.fetch(REPLACED, list(replaces.values())):
        columns = dict(row)
        days = Days(columns.pop("period_start"), columns.pop("period_end"))
        originals[row["id"]] = BilledInvoice(**columns, days=days, lines=tuple(lines.get(row["id"], ())))
    return {invoice: originals[replaced] for invoice, replaced in replaces.items()}


def _named(columns: str, values: tuple[object, ...]) -> dict[str, object]:
    return dict(zip((name.strip() for name in columns.split(",")), values, strict=True))
