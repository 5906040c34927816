"""What may be paid back, written off, and on which day."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flows_billing.errors import DayInFuture, PaymentTooLarge, RefundTooLarge, WriteOffTooLarge
from flows_shared.money import format_pounds


@dataclass(frozen=True, slots=True)
class AccountPosition:
    """An account while money of it is recorded; what it owes is negative where it is in credit.

    `limit_pence` is the most that its community takes or gives at once.
    """

    account: UUID
    balance_pence: int
    today: date
    payer: UUID | None
    limit_pence: int


@dataclass(frozen=True, slots=True)
class Refundable:
    """A payment of the account that succeeded, and what of it was paid back before."""

    amount_pence: int
    refunded_pence: int


def booked_on(asked: date | None, standing: AccountPosition) -> date:
    """The day that was asked for, or today."""
    if asked and asked > standing.today:
        raise DayInFuture(asked, standing.today)
    return asked or standing.today


def check_limit(amount_pence: int, standing: AccountPosition) -> None:
    """The community's setting."""
    if amount_pence > standing.limit_pence:
        raise PaymentTooLarge(
            f"{format_pounds(amount_pence)} is more than {format_pounds(standing.limit_pence)}, the most that the "
            "community takes or gives at once (payment_limit_pence)"
        )


def check_refund(amount_pence: int, standing: AccountPosition, payment: Refundable | None) -> None:
    """A payment may be paid back whatever is owed, but once; otherwise there is no more to give than the credit."""
    left = payment.amount_pence - payment.refunded_pence if payment else max(0, -standing.balance_pence)
    if amount_pence > left:
        raise RefundTooLarge(f"{format_pounds(left)} can be paid back, not {format_pounds(amount_pence)}")


def check_write_off(amount_pence: int, standing: AccountPosition) -> None:
    """No more than is owed."""
    if amount_pence > standing.balance_pence:
        owed = format_pounds(max(0, standing.balance_pence))
        raise WriteOffTooLarge(f"the account owes {owed}, not {format_pounds(amount_pence)}")
