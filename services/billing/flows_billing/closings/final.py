"""A move-out: the account ends with a day, is billed to it, and gets its credit back.

Asked again with the same day, it goes on where it stopped: with what is not billed yet, and the refund.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from flows_billing.bills.judge import prepare
from flows_billing.bills.preview import from_half_hours
from flows_billing.closings.store import (
    ClosingAccount,
    RegisterRead,
    close,
    closing_account,
    hand_over,
    known_reads,
    next_number,
    note_refund,
    open_registers,
    refunded_pence,
    store_reads,
    was_billed_before,
)
from flows_billing.communities.esco import Esco, require_vat_number
from flows_billing.corrections.rebill import rebill
from flows_billing.corrections.rebilling import Confirmation
from flows_billing.corrections.store import hold_standing
from flows_billing.errors import AccountNotClosable, LastDayNotOver, UnknownAccount
from flows_billing.holds.rules import closing_hold
from flows_billing.holds.store import keep_holds, unreleased
from flows_billing.invoices.issue import issue_bills
from flows_billing.outcomes import NotBilled, Outcome
from flows_billing.payments.record import record_refund
from flows_billing.payments.store import balance_of
from flows_billing.settings import RunSettings
from flows_shared.acting import act_for
from flows_shared.contracts.jobs import RENDER_INVOICES
from flows_shared.contracts.money import RefundArguments
from flows_shared.db import Connection, Database
from flows_shared.outbox import enqueue
from flows_shared.time import Month, local_date, local_midnight


@dataclass(frozen=True, slots=True)
class Closing:
    """What is asked for. `reads` are the customer's own, by element; the meter's count goes for the others."""

    account_number: int
    last_day: date
    reads: Mapping[str, Decimal]
    requested_by: str
    claims: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class FinalBill:
    """`balance_pence` is what is owed after the refund; `next_account` is billed for the home from the next day on."""

    account: UUID
    account_number: int
    last_day: date
    outcome: Outcome
    details: str | None
    invoices: tuple[str, ...]
    credit_notes: tuple[str, ...]
    reads: tuple[RegisterRead, ...]
    refund_pence: int | None
    balance_pence: int
    next_account: int | None


async def final_bill(db: Database, esco: Esco, asked: Closing, settings: RunSettings, now: datetime) -> FinalBill:
    """End an account, and bill it until then."""
    require_vat_number(esco)
    today = local_date(now, esco.zone)
    if asked.last_day >= today:
        raise LastDayNotOver(asked.last_day, today)
    account, reads, problem = await _close(db, esco, asked)
    corrected: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    billed: tuple[str, ...] = ()
    if problem is None:
        problem = await _hold_correction(db, esco, account, asked, settings, now)
    if problem is None:
        corrected, notes = await _correct_later(db, esco, account, asked, settings, now)
        billed, problem = await _bill_rest(db, esco, account, asked, settings, now)
    async with db.transaction() as transaction:
        await _act(transaction, asked)
        refund = await refunded_pence(transaction, account.id)
        if problem is None and refund is None:
            refund = await _pay_back(transaction, account)
        owed = await balance_of(transaction, account.id)
        following = await next_number(transaction, account.id)
    return FinalBill(
        account=account.id,
        account_number=account.number,
        last_day=asked.last_day,
        outcome=problem.outcome if problem else Outcome.BILLED,
        details=problem.details if problem else None,
        invoices=(*corrected, *billed),
        credit_notes=notes,
        reads=tuple(reads.values()),
        refund_pence=refund,
        balance_pence=owed,
        next_account=following,
    )


async def _close(
    db: Database, esco: Esco, asked: Closing
) -> tuple[ClosingAccount, dict[UUID, RegisterRead], NotBilled | None]:
    """The day, the closing reads and whose the home is then, at once; and why the reads hold the bill."""
    until = local_midnight(asked.last_day + timedelta(days=1), esco.zone)
    async with db.transaction() as transaction:
        await _act(transaction, asked)
        account = await closing_account(transaction, esco.id, asked.account_number)
        if account is None:
            raise UnknownAccount(asked.account_number)
        _require_closable(account, asked.last_day)
        await close(transaction, account.id, asked.last_day, asked.requested_by)
        counted = await known_reads(transaction, account.id, until)
        reads = await _reads(transaction, account, asked, until, counted)
        await store_reads(transaction, account.id, reads)
        await hand_over(transaction, account, asked.last_day + timedelta(days=1))
        problem = await _hold(transaction, esco, account, asked, reads, counted)
    return account, reads, problem


async def _hold(
    db: Connection,
    esco: Esco,
    account: ClosingAccount,
    asked: Closing,
    reads: Mapping[UUID, RegisterRead],
    counted: Sequence[RegisterRead],
) -> NotBilled | None:
    """Why what was read at the end needs a person: its meter and half hours say otherwise."""
    if esco.hold_read_kwh is None:
        return None
    given = [(known, reads[known.register].read) for known in counted]
    holds = [closing_hold(known.element, read, known.read, esco.hold_read_kwh) for known, read in given]
    found = {account.id: [hold for hold in holds if hold]}
    month = Month.of(asked.last_day)
    held = await unreleased(db, month, found)
    await keep_holds(db, month, held)
    return held.get(account.id)


def _require_closable(account: ClosingAccount, last_day: date) -> None:
    if account.type != "supply" or account.status == "pending":
        raise AccountNotClosable(account.number, "it is no open supply account")
    if last_day < account.start_date:
        raise AccountNotClosable(account.number, f"it starts on {account.start_date}")
    if account.closed_on not in (None, last_day):
        raise AccountNotClosable(account.number, f"it was closed on {account.closed_on}")
    if account.closed_on is None and account.end_date is not None and account.end_date < last_day:
        raise AccountNotClosable(account.number, f"it ended on {account.end_date}")


async def _reads(
    db: Connection, account: ClosingAccount, asked: Closing, until: datetime, counted: Sequence[RegisterRead]
) -> dict[UUID, RegisterRead]:
    reads = {read.register: read for read in counted}
    registers = await open_registers(db, account.id, until)
    for element, kwh in asked.reads.items():
        if element not in registers:
            raise AccountNotClosable(account.number, f"its meter has no register {element}")
        register = registers[element]
        reads[register] = RegisterRead(register, element, kwh, "customer")
    return reads


async def _hold_correction(
    db: Database, esco: Esco, account: ClosingAccount, asked: Closing, settings: RunSettings, now: datetime
) -> NotBilled | None:
    """Why the last month's bill, which was issued before the move, cannot be replaced without a person."""
    month = Month.of(asked.last_day)
    async with db.transaction() as transaction:
        await _act(transaction, asked)
        if not await hold_standing(transaction, account.id, month):
            return None
        issued_on = local_date(now, esco.zone)
        docket = await prepare(transaction, esco, month, [account.id], from_half_hours(settings), issued_on)
        held = docket.holds.get(account.id)
        if held:
            await keep_holds(transaction, month, {account.id: held})
    return held


