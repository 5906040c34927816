"""/v1/accounts: what an account owes, and how that came about. Customers see their own accounts."""

from datetime import date
from typing import Annotated
from uuid import UUID

from asyncpg import Record
from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from flows_api.auth.acting import acting_as
from flows_api.routes.access import Reader
from flows_api.routes.models import problems
from flows_shared.dates import Day
from flows_shared.db import Connection
from flows_shared.errors import NotFoundError
from flows_shared.numbers import PLAIN
from flows_shared.service import Db

ACCOUNT = """
    SELECT account.id, account.account_number, coalesce(balance.balance_pence, 0) AS balance_pence
      FROM public.accounts AS account
      LEFT JOIN public.account_balances AS balance ON balance.account = account.id
     WHERE account.account_number = $1
"""
LINES = """
    SELECT line.id, line.entry_date, line.kind, line.reference, line.description, invoice.number AS invoice,
           line.amount_pence, line.balance_pence
      FROM public.account_statements AS line
      LEFT JOIN public.invoices AS invoice ON invoice.id = line.invoice
     WHERE line.account = $1 AND ($2::date IS NULL OR line.entry_date >= $2)
       AND ($3::date IS NULL OR line.entry_date < $3)
     ORDER BY line.id DESC
     LIMIT $4 OFFSET $5
"""

router = APIRouter(prefix="/v1/accounts", tags=["accounts"], responses=problems(404))

AccountNumber = Annotated[int, PLAIN, Path(ge=1, lt=2**63, examples=[100001])]


class AccountUnknown(NotFoundError):
    code = "account.unknown"

    def __init__(self, number: int) -> None:
        super().__init__(f"there is no account {number}, or it is not yours")


class AccountBalance(BaseModel):
    """What is owed; negative: in credit."""

    account: UUID
    account_number: int
    balance_pence: int


class StatementLine(BaseModel):
    """Positive amounts are charged, negative ones paid or credited; `balance_pence` is owed after the line."""

    id: int
    entry_date: date
    kind: str = Field(examples=["payment"])
    reference: str
    description: str
    invoice: str | None = Field(examples=["WLCE-000001"])
    amount_pence: int
    balance_pence: int


class Statement(AccountBalance):
    lines: list[StatementLine]


async def fetch_account(db: Connection, number: int) -> Record:
    """Of those that the caller's role may see."""
    row = await db.fetchrow(ACCOUNT, number)
    if row is None:
        raise AccountUnknown(number)
    return row


@router.get("/{account_number}/balance", summary="What an account owes")
async def balance(account_number: AccountNumber, principal: Reader, db: Db) -> AccountBalance:
    async with acting_as(db, principal) as transaction:
        account = await fetch_account(transaction, account_number)
    return AccountBalance(account=account["id"], account_number=account_number, balance_pence=account["balance_pence"])


@router.get("/{account_number}/statement", summary="An account's statement, the latest line first")
async def statement(
    account_number: AccountNumber,
    principal: Reader,
    db: Db,
    since: Annotated[Day | None, Query(description="first day")] = None,
    before: Annotated[Day | None, Query(description="day after the last")] = None,
    limit: Annotated[int, PLAIN, Query(ge=1, le=10_000)] = 1000,
    offset: Annotated[int, PLAIN, Query(ge=0, le=1_000_000_000)] = 0,
) -> Statement:
    async with acting_as(db, principal) as transaction:
        account = await fetch_account(transaction, account_number)
        rows = await transaction.fetch(LINES, account["id"], since, before, limit, offset)
    return Statement(
        account=account["id"],
        account_number=account_number,
        balance_pence=account["balance_pence"],
        lines=[StatementLine(**row) for row in rows],
    )
