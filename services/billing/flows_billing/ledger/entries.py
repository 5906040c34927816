"""Entries of the ledger: postings that sum to zero, debit positive, credit negative."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from flows_shared.vocabulary.money import EntryKind


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
