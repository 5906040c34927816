"""Money that the gateway's users record, and the check of the ledger."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from flows_billing.ledger.check import LedgerCheck, check_ledger
from flows_billing.payments import record
from flows_billing.payments.record import Recorded
from flows_shared.acting import acting
from flows_shared.auth import CallingService
from flows_shared.contracts.money import (
    GiftArguments,
    PaymentArguments,
    RefundArguments,
    ReversalArguments,
    WriteOffArguments,
)
from flows_shared.idempotency import IdempotencyKeyText
from flows_shared.service import Db

router = APIRouter(prefix="/internal/billing")


class MoneyRequest(BaseModel):
    account: UUID
    idempotency_key: IdempotencyKeyText


class PaymentRequest(MoneyRequest):
    asked: PaymentArguments


class RefundRequest(MoneyRequest):
    asked: RefundArguments


class WriteOffRequest(MoneyRequest):
    asked: WriteOffArguments


class GiftRequest(MoneyRequest):
    asked: GiftArguments


class CheckRequest(BaseModel):
    escos: list[UUID] | None = None


@router.post("/payments", status_code=201)
async def record_payment(body: PaymentRequest, claims: CallingService, db: Db) -> Recorded:
    async with acting(db, claims.all) as transaction:
        return await record.record_payment(transaction, body.account, body.idempotency_key, body.asked)


@router.post("/payments/{payment}/reversal", status_code=201)
async def reverse_payment(payment: UUID, asked: ReversalArguments, claims: CallingService, db: Db) -> Recorded:
    async with acting(db, claims.all) as transaction:
        return await record.record_reversal(transaction, payment, asked)


@router.post("/refunds", status_code=201)
async def record_refund(body: RefundRequest, claims: CallingService, db: Db) -> Recorded:
    async with acting(db, claims.all) as transaction:
        return await record.record_refund(transaction, body.account, body.idempotency_key, body.asked)


@router.post("/write-offs", status_code=201)
async def record_write_off(body: WriteOffRequest, claims: CallingService, db: Db) -> Recorded:
    async with acting(db, claims.all) as transaction:
        return await record.record_write_off(transaction, body.account, body.idempotency_key, body.asked)


@router.post("/gifts", status_code=201)
async def record_gift(body: GiftRequest, claims: CallingService, db: Db) -> Recorded:
    async with acting(db, claims.all) as transaction:
        return await record.record_gift(transaction, body.account, body.idempotency_key, body.asked)


@router.post("/ledger-checks")
async def ledger_check(body: CheckRequest, _claims: CallingService, db: Db) -> LedgerCheck:
    """What in the ledger disagrees with itself or with what it stands for."""
    async with db.connection() as connection:
        return await check_ledger(connection, body.escos)
