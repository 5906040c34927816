"""What money that people record is asked with: the gateway documents it, billing stores it."""

from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from flows_shared.dates import Day
from flows_shared.numbers import PLAIN

MOST_PENCE: Final = 10_000_000

Amount = Annotated[int, PLAIN, Field(ge=1, le=MOST_PENCE, examples=[2500])]
# Of these a community takes and gives as much at once as its setting says.
LimitedAmount = Annotated[
    int, PLAIN, Field(ge=1, le=MOST_PENCE, examples=[2500], description="at most the community's payment_limit_pence")
]
Text = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
Method = Literal["card", "bank_transfer", "cheque", "cash"]
OnDay = Annotated[Day | None, Field(description="today in the community when null")]


class MoneyArguments(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


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
