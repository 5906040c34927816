"""Money that people record, and the check of the books."""

from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Depends, Header

from flows_api.auth.acting import acting_as
from flows_api.auth.principal import Principal
from flows_api.routes.access import Operator
from flows_api.routes.accounts import AccountNumber, fetch_account
from flows_api.routes.billing.escos import Billing, Escos, billable_escos
from flows_api.routes.models import problems
from flows_api.routes.services import ServiceClient
from flows_shared.contracts import ledger
from flows_shared.contracts.ledger import CHECK_LEDGER, LedgerCheck
from flows_shared.contracts.money import (
    RECORD_GIFT,
    RECORD_PAYMENT,
    RECORD_REFUND,
    RECORD_WRITE_OFF,
    REVERSE_PAYMENT,
    GiftArguments,
    Money,
    MoneyRequest,
    PaymentArguments,
    Recorded,
    RefundArguments,
    ReversalArguments,
    WriteOffArguments,
)
from flows_shared.contracts.route import Route
from flows_shared.db import Database
from flows_shared.errors import NotFoundError
from flows_shared.service import Db

PAYMENT = "SELECT id FROM public.payments WHERE id = $1"

router = APIRouter()

IdempotencyKey = Annotated[
    str, Header(min_length=1, max_length=255, description="the same key records the same money, however often")
]
RECORDED: dict[str, Any] = {"status_code": 201, "responses": problems(404, 409, 503)}


class PaymentUnknown(NotFoundError):
    code = "payment.unknown"

    def __init__(self, payment: UUID) -> None:
        super().__init__(f"there is no payment {payment}, or it is not of your communities")


class CheckRequest(ledger.CheckRequest):
    escos: Escos = None


@dataclass(frozen=True)
class Recording:
    """Who records money, and of which account."""

    account_number: int
    principal: Principal
    key: str
    db: Database
    billing: ServiceClient

    async def record(self, route: Route[MoneyRequest[Money], Recorded], asked: Money) -> Recorded:
        async with acting_as(self.db, self.principal) as transaction:
            account = await fetch_account(transaction, self.account_number)
        body = route.request(account=account["id"], idempotency_key=self.key, asked=asked)
        return await self.billing.call(route, body, self.principal)


async def get_recording(
    account_number: AccountNumber, principal: Operator, idempotency_key: IdempotencyKey, db: Db, billing: Billing
) -> Recording:
    return Recording(account_number, principal, idempotency_key, db, billing)


OnAccount: TypeAlias = Annotated[Recording, Depends(get_recording)]


@router.post("/accounts/{account_number}/payments", summary="Record a payment by hand", **RECORDED)
async def record_payment(recording: OnAccount, asked: PaymentArguments) -> Recorded:
    """Cash, a cheque or a bank transfer; what the payment provider takes comes by itself."""
    return await recording.record(RECORD_PAYMENT, asked)


@router.post("/accounts/{account_number}/refunds", summary="Record money that was paid back", **RECORDED)
async def record_refund(recording: OnAccount, asked: RefundArguments) -> Recorded:
    """At most the account's credit, or what is left of the payment that is named."""
    return await recording.record(RECORD_REFUND, asked)


@router.post("/accounts/{account_number}/write-offs", summary="Give up a debt", **RECORDED)
async def record_write_off(recording: OnAccount, asked: WriteOffArguments) -> Recorded:
    """At most what is owed; it names its reason and who approved it."""
    return await recording.record(RECORD_WRITE_OFF, asked)


@router.post("/accounts/{account_number}/gifts", summary="Give a customer money on their account", **RECORDED)
async def record_gift(recording: OnAccount, asked: GiftArguments) -> Recorded:
    return await recording.record(RECORD_GIFT, asked)


@router.post("/payments/{payment}/reversal", summary="Take back a payment that had succeeded", **RECORDED)
async def reverse_payment(
    payment: UUID, asked: ReversalArguments, principal: Operator, db: Db, billing: Billing
) -> Recorded:
    """As after a chargeback. Asked again, it changes nothing."""
    async with acting_as(db, principal) as transaction:
        if await transaction.fetchval(PAYMENT, payment) is None:
            raise PaymentUnknown(payment)
    return await billing.call(REVERSE_PAYMENT.of(payment), asked, principal)


@router.post("/ledger-checks", summary="Check the ledger", responses=problems(404, 503))
async def check_ledger(asked: CheckRequest, principal: Operator, db: Db, billing: Billing) -> LedgerCheck:
    """Against itself, and against the invoices and money that it stands for."""
    escos = await billable_escos(db, principal, asked.escos)
    return await billing.call(CHECK_LEDGER, ledger.CheckRequest(escos=escos), principal)
