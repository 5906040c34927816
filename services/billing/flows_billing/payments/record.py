"""Recording money by hand: once a key, within what the account allows, in the caller's transaction."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from flows_billing.errors import KeyTaken, NobodyToGiveTo, UnknownAccount
from flows_billing.payments import store
from flows_billing.payments.rules import Standing, booked_on, check_limit, check_refund, check_write_off
from flows_shared.contracts.money import (
    GiftArguments,
    MoneyArguments,
    PaymentArguments,
    Recorded,
    RefundArguments,
    ReversalArguments,
    WriteOffArguments,
)
from flows_shared.db import Connection
from flows_shared.idempotency import differing


async def record_payment(db: Connection, account: UUID, key: str, asked: PaymentArguments) -> Recorded:
    async def insert(standing: Standing) -> UUID:
        check_limit(asked.amount_pence, standing)
        return await store.insert_payment(db, account, key, asked, booked_on(asked.received_on, standing))

    return await _once(db, "payments", account, key, asked, insert)


async def record_refund(db: Connection, account: UUID, key: str, asked: RefundArguments) -> Recorded:
    async def insert(standing: Standing) -> UUID:
        payment = await store.refundable(db, asked.payment, account) if asked.payment else None
        check_refund(asked.amount_pence, standing, payment)
        return await store.insert_refund(db, account, key, asked, booked_on(asked.paid_on, standing))

    return await _once(db, "refunds", account, key, asked, insert)


async def record_write_off(db: Connection, account: UUID, key: str, asked: WriteOffArguments) -> Recorded:
    async def insert(standing: Standing) -> UUID:
        check_write_off(asked.amount_pence, standing)
        return await store.insert_write_off(db, account, key, asked, booked_on(asked.written_off_on, standing))

    return await _once(db, "write_offs", account, key, asked, insert)


async def record_gift(db: Connection, account: UUID, key: str, asked: GiftArguments) -> Recorded:
    async def insert(standing: Standing) -> UUID:
        if standing.payer is None:
            raise NobodyToGiveTo
        check_limit(asked.amount_pence, standing)
        return await store.insert_gift(db, account, key, asked, standing.payer)

    return await _once(db, "gifts", account, key, asked, insert)


async def record_reversal(db: Connection, payment: UUID, asked: ReversalArguments) -> Recorded:
    account = await store.reverse_payment(db, payment, asked.reason)
    return Recorded(id=payment, account=account, balance_pence=await store.balance_of(db, account))


async def _once(
    db: Connection,
    table: store.Table,
    account: UUID,
    key: str,
    asked: MoneyArguments,
    insert: Callable[[Standing], Awaitable[UUID]],
) -> Recorded:
    """Holds the account, so that what it allows is judged after all that came before: of two at once, one waits."""
    standing = await store.hold_standing(db, account)
    if standing is None:
        raise UnknownAccount(account)
    request = {"kind": table, "caller": await store.caller(db), **asked.model_dump(mode="json")}
    if found := await store.find_made(db, table, account, key, request):
        made, first = found
        if differing(first, request):
            raise KeyTaken(key, first, request)
        return Recorded(id=made, account=account, balance_pence=standing.balance_pence)
    made = await insert(standing)
    await store.keep_request(db, account, key, request, made)
    return Recorded(id=made, account=account, balance_pence=await store.balance_of(db, account))