async def _correct_later(
    db: Database, esco: Esco, account: ClosingAccount, asked: Closing, settings: RunSettings, now: datetime
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Months that were billed beyond the last day: their new invoices and credit notes."""
    month, end = Month.of(asked.last_day), Month.of(local_date(now, esco.zone))
    confirmation = Confirmation(asked.requested_by, f"The account ended on {asked.last_day}.", asked.claims)
    invoices: list[str] = []
    notes: list[str] = []
    while month <= end:
        found = await rebill(db, esco, month, settings, now, only=[account.id], confirmation=confirmation)
        for correction in (each for rebilled in found.accounts for each in rebilled.corrections):
            invoices += [correction.replacement] if correction.replacement else []
            notes += [correction.credit_note] if correction.credit_note else []
        month = month.next()
    return tuple(invoices), tuple(notes)


async def _bill_rest(
    db: Database, esco: Esco, account: ClosingAccount, asked: Closing, settings: RunSettings, now: datetime
) -> tuple[tuple[str, ...], NotBilled | None]:
    """The last month, and the one before where that was to be billed and was not; or why they cannot be."""
    last = Month.of(asked.last_day)
    numbers: list[str] = []
    for month in (last.previous(), last):
        if month < last and not await _is_ours(db, account, month):
            continue
        made = await _bill_month(db, esco, month, account, asked, settings, now)
        if isinstance(made, NotBilled):
            return tuple(numbers), made
        numbers += made
    return tuple(numbers), None


async def _is_ours(db: Database, account: ClosingAccount, month: Month) -> bool:
    """Whether the month before the last is to be billed here, and not by another system that the account came from."""
    if account.start_date >= month.first_day:
        return account.start_date < month.next().first_day
    async with db.connection() as connection:
        return await was_billed_before(connection, account.id, month.first_day)


async def _bill_month(
    db: Database,
    esco: Esco,
    month: Month,
    account: ClosingAccount,
    asked: Closing,
    settings: RunSettings,
    now: datetime,
) -> list[str] | NotBilled:
    """The numbers of what was billed now: none, where the month is billed already."""
    async with db.transaction() as transaction:
        await _act(transaction, asked)
        if await hold_standing(transaction, account.id, month):
            return []
        issued_on = local_date(now, esco.zone)
        docket = await prepare(transaction, esco, month, [account.id], from_half_hours(settings), issued_on)
        [verdicts] = docket.verdicts(1)
        verdict = verdicts[account.id]
        if isinstance(verdict, NotBilled):
            await keep_holds(transaction, month, verdicts)
            return verdict
        invoices = await issue_bills(transaction, esco, None, verdict, now)
        await enqueue(transaction, RENDER_INVOICES([str(invoice.id) for invoice in invoices]))
    return [invoice.number for invoice in invoices]


async def _pay_back(db: Connection, account: ClosingAccount) -> int | None:
    """The credit that is left, once a closing."""
    credit = -await balance_of(db, account.id)
    if credit <= 0:
        return None
    asked = RefundArguments(amount_pence=credit, method="bank_transfer", reason="Credit at the end of the account")
    await record_refund(db, account.id, f"closing-{account.id}", asked)
    await note_refund(db, account.id, credit)
    return credit


async def _act(db: Connection, asked: Closing) -> None:
    if asked.claims is not None:
        await act_for(db, asked.claims)
