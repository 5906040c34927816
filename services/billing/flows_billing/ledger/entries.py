"""Entries of the ledger: postings that sum to zero, debit positive, credit negative."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal, TypeAlias
from uuid import UUID

from flows_billing.invoices.invoice import Invoice
from flows_shared.bulk import new_ids

EntryKind: TypeAlias = Literal[
    "invoice", "credit_note", "payment", "refund", "topup", "solar_credit", "gift", "write_off"
]


class LedgerCode(StrEnum):
    """A community's ledger accounts, which `flows.ledger_codes` describes. Each customer account has a receivable."""

    RECEIVABLE = "receivable"
    SALES = "sales"
    VAT = "vat"
    INPUT_VAT = "input_vat"
    BANK = "bank"
    METER_CREDIT = "meter_credit"
    SOLAR_CREDITS = "solar_credits"
    GIFTS = "gifts"
    ADJUSTMENTS = "adjustments"
    BAD_DEBTS = "bad_debts"


@dataclass(frozen=True, slots=True)
class Posting:
    """`account` is the customer account of a receivable."""

    code: LedgerCode
    account: UUID | None
    amount_pence: int


@dataclass(frozen=True, slots=True)
class Entry:
    id: UUID
    kind: EntryKind
    reference: str
    description: str
    entry_date: date
    invoice: UUID | None
    postings: tuple[Posting, ...]


def invoice_entries(invoices: Sequence[Invoice]) -> list[Entry]:
    """What the customer owes, against sales and the VAT to hand on, beside the VAT to reclaim on what they export.

       Solar credits are an expense, not fewer sales.
    An invoice of nothing posts nothing.
    """
    entries = map(_invoice_entry, new_ids(len(invoices)), invoices)
    return [entry for entry in entries if entry.postings]


def _invoice_entry(id: UUID, invoice: Invoice) -> Entry:
    bill = invoice.bill
    credited = bill.solar_credit_pence
    postings = (
        Posting(LedgerCode.RECEIVABLE, bill.plan.account.id, bill.total_pence),
        Posting(LedgerCode.SALES, None, -(bill.net_pence + credited)),
        Posting(LedgerCode.SOLAR_CREDITS, None, credited),
        Posting(LedgerCode.VAT, None, -bill.output_vat_pence),
        Posting(LedgerCode.INPUT_VAT, None, bill.input_vat_pence),
    )
    return Entry(
        id=id,
        kind="invoice",
        reference=invoice.number,
        description=f"Energy bill {bill.plan.days.start:%B %Y}",
        entry_date=invoice.issue_date,
        invoice=invoice.id,
        postings=tuple(posting for posting in postings if posting.amount_pence),
    )
