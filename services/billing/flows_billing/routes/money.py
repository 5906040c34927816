"""Money that the gateway's users record, and the check of the ledger."""

from uuid import UUID

from fastapi import APIRouter

from flows_billing.ledger.check import check_ledger
from flows_billing.payments import record
from flows_shared.acting import acting
from flows_shared.auth import CallingService
from flows_shared.contracts.ledger import CHECK_LEDGER, CheckRequest, LedgerCheck
from flows_shared.contracts.money import (
    RECORD_GIFT,
    RECORD_PAYMENT,
    RECORD_REFUND,
    RECORD_WRITE_OFF,
    REVERSE_PAYMENT,
    GiftArguments,
    MoneyRequest,
    PaymentArguments,
    Recorded,
    RefundArguments,
    ReversalArguments,
    WriteOffArguments,
)
from flows_shared.service import Db, serve

router = APIRouter()


@serve(router, RECORD_PAYMENT)
async def record_payment(body: MoneyRequest[PaymentArguments], claims: CallingService, db: Db) -> Recorded:
    async with acting(db, claims.all) as transaction:
        return await record.record_payment(transaction, body.account, body.idempotency_key, body.asked)


@serve(router, REVERSE_PAYMENT.each)
async def reverse_payment(payment: UUID, asked: ReversalArguments, claims: CallingService, db: Db) -> Recorded:
    async with acting(db, claims.all) as transaction:
        return await record.record_reversal(transaction, payment, asked)


@serve(router, RECORD_REFUND)
async def record_refund(body: MoneyRequest[RefundArguments], claims: CallingService, db: Db) -> Recorded:
    async with acting(db, claims.all) as transaction:
        return await record.record_refund(transaction, body.account, body.idempotency_key, body.asked)


@serve(router, RECORD_WRITE_OFF)
async def record_write_off(body: MoneyRequest[WriteOffArguments], claims: CallingService, db: Db) -> Recorded:
    async with acting(db, claims.all) as transaction:
        return await record.record_write_off(transaction, body.account, body.idempotency_key, body.asked)


@serve(router, RECORD_GIFT)
async def record_gift(body: MoneyRequest[GiftArguments], claims: CallingService, db: Db) -> Recorded:
    async with acting(db, claims.all) as transaction:
        return await record.record_gift(transaction, body.account, body.idempotency_key, body.asked)


@serve(router, CHECK_LEDGER)
async def ledger_check(body: CheckRequest, _claims: CallingService, db: Db) -> LedgerCheck:
    """What in the ledger disagrees with itself or with what it stands for."""
    async with db.connection() as connection:
        return await check_ledger(connection, body.escos)
