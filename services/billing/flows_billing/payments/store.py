"""Recorded money in the database, whose triggers post it in the ledger."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, TypeAlias
from uuid import UUID

from flows_billing.errors import PaymentNotReversible, UnknownPayment
from flows_billing.payments.rules import Refundable, Standing
from flows_shared.contracts.money import GiftArguments, PaymentArguments, RefundArguments, WriteOffArguments
from flows_shared.db import Connection

Table: TypeAlias = Literal["payments", "refunds", "write_offs", "gifts"]

STANDING = """
    SELECT account.id AS account, flows.hold_receivable(account.id) AS balance_pence,
           flows.local_date(now(), esco.time_zone) AS today,
           (SELECT part.customer FROM public.customer_accounts AS part
             WHERE part.account = account.id AND (part.end_date IS NULL OR part.end_date >= current_date)
             ORDER BY part.role = 'occupier' DESC, part.created_at, part.id LIMIT 1) AS payer,
           esco.payment_limit_pence AS limit_pence
      FROM public.accounts AS account
      JOIN public.properties AS property ON property.id = account.property
      JOIN flows.escos AS esco ON esco.id = property.esco
     WHERE account.id = $1
"""
BALANCE = "SELECT coalesce((SELECT balance_pence FROM public.account_balances WHERE account = $1), 0)"
REQUEST = "SELECT made, request FROM flows.money_requests WHERE account = $1 AND key = $2"
INSERT_REQUEST = "INSERT INTO flows.money_requests (account, key, request, made) VALUES ($1, $2, $3, $4)"
CALLER = "SELECT flows.actor()"
# What was recorded before requests were kept says itself what was asked.
MADE = {
    table: f"""
    SELECT id, to_jsonb(made) AS columns FROM public.{table} AS made WHERE account = $1 AND idempotency_key = $2
"""
    for table in ("payments", "refunds", "write_offs", "gifts")
}
REFUNDABLE = """
    SELECT payment.amount_pence,
           coalesce((SELECT sum(refund.amount_pence) FROM public.refunds AS refund
                      WHERE refund.payment = payment.id), 0) AS refunded_pence
      FROM public.payments AS payment
     WHERE payment.id = $1 AND payment.account = $2 AND payment.status = 'succeeded'
"""
INSERT_PAYMENT = """
    INSERT INTO public.payments (account, idempotency_key, amount_pence, method, description, received_on, status,
                                 submitted_at, recorded_by)
    VALUES ($1, $2, $3, $4, $5, $6, 'succeeded', now(), flows.actor()) RETURNING id
"""
INSERT_REFUND = """
    INSERT INTO public.refunds (account, idempotency_key, amount_pence, method, reason, payment, paid_on)
    VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id
"""
INSERT_WRITE_OFF = """
    INSERT INTO public.write_offs (account, idempotency_key, amount_pence, reason, approved_by, written_off_on)
    VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
"""
INSERT_GIFT = """
    INSERT INTO public.gifts (account, idempotency_key, amount_pence, reason, customer)
    VALUES ($1, $2, $3, $4, $5) RETURNING id
"""
PAYMENT = "SELECT account, status, reversed_at FROM public.payments WHERE id = $1"
REVERSE = "UPDATE public.payments SET status = 'failed' WHERE id = $1 AND status = 'succeeded' RETURNING id"
NOTE_REVERSAL = """
    INSERT INTO public.payment_events (payment, event_type, data)
    VALUES ($1, 'reversed', jsonb_build_object('reason', $2::text, 'by', flows.actor()))
"""


async def hold_standing(db: Connection, account: UUID) -> Standing | None:
    """The account's standing, which nothing else changes until the transaction ends."""
    row = await db.fetchrow(STANDING, account)
    return Standing(**row) if row else None


async def balance_of(db: Connection, account: UUID) -> int:
    balance: int = await db.fetchval(BALANCE, account)
    return balance


async def caller(db: Connection) -> str:
    name: str = await db.fetchval(CALLER)
    return name


async def find_made(
    db: Connection, table: Table, account: UUID, key: str, asked: Mapping[str, Any]
) -> tuple[UUID, Mapping[str, Any]] | None:
    """What was made with this key before, and the whole request that it was made by."""
    if row := await db.fetchrow(REQUEST, account, key):
        return row["made"], row["request"]
    if row := await db.fetchrow(MADE[table], account, key):
        columns = row["columns"]
        return row["id"], {**asked, **{name: columns[name] for name in asked if asked[name] and name in columns}}
    return None


async def keep_request(db: Connection, account: UUID, key: str, request: Mapping[str, Any], made: UUID) -> None:
    await db.execute(INSERT_REQUEST, account, key, request, made)


async def refundable(db: Connection, payment: UUID, account: UUID) -> Refundable:
    row = await db.fetchrow(REFUNDABLE, payment, account)
    if row is None:
        raise UnknownPayment(payment)
    return Refundable(row["amount_pence"], int(row["refunded_pence"]))


async def insert_payment(db: Connection, account: UUID, key: str, asked: PaymentArguments, on: date) -> UUID:
    values = asked.amount_pence, asked.method, asked.description, on
    return await _insert(db, INSERT_PAYMENT, account, key, *values)


async def insert_refund(db: Connection, account: UUID, key: str, asked: RefundArguments, on: date) -> UUID:
    values = asked.amount_pence, asked.method, asked.reason, asked.payment, on
    return await _insert(db, INSERT_REFUND, account, key, *values)


async def insert_write_off(db: Connection, account: UUID, key: str, asked: WriteOffArguments, on: date) -> UUID:
    return await _insert(db, INSERT_WRITE_OFF, account, key, asked.amount_pence, asked.reason, asked.approved_by, on)


async def insert_gift(db: Connection, account: UUID, key: str, asked: GiftArguments, customer: UUID) -> UUID:
    return await _insert(db, INSERT_GIFT, account, key, asked.amount_pence, asked.reason, customer)


async def reverse_payment(db: Connection, payment: UUID, reason: str) -> UUID:
    """Take back a payment that has succeeded; the account it was for. Asked again, it changes nothing."""
    row = await db.fetchrow(PAYMENT, payment)
    if row is None:
        raise UnknownPayment(payment)
    if row["status"] != "succeeded" and row["reversed_at"] is None:
        raise PaymentNotReversible(payment, row["status"])
    if await db.fetchval(REVERSE, payment):
        await db.execute(NOTE_REVERSAL, payment, reason)
    account: UUID = row["account"]
    return account


async def _insert(db: Connection, statement: str, *values: object) -> UUID:
    made: UUID = await db.fetchval(statement, *values)
    return made
