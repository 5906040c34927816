"""Bill a month again that was billed: show what differs, and on demand put it right.

Nothing is stored until it is asked for. Then each account is a transaction of its own: its credit notes, new invoices,
ledger entries and the jobs that print them are there together or not at all. Done again, it finds no difference; two at
once take turns at each account; after a crash the next one goes on.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from flows_billing.bills.judge import Docket, prepare
from flows_billing.bills.preview import from_half_hours
from flows_billing.communities.esco import Esco, require_vat_number
from flows_billing.corrections.difference import BilledInvoice, Correction, correct, say_causes
from flows_billing.corrections.rebilling import Confirmation, RebilledAccount, Rebilling, shown
from flows_billing.corrections.store import (
    CreditNote,
    billed_invoices,
    clock,
    forget_stale,
    hold_standing,
    insert_notes,
    move_outcome,
    post_note,
    take_note_numbers,
    void_invoices,
)
from flows_billing.days import Days
from flows_billing.invoices.invoice import Invoice
from flows_billing.invoices.issue import issue_bills
from flows_billing.outcomes import NotBilled, skipped
from flows_billing.rating.bill import Bill, Verdict
from flows_billing.rating.guard import UNGUARDED, Guard
from flows_billing.settings import RunSettings
from flows_billing.stores.accounts import account_numbers, supply_account_ids
from flows_billing.stores.rating import changed_days
from flows_billing.stores.sharing import store_allocation
from flows_shared.acting import act_for
from flows_shared.apart import is_about_data
from flows_shared.contracts.corrections import Cause
from flows_shared.contracts.jobs import RENDER_CREDIT_NOTES, RENDER_INVOICES, SUM_COSTS
from flows_shared.db import Connection, Database
from flows_shared.errors import say_error
from flows_shared.outbox import enqueue
from flows_shared.time import Month, local_date

# Why an account has no bill for days that it was billed for, and owes nothing for them. Prepay and the like is how an
# account is now, and says nothing of the month.
UNDONE: Final = {"not_there", "others_days", "other_supplier"}
NOT_THERE: Final = skipped("not_there", "the account has no day in the month")


@dataclass(frozen=True, slots=True)
class _Month:
    """What holds for all accounts of a month that is billed again."""

    esco: Esco
    month: Month
    now: datetime
    seen_at: datetime
    guard: Guard


async def rebill(
    db: Database,
    esco: Esco,
    month: Month,
    settings: RunSettings,
    now: datetime,
    *,
    only: Sequence[UUID] | None = None,
    causes: Collection[Cause] = (),
    confirmation: Confirmation | None = None,
) -> Rebilling:
    """What the invoices of a month would be now; with a confirmation they are put right.

    `only` are accounts, `causes` those of which a correction must have one; empty, all.
    """
    require_vat_number(esco)
    async with db.connection() as connection:
        seen_at = await clock(connection)
        originals = await billed_invoices(connection, esco.id, month, only)
        billed = list(originals)
        accounts = await supply_account_ids(connection, esco.id, month, only=billed, billed_too=True)
        issued_on = local_date(now, esco.zone)
        docket = await prepare(connection, esco, month, accounts, from_half_hours(settings), issued_on)
        guard = replace(docket.guard, changed=await changed_days(connection, docket.registers, Days.of(month)))
        numbers = await account_numbers(connection, billed)
        for allocation in docket.measured.shared.allocations if confirmation else ():
            await store_allocation(connection, allocation, month)
    asked = _Month(esco, month, now, seen_at, guard)
    found = []
    for account, verdict in _verdicts(docket, billed, settings.billing_batch_accounts):
        arguments = account, numbers[account], originals[account], verdict, causes, confirmation
        try:
            found.append(await _rebill_account(db, asked, *arguments))
        except Exception as error:
            if not is_about_data(error):
                raise
            found.append(RebilledAccount(account, numbers[account], "failed", say_error(error)))
    return Rebilling(esco, month, tuple(sorted(found, key=lambda account: account.account_number)))


def _verdicts(docket: Docket, billed: Sequence[UUID], size: int) -> Iterator[tuple[UUID, Verdict]]:
    """The whole bills: what of them is too old depends on what was billed before."""
    for batch in replace(docket, guard=UNGUARDED, holds={}).verdicts(size):
        yield from batch.items()
    for account in billed:
        if account not in docket.planned:
            yield account, NOT_THERE


async def _rebill_account(
    db: Database,
    asked: _Month,
    account: UUID,
    number: int,
    originals: Sequence[BilledInvoice],
    verdict: Verdict,
    causes: Collection[Cause],
    confirmation: Confirmation | None,
) -> RebilledAccount:
    if isinstance(verdict, NotBilled) and verdict.reason not in UNDONE:
        return RebilledAccount(account, number, "failed", verdict.details)
    corrections = correct(originals, () if isinstance(verdict, NotBilled) else verdict, asked.guard)
    left_out = [each for each in corrections if each.is_left_out]
    wanted = [each for each in corrections if not each.is_left_out]
    if causes and not any(set(each.causes) & set(causes) for each in wanted):
        wanted = []
    if wanted and confirmation:
        return await _correct(db, asked, account, number, originals, wanted, confirmation)
    if wanted:
        return RebilledAccount(account, number, "differs", None, tuple(shown(each) for each in wanted))
    if confirmation and not corrections:
        async with db.transaction() as transaction:
            await forget_stale(transaction, [invoice.id for invoice in originals], asked.seen_at)
    if left_out:
        details = f"what it would charge more was used before {asked.guard.since}"
        return RebilledAccount(account, number, "too_old", details)
    return RebilledAccount(account, number, "unchanged", None)


async def _correct(
    db: Database,
    asked: _Month,
    account: UUID,
    number: int,
    originals: Sequence[BilledInvoice],
    corrections: Sequence[Correction],
    confirmation: Confirmation,
) -> RebilledAccount:
    """Put an account right, if its invoices are still those that were looked at."""
    async with db.transaction() as transaction:
        if confirmation.claims is not None:
            await act_for(transaction, confirmation.claims)
        if await hold_standing(transaction, account, asked.month) != {invoice.id for invoice in originals}:
            return RebilledAccount(account, number, "unchanged", "it was corrected by another request meanwhile")
        notes, invoices = await _issue(transaction, asked, originals, corrections, confirmation)
        await forget_stale(transaction, [invoice.id for invoice in originals], asked.seen_at)
        await _enqueue_printing(transaction, notes, invoices)
        if run := originals[0].run:
            await enqueue(transaction, SUM_COSTS(str(run)), key=str(run))
    by_original = {note.invoice.id: note for note in notes}
    by_payer = {invoice.bill.plan.payer: invoice for invoice in invoices}
    made = []
    for each in corrections:
        note = by_original.get(each.original.id) if each.original else None
        invoice = by_payer.get(each.customer) if each.bill else None
        made.append(shown(each, note.number if note else None, invoice.number if invoice else None))
    return RebilledAccount(account, number, "corrected", None, tuple(made))


async def _issue(
    db: Connection,
    asked: _Month,
    originals: Sequence[BilledInvoice],
    corrections: Sequence[Correction],
    confirmation: Confirmation,
) -> tuple[list[CreditNote], list[Invoice]]:
    """The credit goes before the new charge, so that its balance holds it."""
    issue_date = local_date(asked.now, asked.esco.zone)
    wrong = [(each, each.original) for each in corrections if each.original]
    numbers = await take_note_numbers(db, asked.esco.id, len(wrong))
    await void_invoices(db, [invoice.id for _, invoice in wrong])
    for number, (_, invoice) in zip(numbers, wrong, strict=True):
        await post_note(db, asked.esco.id, number, invoice, issue_date)
    bills = [each.bill for each in corrections if each.bill]
    issued = await issue_bills(db, asked.esco, originals[0].run, bills, asked.now) if bills else []
    by_payer = {invoice.bill.plan.payer: invoice.id for invoice in issued}
    notes = [
        CreditNote(
            id=uuid4(),
            number=number,
            invoice=invoice,
            replacement=by_payer.get(invoice.customer) if each.bill else None,
            causes=each.causes,
            reason=confirmation.reason or say_causes(each.causes),
            issue_date=issue_date,
            requested_by=confirmation.requested_by,
            changed=_judged_by(each.bill, asked.guard),
        )
        for number, (each, invoice) in zip(numbers, wrong, strict=True)
    ]
    await insert_notes(db, asked.esco, notes)
    for note in notes:
        await move_outcome(db, note)
    return notes, issued


def _judged_by(bill: Bill | None, guard: Guard) -> dict[UUID, Collection[date]]:
    """The days that changed, where some of the bill's are too old: so that it can be computed again."""
    if bill is None or not guard.too_old(bill.plan.account.id, bill.plan.days):
        return {}
    registers = {segment.register.id for segment in bill.plan.segments}
    return {register: guard.changed[register] for register in registers & guard.changed.keys()}


async def _enqueue_printing(db: Connection, notes: Sequence[CreditNote], invoices: Sequence[Invoice]) -> None:
    """A credit note is sent with the invoice in its place; one that takes no place is sent like any."""
    replacing = {note.replacement for note in notes}
    alone = [str(invoice.id) for invoice in invoices if invoice.id not in replacing]
    if notes:
        await enqueue(db, RENDER_CREDIT_NOTES([str(note.id) for note in notes]))
    if alone:
        await enqueue(db, RENDER_INVOICES(alone))
