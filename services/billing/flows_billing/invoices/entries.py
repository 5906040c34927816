"""What an invoice posts to the ledger."""

from collections.abc import Sequence
from uuid import UUID

from flows_billing.invoices.invoice import Invoice
from flows_billing.ledger.entries import Entry, LedgerCode, Posting
from flows_shared.bulk import new_ids
from flows_shared.vocabulary.money import EntryKind


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
        kind=EntryKind.INVOICE,
        reference=invoice.number,
        description=f"Energy bill {bill.plan.days.start:%B %Y}",
        entry_date=invoice.issue_date,
        invoice=invoice.id,
        postings=tuple(posting for posting in postings if posting.amount_pence),
    )
