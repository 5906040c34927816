"""What a customer is told about an invoice or a credit note, as plain values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

PaymentMethod = Literal["direct_debit", "bank_transfer", "card", "prepay"]


@dataclass(frozen=True)
class InvoiceNotice:
    """`last_day` is the period's last one; `link` is where the customer reads it online, if anywhere."""

    number: str
    community: str
    community_address: str | None
    customer: str
    account_number: int
    home: str
    first_day: date
    last_day: date
    due_date: date
    total_pence: int
    vat_pence: int
    kwh: Decimal
    payment_method: PaymentMethod
    link: str | None

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    @property
    def kwh_a_day(self) -> Decimal:
        return self.kwh / self.days


@dataclass(frozen=True)
class CreditNotice:
    """`invoice` is the one taken back; what is of the one in its place is there if there is one."""

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
    due_date: date | None
    link: str | None
