"""A bill with a number and dates."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from flows_billing.rating.bill import Bill


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account owed after its last invoice, and what was paid or credited since, in pence."""

    previous_pence: int
    payments_pence: int


NOTHING_BEFORE: Final = Balance(0, 0)


@dataclass(frozen=True, slots=True)
class Invoice:
    """`due_date` is the last day to pay."""

    id: UUID
    number: str
    bill: Bill
    issue_date: date
    due_date: date
    before: Balance = NOTHING_BEFORE

    @property
    def amount_due_pence(self) -> int:
        return self.before.previous_pence - self.before.payments_pence + self.bill.total_pence


def invoice_number(prefix: str, number: int) -> str:
    """As in `WLCE-000042`."""
    return f"{prefix}-{number:06}"
