"""What a customer is told about an invoice or a credit note, as plain values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flows_shared.vocabulary.people import PaymentMethod


@dataclass(frozen=True)
class InvoiceNotice:
    """`last_day` is the period's last one; `link` is where the customer reads it online, if anywhere.

    `amount_due_pence` is what the invoice asks for: its total, and what stood on the account before. `is_collected`: by
    Direct Debit, for which a mandate is active.
    """

    number: str
    community: str
    community_address: str | None
    customer: str
    account_number: int
    home: str
    first_day: date
    last_day: date
    due_date: date
    amount_due_pence: int
    total_pence: int
    vat_pence: int
    kwh: Decimal
    payment_method: PaymentMethod
    payment_reference: str
    is_collected: bool
    bank_account_name: str | None
    bank_sort_code: str | None
    bank_account_number: str | None
    bank_iban: str | None
    link: str | None

    @property
    def bank_account(self) -> str:
        """Where a transfer goes, in words; empty where it is not known."""
        sort_code = self.bank_sort_code and "-".join(self.bank_sort_code[i : i + 2] for i in (0, 2, 4))
        said = [
            ("account name", self.bank_account_name),
            ("sort code", sort_code),
            ("account number", self.bank_account_number),
            ("IBAN", self.bank_iban),
        ]
        return ", ".join(f"{name} {value}" for name, value in said if value)

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    @property
    def kwh_a_day(self) -> Decimal:
        return self.kwh / self.days


@dataclass(frozen=True)
class CreditNotice:
    """`invoice` is the one taken back; what is of the one in its place is there if there is one.

    `asked_for_by` is a later bill that asks for the account's balance instead.
    """

    number: str
    community: str
    community_address: str | None
    customer: str
    account_number: int
    home: str
    invoice: str
    first_day: date
    last_day: date
    reason: str
    total_pence: int
    vat_pence: int
    replacement: str | None
    replacement_pence: int | None
    amount_due_pence: int | None
    asked_for_by: str | None
    due_date: date | None
    link: str | None
