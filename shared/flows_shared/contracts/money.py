"""Money that people record: the gateway documents it, billing stores it."""

from typing import Annotated, Final, Generic, TypeAlias, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from flows_shared.contracts.route import Answer, ItemRoute, Request, Route
from flows_shared.dates import Day
from flows_shared.idempotency import IdempotencyKeyText
from flows_shared.numbers import PLAIN
from flows_shared.vocabulary.money import RefundMethod

MOST_PENCE: Final = 10_000_000

Amount = Annotated[int, PLAIN, Field(ge=1, le=MOST_PENCE, examples=[2500])]
# Of these a community takes and gives as much at once as its setting says.
LimitedAmount = Annotated[
    int, PLAIN, Field(ge=1, le=MOST_PENCE, examples=[2500], description="at most the community's payment_limit_pence")
]
Text = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
Method: TypeAlias = RefundMethod  # of what comes in without the payment provider too
OnDay = Annotated[Day | None, Field(description="today in the community when null")]


class MoneyArguments(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Money = TypeVar("Money", bound=MoneyArguments)


class PaymentArguments(MoneyArguments):
    """Money that came in without the payment provider."""

    amount_pence: LimitedAmount
    method: Method
    received_on: OnDay = None
    description: Text | None = Field(None, description="stands on the customer's statement")


class ReversalArguments(MoneyArguments):
    """A payment that had succeeded has failed after all, as by a chargeback."""

    reason: Text


class RefundArguments(MoneyArguments):
    """Money paid back: of one payment, or of the account's credit where none is named."""

    amount_pence: Amount
    method: Method
    reason: Text
    payment: UUID | None = None
    paid_on: OnDay = None


class WriteOffArguments(MoneyArguments):
    """A debt that is given up."""

    amount_pence: Amount
    reason: Text
    approved_by: Text = Field(description="who decided it")
    written_off_on: OnDay = None


class GiftArguments(MoneyArguments):
    """Money from the community, on the account."""

    amount_pence: LimitedAmount
    reason: Text


class MoneyRequest(Request, Generic[Money]):
    """Of an account; the same key records the same money."""

    account: UUID
    idempotency_key: IdempotencyKeyText
    asked: Money


class Recorded(Answer):
    """What was recorded, and what the account owes now: less than nothing where it is in credit."""

    id: UUID
    account: UUID
    balance_pence: int


RECORD_PAYMENT = Route("POST", "/internal/billing/payments", MoneyRequest[PaymentArguments], Recorded, status=201)
RECORD_REFUND = Route("POST", "/internal/billing/refunds", MoneyRequest[RefundArguments], Recorded, status=201)
RECORD_WRITE_OFF = Route("POST", "/internal/billing/write-offs", MoneyRequest[WriteOffArguments], Recorded, status=201)
RECORD_GIFT = Route("POST", "/internal/billing/gifts", MoneyRequest[GiftArguments], Recorded, status=201)
REVERSE_PAYMENT = ItemRoute(
    UUID,
    Route("POST", "/internal/billing/payments/{payment}/reversal", ReversalArguments, Recorded, status=201),
)
