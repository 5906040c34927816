"""A bill with a number and dates."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flows_billing.rating.bill import Bill


@dataclass(frozen=True, slots=True)
class Invoice:
    """`due_date` is the last day to pay."""

    id: UUID
    number: str
    bill: Bill
    issue_date: date
    due_date: date


def invoice_number(prefix: str, number: int) -> str:
    """As in `WLCE-000042`."""
    return f"{prefix}-{number:06}"
